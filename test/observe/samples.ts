import type { EventKind, EventOf } from "../../src/model/events.ts";

const ada = { kind: "person", login: "ada" } as const;
const automation = { kind: "automation", login: "sluice" } as const;
const where = { installationId: 1, repository: { owner: "acme", name: "shop" } };
const at = Date.UTC(2026, 10, 23, 9);
const minute = 60_000;
const hour = 60 * minute;
const head = "a".repeat(40);
const newer = "b".repeat(40);
const moves = (from: string, to: string) => [
  { app: "webapp", environment: "prod", versions: [{ image: "ghcr.io/acme/webapp", from, to }] },
];
const on12 = { ...where, at, pullRequest: 12 };
const promotion = { ...on12, environment: "prod", from: "staging", targets: moves("1.3.0", "1.4.0"), actor: ada };
const images = {
  ...on12,
  unit: "ghcr.io/acme/webapp",
  images: [{ image: "ghcr.io/acme/webapp", tag: "1.4.0", digest: `sha256:${"c".repeat(64)}`, reportedAt: at - 20_000 }],
  targets: [
    { app: "webapp", environment: "staging", versions: [{ image: "ghcr.io/acme/webapp", from: "1.3.0", to: "1.4.0" }] },
  ],
};
const command = { ...on12, command: "promote", text: "promote prod webapp", commentId: 100, actor: ada };
const hold = { ...on12, environment: "prod", app: "webapp", defaultBranch: "main", actor: ada };
const deploy = { ...where, at, environment: "prod", head, apps: [{ app: "webapp", version: "1.4.0" }] };
const url = "https://github.test/acme/shop/issues/60";
const drift = { ...where, at, environment: "prod", issue: 60, url, resources: 2 };

/** One event of every kind. */
export const samples: { readonly [K in EventKind]: EventOf<K> } = {
  "preview.posted": {
    ...on12,
    kind: "preview.posted",
    id: "preview.posted/1",
    head,
    durationMs: 2_000,
    targets: 10,
    affected: 3,
    rendered: 3,
    failed: 0,
    findings: { danger: 0, warning: 1, notice: 0 },
  },
  "preview.refused": {
    ...on12,
    kind: "preview.refused",
    id: "preview.refused/1",
    head,
    durationMs: 10,
    cause: "configuration",
    reason: ".sluice.yaml has 2 problems",
  },
  "preview.failed": {
    ...on12,
    kind: "preview.failed",
    id: "preview.failed/1",
    head,
    durationMs: 5_000,
    incident: "a/1",
  },
  "preview.superseded": { ...on12, kind: "preview.superseded", id: "preview.superseded/1", head, durationMs: 9, newer },
  "promotion.opened": { ...promotion, kind: "promotion.opened", id: "promotion.opened/1" },
  "rollback.opened": { ...promotion, kind: "rollback.opened", id: "rollback.opened/1", from: "prod" },
  "promotion.advanced": { ...promotion, kind: "promotion.advanced", id: "promotion.advanced/1", head },
  "rollback.advanced": { ...promotion, kind: "rollback.advanced", id: "rollback.advanced/1", from: "prod", head },
  "promotion.superseded": {
    ...promotion,
    kind: "promotion.superseded",
    id: "promotion.superseded/1",
    head,
    replaced: moves("1.2.0", "1.3.0"),
  },
  "rollback.superseded": {
    ...promotion,
    kind: "rollback.superseded",
    id: "rollback.superseded/1",
    from: "prod",
    head,
    replaced: moves("1.4.0", "1.2.0"),
  },
  "promotion.merged": {
    ...promotion,
    kind: "promotion.merged",
    id: "promotion.merged/1",
    openedAt: at - hour,
    mergedAt: at,
    sourceMergedAt: at - 3 * hour,
  },
  "rollback.merged": {
    ...promotion,
    kind: "rollback.merged",
    id: "rollback.merged/1",
    from: "prod",
    openedAt: at - 5 * minute,
    mergedAt: at,
    sourceMergedAt: undefined,
  },
  "promotion.closed": {
    ...promotion,
    kind: "promotion.closed",
    id: "promotion.closed/1",
    actor: automation,
    openedAt: at - hour,
    by: "sluice",
    reason: "prod already has web 1.5.0",
  },
  "rollback.closed": {
    ...promotion,
    kind: "rollback.closed",
    id: "rollback.closed/1",
    from: "prod",
    openedAt: at - hour,
    by: "person",
    reason: "a person closed it",
  },
  "promotion.requested": {
    ...on12,
    kind: "promotion.requested",
    id: "promotion.requested/1",
    environment: "prod",
    apps: [],
    deferred: true,
    actor: ada,
  },
  "promotion.reverted": {
    ...where,
    at,
    kind: "promotion.reverted",
    id: "promotion.reverted/1",
    environment: "prod",
    targets: moves("1.4.0", "1.3.0"),
    pullRequest: 12,
    commit: head,
    actor: { kind: "author", name: "Ada" },
    reason: 'Revert "Promote webapp"',
  },
  "gates.changed": {
    ...on12,
    kind: "gates.changed",
    id: "gates.changed/1",
    environment: "prod",
    head,
    state: "waiting",
    changes: [
      { gate: "approvals", was: "blocked", now: "passed", reason: "1 of 1 approvals" },
      { gate: "soak", was: undefined, now: "waiting", reason: "healthy for 12 of 30 minutes" },
    ],
    openedAt: at - hour,
    nextAt: at + 18 * minute,
  },
  "gate.overridden": {
    ...on12,
    kind: "gate.overridden",
    id: "gate.overridden/1",
    environment: "prod",
    apps: ["webapp"],
    head,
    gate: "soak",
    actor: ada,
    reason: "hotfix",
  },
  "finding.acknowledged": {
    ...on12,
    kind: "finding.acknowledged",
    id: "finding.acknowledged/1",
    environment: "prod",
    apps: ["webapp"],
    head,
    finding: "replicas-zero",
    actor: ada,
  },
  "image.opened": { ...images, kind: "image.opened", id: "image.opened/1", head },
  "image.advanced": { ...images, kind: "image.advanced", id: "image.advanced/1", head },
  "image.merged": {
    ...images,
    kind: "image.merged",
    id: "image.merged/1",
    openedAt: at - hour,
    mergedAt: at,
    actor: automation,
  },
  "image.declined": { ...images, kind: "image.declined", id: "image.declined/1" },
  "image.closed": {
    ...on12,
    kind: "image.closed",
    id: "image.closed/1",
    branch: "sluice/image/webapp",
    reason: "every target has it already",
  },
  "deploy.started": { ...deploy, kind: "deploy.started", id: "deploy.started/1" },
  "deploy.live": { ...deploy, kind: "deploy.live", id: "deploy.live/1" },
  "deploy.failed": { ...deploy, kind: "deploy.failed", id: "deploy.failed/1", reason: "image cannot be pulled" },
  "drift.found": { ...drift, kind: "drift.found", id: "drift.found/1" },
  "drift.healed": { ...drift, kind: "drift.healed", id: "drift.healed/1" },
  "drift.closed": { ...drift, kind: "drift.closed", id: "drift.closed/1", resources: 0 },
  "hold.set": { ...hold, kind: "hold.set", id: "hold.set/1", reason: "incident", until: at + hour },
  "hold.ended": {
    ...hold,
    kind: "hold.ended",
    id: "hold.ended/1",
    held: { by: "grace", reason: "incident", cause: "person" },
  },
  "registry.received": {
    kind: "registry.received",
    id: "registry.received/ghcr/1",
    at,
    hook: "ghcr",
    source: "github",
    receivedAt: at,
    pushes: [{ image: "ghcr.io/acme/webapp", tag: "1.4.0" }],
  },
  "command.done": { ...command, kind: "command.done", id: "command.done/1" },
  "command.refused": {
    ...command,
    kind: "command.refused",
    id: "command.refused/1",
    reason: "it needs `write`",
    error: "permission",
  },
  "command.failed": { ...command, kind: "command.failed", id: "command.failed/1" },
  "job.failed": {
    kind: "job.failed",
    id: "job.failed/1",
    at,
    job: "gates",
    key: "gates/acme/shop/12",
    attempts: 6,
    error: "unavailable",
    reason: "GitHub is away",
  },
};
