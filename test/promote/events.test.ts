import { describe, expect, it } from "vitest";
import type { GateResult, GateVerdict } from "../../src/model/gates.ts";
import type { PullRequest } from "../../src/model/github.ts";
import type { HistoryEntry } from "../../src/model/state.ts";
import {
  broughtAt,
  closedEvent,
  gatesEvent,
  lastOf,
  mergedEvent,
  publishedEvent,
} from "../../src/promote/run/events.ts";
import { gatesSection } from "../../src/promote/text/gates.ts";
import type { PromotionMetadata } from "../../src/promote/text/metadata.ts";

const now = Date.UTC(2026, 10, 23, 9);
const hour = 3_600_000;
const head = "a".repeat(40);
const where = { installationId: 1, repository: { owner: "acme", name: "shop" } };

function pull(more: Partial<PullRequest> = {}): PullRequest {
  return {
    number: 12,
    title: "Promote web",
    state: "open",
    draft: false,
    head: { sha: head, ref: "sluice/promote/prod/web", repository: where.repository },
    base: { sha: head, ref: "main" },
    defaultBranch: "main",
    fork: false,
    nodeId: "PR_12",
    url: "",
    body: gatesSection(undefined),
    author: "sluice[bot]",
    byApp: true,
    repositoryId: 1,
    merged: false,
    mergeCommit: undefined,
    openedAt: now - hour,
    closedAt: undefined,
    labels: [],
    ...more,
  };
}

const metadata: PromotionMetadata = {
  kind: "promotion",
  environment: "prod",
  from: "staging",
  apps: ["web"],
  commit: head,
  head,
  base: "main",
  actor: "ada",
  targets: [{ app: "web", images: [{ image: "nginx", from: "1.0", to: "1.1" }], digest: "" }],
  carried: [],
  replaced: [],
};
const of = { where, pull: pull(), metadata };
const web = { app: "web", environment: "prod", versions: metadata.targets[0]?.images ?? [] };

function verdict(...results: readonly GateResult[]): GateVerdict {
  return { state: "waiting", results };
}
const approvals = (state: GateResult["state"]): GateResult => ({
  gate: "approvals",
  label: "Approvals",
  state,
  reason: `it is ${state}`,
});
const soak: GateResult = {
  gate: "soak",
  label: "Soak",
  state: "waiting",
  reason: "12 of 30 minutes",
  nextAt: now + hour,
};

describe("the gates of a promotion have changed", () => {
  it("when they are shown for the first time", () => {
    expect(gatesEvent(of, verdict(approvals("blocked"), soak), now)).toMatchObject({
      kind: "gates.changed",
      environment: "prod",
      state: "waiting",
      openedAt: now - hour,
      changes: [
        { gate: "approvals", was: undefined, now: "blocked" },
        { gate: "soak", was: undefined, now: "waiting" },
      ],
    });
  });

  it("when one is another than the description shows, and only then", () => {
    const body = `text\r\n${gatesSection(verdict(approvals("blocked"), soak)).replaceAll("\n", "\r\n")}`;
    const shown = { ...of, pull: pull({ body }) };
    expect(gatesEvent(shown, verdict(approvals("blocked"), soak), now + 5)).toBeUndefined();
    expect(gatesEvent(shown, verdict(approvals("passed"), soak), now)?.changes).toEqual([
      { gate: "approvals", was: "blocked", now: "passed", reason: "it is passed" },
    ]);
  });

  it("is one event in every run, and another one when the moment of the next change is another", () => {
    const idOf = (nextAt: number, at: number) => gatesEvent(of, { ...verdict(approvals("blocked")), nextAt }, at)?.id;
    expect(idOf(now, now)).toBe(idOf(now, now + 50));
    expect(idOf(now, now)).not.toBe(idOf(now + hour, now));
  });
});

describe("a version came into the source", () => {
  const entry = (kind: "bumped" | "promoted" | "reverted", to: string, at: number): HistoryEntry => ({
    kind,
    id: `${kind}-${to}`,
    at: new Date(at).toISOString(),
    by: "sluice",
    versions: [{ image: "docker.io/library/nginx", from: "", to }],
  });

  it("with the last merge of Sluice's that brought it", () => {
    const history = [entry("bumped", "1.1", now - 3 * hour), entry("bumped", "1.2", now - 2 * hour)];
    expect(broughtAt(history, web)).toBe(now - 3 * hour);
    expect(broughtAt([...history, entry("promoted", "1.1", now - hour)], web)).toBe(now - hour);
  });

  it("at a moment that nobody knows where a person brought it", () => {
    expect(broughtAt([entry("bumped", "1.0", now), entry("reverted", "1.1", now)], web)).toBeUndefined();
    expect(broughtAt([], { ...web, versions: [] })).toBeUndefined();
    expect(lastOf([1, Number.NaN])).toBeUndefined();
    expect(lastOf([1, 3, 2])).toBe(3);
  });
});

describe("a published promotion", () => {
  const published = { pull: pull(), head, before: metadata, now: metadata, dismissed: [] };
  const older = {
    ...metadata,
    targets: [{ app: "web", images: [{ image: "nginx", from: "0.9", to: "1.0" }], digest: "" }],
  };

  it("was opened, whatever head it has by now", () => {
    const event = publishedEvent(where, { ...published, how: "opened", before: undefined }, now);
    expect(event).toMatchObject({ kind: "promotion.opened", id: "promotion.opened/acme/shop/12", targets: [web] });
  });

  it("is no event when it says the same", () => {
    expect(publishedEvent(where, { ...published, how: "same" }, now)).toBeUndefined();
  });

  it("advanced with the same versions, and superseded others, once for each head", () => {
    const advanced = publishedEvent(where, { ...published, how: "updated" }, now);
    expect(advanced).toMatchObject({ kind: "promotion.advanced", head, id: `promotion.advanced/acme/shop/12/${head}` });
    const superseded = publishedEvent(where, { ...published, how: "updated", before: older }, now);
    expect(superseded).toMatchObject({
      kind: "promotion.superseded",
      targets: [web],
      replaced: [{ app: "web", environment: "prod", versions: [{ image: "nginx", from: "0.9", to: "1.0" }] }],
    });
  });
});

describe("the end of a promotion", () => {
  it("is a merge at GitHub's time, under the same id in every run", () => {
    const merged = { ...of, pull: pull({ state: "closed", merged: true, closedAt: now - 1_000 }) };
    const [first, again] = [mergedEvent(merged, now - 3 * hour, now), mergedEvent(merged, undefined, now + 9)];
    expect(first).toMatchObject({ kind: "promotion.merged", mergedAt: now - 1_000, openedAt: now - hour });
    expect(first.actor).toEqual({ kind: "person", login: "ada" });
    expect(again.id).toBe(first.id);
    expect(mergedEvent({ ...merged, metadata: { ...metadata, kind: "rollback" } }, undefined, now).kind).toBe(
      "rollback.merged",
    );
  });

  it("tells no versions where a person pushed to the branch", () => {
    const merged = {
      ...of,
      pull: pull({ state: "closed", merged: true, head: { ...pull().head, sha: "c".repeat(40) } }),
    };
    expect(mergedEvent(merged, undefined, now).targets).toEqual([{ ...web, versions: [] }]);
  });

  it("is a close for a reason; one that opened by itself has automation as its actor", () => {
    const { actor: _, ...automatic } = metadata;
    const event = closedEvent({ ...of, metadata: automatic }, "sluice", "nothing is left", now);
    expect(event).toMatchObject({ kind: "promotion.closed", by: "sluice", reason: "nothing is left" });
    expect(event.actor).toEqual({ kind: "automation", login: "sluice" });
  });
});
