import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/model/json.ts";
import { fluxVerdict } from "../../../../src/reconcile/engines/flux/decide.ts";
import { readHelmChart, readHelmRelease } from "../../../../src/reconcile/engines/flux/helm-release.ts";
import { readKustomization } from "../../../../src/reconcile/engines/flux/kustomization.ts";
import { requestToken } from "../../../../src/reconcile/engines/flux/request.ts";
import { readSource } from "../../../../src/reconcile/engines/flux/source.ts";
import type { Relation } from "../../../../src/reconcile/engines/flux/verdict.ts";

const [older, head, newer, apart] = ["a", "b", "c", "d"].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
];
const now = Date.UTC(2026, 0, 1, 8);
const relations: Readonly<Record<string, Relation>> = {
  [older]: "older",
  [head]: "included",
  [newer]: "included",
  [apart]: "other",
};
const wanted = { head, branch: "main", now, relation: (commit = "") => relations[commit] ?? "unknown" } as const;

const time = (ms: number) => new Date(now + ms).toISOString();
const revision = (commit: string) => `main@sha1:${commit}`;
const condition = (
  type: string,
  status: string,
  reason: string,
  message = "",
  seconds = -30,
  observedGeneration = 2,
) => ({
  type,
  status,
  reason,
  message,
  observedGeneration,
  lastTransitionTime: time(seconds * 1_000),
});
const ready = (status: string, reason: string, message = "") => condition("Ready", status, reason, message);
const healthChecks = condition("Reconciling", "True", "Progressing", "Running health checks for revision x");

function gitRepository(commit: string | undefined, conditions: JsonObject[] = [], spec: JsonObject = {}) {
  const artifact =
    commit === undefined ? {} : { artifact: { revision: revision(commit), lastUpdateTime: time(-60_000) } };
  return readSource({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "shop", namespace: "flux-system", generation: 2, resourceVersion: "1" },
    spec: { url: "https://github.com/acme/shop", ref: { branch: "main" }, ...spec },
    status: { ...artifact, conditions },
  });
}

interface Said {
  readonly applied?: string;
  readonly attempted?: string;
  readonly observed?: number;
  readonly conditions?: JsonObject[];
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  readonly annotations?: JsonObject;
}

function kustomization({ applied, attempted, observed = 2, conditions = [], spec, status, annotations = {} }: Said) {
  return readKustomization({
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: "web", namespace: "flux-system", generation: 2, resourceVersion: "1", annotations },
    spec: { path: "./web", sourceRef: { kind: "GitRepository", name: "shop" }, wait: true, ...spec },
    status: {
      observedGeneration: observed,
      conditions,
      ...(applied !== undefined && { lastAppliedRevision: revision(applied) }),
      ...(attempted !== undefined && { lastAttemptedRevision: revision(attempted) }),
      ...status,
    },
  });
}

const verdict = (source: ReturnType<typeof gitRepository>, said: Said, askedAt?: number) =>
  fluxVerdict({ source, kustomization: kustomization(said) }, wanted, askedAt);

const succeeded = ready("True", "ReconciliationSucceeded");
const live = { applied: head, attempted: head, conditions: [succeeded] };

describe("a Kustomization", () => {
  it.each<[string, Said, object]>([
    ["that has applied the commit is live", live, { kind: "applied", healthy: "checked", at: now - 30_000 }],
    ["that has applied a later one, too", { ...live, applied: newer, attempted: newer }, { kind: "applied" }],
    [
      "that checks nothing leaves the health open",
      { ...live, spec: { wait: false } },
      { kind: "applied", healthy: "unknown" },
    ],
    [
      "that checks some objects is trusted",
      { ...live, spec: { wait: false, healthChecks: [{ kind: "Deployment", name: "x" }] } },
      { kind: "applied", healthy: "checked" },
    ],
    [
      "that is looked at again stays live",
      { ...live, conditions: [ready("Unknown", "Progressing")] },
      { kind: "applied" },
    ],
    ["that is suspended afterwards stays live", { ...live, spec: { suspend: true } }, { kind: "applied" }],
    [
      "that is Ready at an older commit is not",
      { applied: older, attempted: older, conditions: [succeeded] },
      { kind: "progressing", step: "apply" },
    ],
    ["that was changed since is not", { ...live, observed: 1 }, { kind: "progressing" }],
    ["that is new has not begun", { observed: -1 }, { kind: "progressing", step: "apply" }],
    [
      "that waits for health says so",
      { applied: older, attempted: head, conditions: [ready("Unknown", "Progressing"), healthChecks] },
      { kind: "progressing", step: "health" },
    ],
    [
      "that is suspended waits for a person",
      { applied: older, attempted: older, conditions: [succeeded], spec: { suspend: true } },
      { kind: "waiting", until: "person", reason: "Kustomization flux-system/web is suspended" },
    ],
    ...["BuildFailed", "ReconciliationFailed"].map((reason): [string, Said, object] => [
      `fails at once by ${reason}`,
      { applied: older, attempted: head, conditions: [ready("False", reason, "no")] },
      { kind: "failing", final: true, reason, message: "no", applied: false },
    ]),
    ...["HealthCheckFailed", "PruneFailed", "SomethingNew"].map((reason): [string, Said, object] => [
      `may come right after ${reason}`,
      { applied: older, attempted: head, conditions: [ready("False", reason, "no")] },
      { kind: "failing", final: false, reason, applied: reason !== "SomethingNew" },
    ]),
    [
      "fails at once when what it waits for has failed for good",
      {
        attempted: head,
        conditions: [ready("False", "HealthCheckFailed", "failed early due to stalled resources: []")],
      },
      { kind: "failing", final: true },
    ],
    [
      "tells that something was applied before it failed",
      { attempted: head, conditions: [ready("False", "ReconciliationFailed", "no\nConfigMap/shop/a created")] },
      { kind: "failing", final: true, applied: true },
    ],
    [
      "that failed at an older commit has not failed at this one",
      { applied: older, attempted: older, conditions: [ready("False", "BuildFailed")] },
      { kind: "progressing" },
    ],
    [
      "fails for good where it is stalled",
      { attempted: older, conditions: [ready("False", "AccessDenied"), condition("Stalled", "True", "AccessDenied")] },
      { kind: "failing", final: true, reason: "AccessDenied" },
    ],
    [
      "waits for what it depends on",
      {
        applied: older,
        attempted: older,
        conditions: [ready("False", "DependencyNotReady", "dependency 'db' is not ready")],
      },
      { kind: "waiting", until: "controller", reason: "dependency 'db' is not ready" },
    ],
    [
      "has failed where the commit lacks its folder",
      { attempted: older, conditions: [ready("False", "ArtifactFailed", "kustomization path not found: stat x")] },
      { kind: "failing", final: true },
    ],
    [
      "that lacked the folder of an earlier commit has not",
      {
        attempted: older,
        conditions: [condition("Ready", "False", "ArtifactFailed", "kustomization path not found", -90)],
      },
      { kind: "progressing" },
    ],
    [
      "tries again, and does not say why",
      {
        attempted: head,
        conditions: [ready("Unknown", "Progressing"), healthChecks],
        status: { history: [{ lastReconciledStatus: "HealthCheckFailed", metadata: { revision: revision(head) } }] },
      },
      { kind: "failing", final: false, reason: "HealthCheckFailed", message: "" },
    ],
    [
      "tries for the first time, whatever failed before",
      {
        attempted: head,
        conditions: [ready("Unknown", "Progressing")],
        status: { history: [{ lastReconciledStatus: "HealthCheckFailed", metadata: { revision: revision(older) } }] },
      },
      { kind: "progressing", step: "apply" },
    ],
  ])("%s", (_, said, expected) => {
    expect(verdict(gitRepository(head), said)).toMatchObject(expected);
  });

  it("gives way to a newer commit that ended its wait", () => {
    const said = { attempted: head, conditions: [ready("False", "HealthCheckCanceled")] };
    expect(verdict(gitRepository(newer), said)).toEqual({ kind: "superseded", by: newer });
    expect(verdict(gitRepository(head), said)).toMatchObject({ kind: "progressing" });
  });

  it("is not live at an older commit that is the same, while another one lies between", () => {
    const same = {
      ...wanted,
      relation: (commit = "") => (commit === older ? "included" : (relations[commit] ?? "unknown")),
    } as const;
    const said = kustomization({ applied: older, attempted: older, conditions: [succeeded] });
    expect(fluxVerdict({ source: gitRepository(older), kustomization: said }, same, undefined)).toMatchObject({
      kind: "applied",
    });
    const between = {
      ...same,
      relation: (commit = "") => (commit === apart ? "older" : same.relation(commit)),
    } as const;
    expect(fluxVerdict({ source: gitRepository(apart), kustomization: said }, between, undefined).kind).toBe(
      "progressing",
    );
  });

  it("counts for who asks again only when it took that up", () => {
    const [before, after] = [requestToken(head, now - 10), requestToken(head, now)];
    const said = (requested: string, handled: string) => ({
      ...live,
      annotations: { "reconcile.fluxcd.io/requestedAt": requested },
      status: { lastHandledReconcileAt: handled },
    });
    expect(verdict(gitRepository(head), said(before, before), now - 5).kind).toBe("progressing");
    expect(verdict(gitRepository(head), said(after, before), now - 5).kind).toBe("progressing");
    expect(verdict(gitRepository(head), said(after, after), now - 5).kind).toBe("applied");
  });

  it("is read whatever its status is", () => {
    for (const status of [
      null,
      "x",
      [],
      { conditions: "x", inventory: 7, history: {} },
      { conditions: [null, 3, { type: 7 }] },
    ]) {
      const object = { apiVersion: "a/v1", kind: "Kustomization", metadata: { name: "x" }, spec: null, status };
      expect(readKustomization(object)).toMatchObject({ applied: "", inventory: [], history: [], suspended: false });
    }
  });
});

describe("the source", () => {
  const behind = { applied: older, attempted: older, conditions: [succeeded] };
  const failed = (seconds: number) => condition("Ready", "False", "GitOperationFailed", "no such host", seconds);

  it.each<[string, ReturnType<typeof gitRepository>, object]>([
    ["that is new has nothing", gitRepository(undefined), { kind: "progressing", step: "fetch" }],
    ["that has an older commit is behind", gitRepository(older), { kind: "progressing", step: "fetch" }],
    ["that has one which Sluice lacks may be ahead", gitRepository("e".repeat(40)), { kind: "progressing" }],
    ["that has one of another line is waited for", gitRepository(apart), { kind: "waiting", until: "controller" }],
    [
      "that is suspended waits for a person",
      gitRepository(older, [], { suspend: true }),
      { kind: "waiting", until: "person" },
    ],
    [
      "that follows something else waits for a person",
      gitRepository(older, [], { ref: { tag: "v1" } }),
      {
        kind: "waiting",
        until: "person",
        reason: "GitRepository flux-system/shop follows tag v1, which is not at bbbbbbb",
      },
    ],
    [
      "that fails for a moment may come right",
      gitRepository(older, [failed(-10)]),
      { kind: "failing", final: false, step: "fetch" },
    ],
    [
      "that fails for a minute has failed",
      gitRepository(older, [failed(-60)]),
      { kind: "failing", final: true, message: "no such host" },
    ],
    [
      "whose signature is wrong has failed",
      gitRepository(older, [condition("SourceVerified", "False", "InvalidGPGSignature")]),
      { kind: "failing", final: true },
    ],
    [
      "that is stalled has failed",
      gitRepository(older, [condition("Stalled", "True", "URLInvalid")]),
      { kind: "failing", final: true },
    ],
  ])("%s, though the Kustomization is Ready", (_, source, expected) => {
    expect(verdict(source, behind)).toMatchObject(expected);
  });

  it("may fail once the commit is there", () => {
    expect(verdict(gitRepository(head, [failed(-600)]), live)).toMatchObject({ kind: "applied" });
  });

  it("is an artifact by the commit that it was made from", () => {
    const metadata = { "org.opencontainers.image.revision": revision(head) };
    const source = readSource({
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "OCIRepository",
      metadata: { name: "shop", namespace: "flux-system", generation: 1 },
      spec: { url: "oci://ghcr.io/acme/shop" },
      status: { artifact: { revision: `latest@sha256:${"f".repeat(64)}`, metadata } },
    });
    const digest = source.artifact?.revision ?? "";
    const status = {
      lastAppliedRevision: digest,
      lastAttemptedRevision: digest,
      lastAppliedOriginRevision: revision(head),
    };
    expect(verdict(source, { conditions: [succeeded], status })).toMatchObject({ kind: "applied" });
    expect(verdict({ ...source, artifact: undefined }, { conditions: [succeeded] })).toMatchObject({ step: "fetch" });
  });
});

describe("a HelmRelease", () => {
  function release(conditions: JsonObject[], more: { spec?: JsonObject; status?: JsonObject } = {}) {
    return readHelmRelease({
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: { name: "web", namespace: "flux-system", generation: 2, resourceVersion: "1" },
      spec: { interval: "5m", ...more.spec },
      status: { observedGeneration: 2, conditions, ...more.status },
    });
  }
  const installed = ready("True", "UpgradeSucceeded");
  const stalled = condition("Stalled", "True", "RetriesExceeded", "Failed to upgrade after 1 attempt(s)");

  it.each<[string, ReturnType<typeof release>, object]>([
    ["is live when it is Ready", release([installed]), { kind: "applied", healthy: "checked" }],
    [
      "leaves the health open where Helm waits for nothing",
      release([installed], { spec: { upgrade: { disableWait: true } } }),
      { kind: "applied", healthy: "unknown" },
    ],
    [
      "is not when it was changed since",
      release([installed], { status: { observedGeneration: 1 } }),
      { kind: "progressing" },
    ],
    ["is not while it is at it", release([ready("Unknown", "Progressing")]), { kind: "progressing" }],
    ["is not when it is new", release([], { status: { observedGeneration: -1 } }), { kind: "progressing" }],
    ["waits for a person", release([], { spec: { suspend: true } }), { kind: "waiting", until: "person" }],
    [
      "may come right while Helm tries again",
      release([ready("False", "UpgradeFailed", "timed out")]),
      { kind: "failing", final: false, message: "timed out", applied: true },
    ],
    [
      "has failed when that is over, and says why and not what was done then",
      release([
        ready("False", "RollbackSucceeded", "Helm rollback to v1 succeeded"),
        condition("Released", "False", "UpgradeFailed", "Helm upgrade failed: context deadline exceeded"),
        stalled,
      ]),
      {
        kind: "failing",
        final: true,
        reason: "UpgradeFailed",
        message: "Helm upgrade failed: context deadline exceeded",
      },
    ],
    [
      "has failed by its tests",
      release([ready("False", "TestFailed"), condition("TestSuccess", "False", "TestFailed", "pod x failed"), stalled]),
      { kind: "failing", final: true, message: "pod x failed" },
    ],
    [
      "waits for its chart",
      release([ready("False", "SourceNotReady", "HelmChart is not ready")]),
      { kind: "waiting", until: "controller", reason: "HelmChart is not ready" },
    ],
  ])("%s", (_, one, expected) => {
    const state = { source: gitRepository(head), kustomization: kustomization(live), release: one };
    expect(fluxVerdict(state, wanted, undefined)).toMatchObject(expected);
  });

  it("counts when the Kustomization has applied it, which may wait for its health", () => {
    const of = (said: Said) =>
      fluxVerdict(
        { source: gitRepository(head), kustomization: kustomization(said), release: release([installed]) },
        wanted,
        undefined,
      ).kind;
    expect(of({ applied: older, attempted: older, conditions: [succeeded] })).toBe("progressing");
    expect(of({ applied: older, attempted: head, conditions: [ready("False", "BuildFailed")] })).toBe("failing");
    const waits = { applied: older, attempted: head };
    expect(of({ ...waits, conditions: [ready("Unknown", "Progressing"), healthChecks] })).toBe("applied");
    expect(of({ ...waits, conditions: [ready("False", "HealthCheckFailed")] })).toBe("applied");
  });

  it("counts when its chart is made from the commit, and was taken up", () => {
    const chart = (commit: string, made: string) =>
      readHelmChart({
        apiVersion: "source.toolkit.fluxcd.io/v1",
        kind: "HelmChart",
        metadata: { name: "c", namespace: "flux-system", generation: 1 },
        status: { observedSourceArtifactRevision: revision(commit), artifact: { revision: made } },
      });
    const of = (one: ReturnType<typeof chart>) => {
      const taken = release([installed], { status: { lastAttemptedRevision: "1.0.0" } });
      return fluxVerdict({ source: gitRepository(head), release: taken, chart: one }, wanted, undefined).kind;
    };
    expect([of(chart(older, "1.0.0")), of(chart(head, "1.0.1")), of(chart(head, "1.0.0"))]).toEqual([
      "progressing",
      "progressing",
      "applied",
    ]);
  });
});
