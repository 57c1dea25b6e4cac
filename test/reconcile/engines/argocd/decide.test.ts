import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/model/json.ts";
import { readApplication } from "../../../../src/reconcile/engines/argocd/application.ts";
import { decide, type Facts, type Verdict } from "../../../../src/reconcile/engines/argocd/decide.ts";

const start = Date.UTC(2026, 0, 1, 8);
const id = "1".repeat(20);
const head = "a".repeat(40);
const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();
const begun: Facts = {
  now: start + 60_000,
  id,
  mark: { id, startedAt: start },
  asked: false,
  watchOnly: false,
  prune: false,
  timeoutMs: 900_000,
  plain: true,
  compared: "in",
  operated: "in",
};

/** What Argo CD says when all is well: synced 20 s after the start, healthy at 30 s. */
const state = {
  phase: "Succeeded",
  message: "ok",
  startedAt: at(10),
  finishedAt: at(20),
  syncResult: { revision: head },
};
const well = {
  sync: { status: "Synced", revision: head },
  health: { status: "Healthy", lastTransitionTime: at(30) },
  reconciledAt: at(21),
  operationState: state,
};
const automated = { syncPolicy: { automated: {} } };
const ours = { ...state, operation: { info: [{ name: "sluice.dev/operation", value: id }] } };
const resource = (more: JsonObject) => ({
  group: "apps",
  version: "v1",
  kind: "Deployment",
  namespace: "shop",
  name: "web",
  ...more,
});
const refreshing = { annotations: { "argocd.argoproj.io/refresh": "normal" } };

function judge(object: JsonObject, facts: Partial<Facts> = {}): Verdict {
  return decide(readApplication({ spec: automated, ...object }), { ...begun, ...facts });
}

const status = (more: JsonObject) => ({ status: { ...well, ...more } });
const running = (more: JsonObject) =>
  status({ operationState: { ...state, phase: "Running", finishedAt: null, ...more } });
const outOfSync = { status: "OutOfSync", revision: head };
const moving = (step: string, action?: string) => ({ kind: "moving", step, ...(action !== undefined && { action }) });

describe("an Application", () => {
  it.each<[string, JsonObject, Partial<Facts>, unknown]>([
    ["synced and healthy at the commit is live", status({}), {}, { kind: "live", since: start + 30_000 }],
    [
      "of which nothing was ever said is asked to be looked at",
      {},
      { mark: undefined, compared: "unknown" },
      moving("compare", "begin"),
    ],
    ["live before Sluice came is live, and not poked", status({}), { mark: undefined }, { kind: "live" }],
    [
      "that a person asks for is looked at again, live or not",
      status({}),
      { mark: undefined, asked: true },
      moving("compare", "begin"),
    ],
    [
      "that another operation marked is poked",
      status({}),
      { mark: undefined, compared: "behind" },
      moving("compare", "begin"),
    ],

    [
      "whose sync failed before a person asked is to be synced again",
      status({ sync: outOfSync, operationState: { ...state, phase: "Failed" } }),
      { asked: true, askedAt: start + 11_000 },
      moving("apply", "sync"),
    ],
    [
      "whose sync failed after that has failed, and is not tried again for it",
      status({ sync: outOfSync, operationState: { ...state, phase: "Failed" } }),
      { asked: true, askedAt: start + 9_000 },
      { kind: "failed" },
    ],

    // Synced, healthy and at the commit was seen before the operation had ended.
    ["whose sync has not ended is not live", running({}), {}, moving("apply")],
    // A failed operation waits for its retry with a time at which it finished.
    [
      "whose sync waits for a retry goes on",
      running({ finishedAt: at(20), message: "one or more failed (retried 1 times)." }),
      {},
      { ...moving("apply"), text: expect.stringContaining("tried again") },
    ],
    [
      "whose sync was just asked for has the old state",
      { ...status({ operationState: { ...state, phase: "Failed" } }), operation: { sync: { revision: head } } },
      {},
      moving("apply"),
    ],
    [
      "blocked by a sync window waits",
      running({ message: "Sync operation blocked by sync window" }),
      {},
      { kind: "waiting", reason: "Argo CD: Sync operation blocked by sync window" },
    ],
    [
      "blocked by a sync window waits beyond the time limit",
      running({ message: "Sync operation blocked by sync window" }),
      { now: start + 9_000_000 },
      { kind: "waiting" },
    ],
    [
      "that somebody syncs to another commit is let be",
      running({}),
      { operated: "apart", compared: "behind" },
      { ...moving("apply"), text: "another sync has to end first" },
    ],
    [
      "whose older sync is Sluice's is freed for the newer commit",
      running({ operation: { info: [{ name: "sluice.dev/operation", value: "2".repeat(20) }] } }),
      { operated: "behind", compared: "behind" },
      moving("apply", "terminate"),
    ],
    [
      "whose older sync runs a hook is let be: it may be a migration",
      running({
        operation: { info: [{ name: "sluice.dev/operation", value: "2".repeat(20) }] },
        syncResult: { revision: "b", resources: [resource({ hookType: "PreSync", hookPhase: "Running" })] },
      }),
      { operated: "behind", compared: "behind" },
      { ...moving("apply"), text: "another sync has to end first" },
    ],

    [
      "that does not render fails in Argo CD's words, though its health says healthy",
      status({
        sync: { status: "Unknown", revision: "main" },
        conditions: [{ type: "ComparisonError", message: "kustomize build failed" }],
      }),
      { compared: "unknown" },
      { kind: "failed", failure: "controller", said: "kustomize build failed" },
    ],
    [
      "that did not render before is not failed until Argo CD has looked",
      { ...status({ conditions: [{ type: "ComparisonError", message: "old" }] }), metadata: refreshing },
      {},
      moving("compare"),
    ],
    [
      "that cannot be compared for the moment is not failed",
      status({
        conditions: [{ type: "ComparisonError", message: "rpc error: code = Unavailable desc = connection refused" }],
      }),
      { compared: "unknown" },
      moving("compare"),
    ],
    [
      "with an unknown error goes on",
      status({ conditions: [{ type: "UnknownError", message: "?" }] }),
      {},
      { kind: "live" },
    ],
    [
      "with a project that forbids it fails",
      status({ conditions: [{ type: "InvalidSpecError", message: "not permitted in project" }] }),
      { compared: "unknown" },
      { kind: "failed", said: "not permitted in project" },
    ],

    [
      "synced and healthy after a failed hook has failed",
      status({
        operationState: {
          ...state,
          phase: "Failed",
          message: "hook failed",
          syncResult: {
            revision: head,
            resources: [
              resource({
                kind: "Job",
                group: "batch",
                name: "migrate",
                hookType: "PreSync",
                hookPhase: "Failed",
                message: "Job has reached the specified backoff limit",
              }),
            ],
          },
        },
      }),
      {},
      {
        kind: "failed",
        said: "hook failed",
        problems: [{ object: { kind: "Job", apiVersion: "batch/v1" }, reason: "HookFailed" }],
      },
    ],
    [
      "whose sync ended in an error has failed",
      status({ operationState: { ...state, phase: "Error", message: "ComparisonError: x" } }),
      {},
      { kind: "failed", said: "ComparisonError: x" },
    ],
    [
      "of which an object was refused names it",
      status({
        operationState: {
          ...ours,
          phase: "Failed",
          message: "one or more objects failed",
          syncResult: {
            revision: head,
            resources: [
              resource({ status: "SyncFailed", message: "is invalid" }),
              resource({ status: "Synced", name: "ok" }),
            ],
          },
        },
        sync: outOfSync,
      }),
      {},
      { kind: "failed", problems: [{ object: { name: "web" }, reason: "SyncFailed", message: "is invalid" }] },
    ],
    [
      "that failed at an older commit is looked at for this one",
      status({ operationState: { ...state, phase: "Failed" }, sync: { status: "OutOfSync", revision: "b" } }),
      { operated: "behind", compared: "behind" },
      moving("compare", "refresh"),
    ],
    [
      "that failed before a person asked is synced for them, automated or not",
      status({ operationState: { ...state, phase: "Failed" }, sync: outOfSync }),
      { asked: true },
      moving("apply", "sync"),
    ],
    [
      "that failed since a person asked has failed",
      status({ operationState: { ...ours, phase: "Failed" }, sync: outOfSync }),
      { asked: true },
      { kind: "failed" },
    ],

    [
      "whose health is from before the sync is not live",
      status({ reconciledAt: at(19) }),
      { now: start + 25_000 },
      moving("compare"),
    ],
    [
      "whose health stays from before the sync is looked at again",
      status({ reconciledAt: at(19) }),
      {},
      moving("compare", "refresh"),
    ],
    [
      "that Argo CD is just asked to look at is not asked twice",
      { ...status({ reconciledAt: at(19) }), metadata: refreshing },
      {},
      { kind: "moving", step: "compare", text: "Argo CD looks at the commit" },
    ],

    [
      "at an older commit is looked at again after a while",
      status({ reconciledAt: at(30) }),
      { compared: "behind", operated: "behind" },
      moving("compare", "refresh"),
    ],
    [
      "at a commit of another line waits",
      status({ sync: { status: "Synced", revision: "c".repeat(40) } }),
      { compared: "apart", operated: "apart" },
      { kind: "waiting", reason: `the Application is at ccccccc, which the branch does not have` },
    ],
    [
      "out of sync is left to Argo CD where it syncs by itself",
      status({ sync: outOfSync }),
      { operated: "behind" },
      { kind: "moving", step: "apply", text: "Argo CD is to sync it" },
    ],
    [
      "out of sync is synced where it does not",
      { spec: {}, ...status({ sync: outOfSync }) },
      { operated: "behind" },
      moving("apply", "sync"),
    ],
    [
      "out of sync is synced where automated sync is switched off",
      { spec: { syncPolicy: { automated: { enabled: false } } }, ...status({ sync: outOfSync }) },
      { operated: "behind" },
      moving("apply", "sync"),
    ],
    [
      "out of sync after the sync is not synced again",
      {
        spec: {},
        ...status({ sync: outOfSync, operationState: ours, resources: [resource({ status: "OutOfSync" })] }),
      },
      {},
      { kind: "moving", step: "apply", text: expect.stringContaining("still differs") },
    ],
    [
      "out of sync after the sync fails in the end, and says what differs",
      {
        spec: {},
        ...status({ sync: outOfSync, operationState: ours, resources: [resource({ status: "OutOfSync" })] }),
      },
      { now: start + 900_000 },
      { kind: "failed", failure: "timeout", problems: [{ reason: "OutOfSync", object: { name: "web" } }] },
    ],
    [
      "that only lacks pruning is live",
      {
        spec: {},
        ...status({
          sync: outOfSync,
          operationState: ours,
          resources: [resource({ status: "OutOfSync", requiresPruning: true })],
        }),
      },
      {},
      { kind: "live" },
    ],
    [
      "that only lacks pruning, and never was synced, needs no sync",
      {
        spec: {},
        ...status({ sync: outOfSync, resources: [resource({ status: "OutOfSync", requiresPruning: true })] }),
      },
      { operated: "behind" },
      { kind: "live" },
    ],
    [
      "that lacks pruning which is wanted is synced",
      {
        spec: {},
        ...status({ sync: outOfSync, resources: [resource({ status: "OutOfSync", requiresPruning: true })] }),
      },
      { operated: "behind", prune: true },
      moving("apply", "sync"),
    ],

    [
      "synced, whose hook failed before a person asked, is synced for them",
      status({ operationState: { ...state, phase: "Failed" } }),
      { asked: true },
      moving("apply", "sync"),
    ],
    [
      "synced, of which only a hook may have changed, is synced: comparing leaves hooks out",
      { spec: {}, ...status({}) },
      { operated: "behind" },
      moving("apply", "sync"),
    ],
    [
      "synced, of which nobody can say what changed, is live",
      { spec: {}, ...status({}) },
      { operated: "behind", plain: false },
      { kind: "live" },
    ],
    ["synced that syncs by itself is live", status({}), { operated: "behind" }, { kind: "live" }],

    [
      "healthy for a moment only is not live yet",
      status({ health: { status: "Healthy", lastTransitionTime: at(57) } }),
      {},
      moving("health"),
    ],
    [
      "healthy as it was before the sync is not live at once",
      status({ health: { status: "Healthy", lastTransitionTime: at(-900) } }),
      { now: start + 22_000 },
      moving("health"),
    ],
    [
      "that rolls out goes on",
      status({ health: { status: "Progressing", message: "1 of 3" } }),
      {},
      { ...moving("health"), text: "1 of 3" },
    ],
    [
      "that rolls out for too long has failed",
      status({ health: { status: "Progressing" } }),
      { now: start + 900_000 },
      { kind: "failed", failure: "timeout", said: "it did not become healthy in time" },
    ],
    [
      "with a rollout that waits for a person waits too, without a limit",
      status({ health: { status: "Suspended" } }),
      { now: start + 9_000_000 },
      { kind: "waiting", reason: "the rollout is suspended until somebody resumes it" },
    ],
    [
      "degraded for a moment is not failed: rollouts pass through that",
      status({ health: { status: "Degraded", lastTransitionTime: at(50) } }),
      {},
      moving("health"),
    ],
    [
      "degraded has failed",
      status({ health: { status: "Degraded", lastTransitionTime: at(25), message: "no replicas" } }),
      {},
      { kind: "failed", failure: "controller", said: "no replicas" },
    ],

    [
      "that Argo CD is to leave alone waits",
      { metadata: { annotations: { "argocd.argoproj.io/skip-reconcile": "true" } } },
      { mark: undefined, compared: "behind" },
      { kind: "waiting", reason: expect.stringContaining("skip-reconcile") },
    ],
    [
      "that is being deleted waits",
      { ...status({}), metadata: { deletionTimestamp: at(1) } },
      {},
      { kind: "waiting", reason: "the Application is being deleted" },
    ],
  ])("%s", (_, object, facts, verdict) => {
    expect(judge(object, facts)).toMatchObject(verdict as object);
    if (!JSON.stringify(verdict).includes('"action"')) expect(judge(object, facts)).not.toHaveProperty("action");
  });

  const watching = { watchOnly: true, mark: undefined };
  it.each<[string, JsonObject, Partial<Facts>, unknown]>([
    ["live", status({}), {}, { kind: "live", since: start + 30_000 }],
    [
      "out of sync, and not automated: it waits for a person",
      { spec: {}, ...status({ sync: outOfSync }) },
      { operated: "behind" },
      { kind: "waiting", reason: "somebody has to sync it in Argo CD" },
    ],
    [
      "at an older commit",
      status({ sync: { status: "Synced", revision: "b".repeat(40) } }),
      { compared: "behind", operated: "behind" },
      { kind: "waiting", reason: "the Application is still at bbbbbbb" },
    ],
    [
      "without a comparison, which may be about a commit before",
      status({ conditions: [{ type: "ComparisonError", message: "no" }] }),
      {},
      { kind: "waiting", reason: "Argo CD cannot compare: no" },
    ],
    [
      "degraded long after the sync: no deploy is to blame",
      status({ health: { status: "Degraded", lastTransitionTime: at(5_000) } }),
      { now: start + 9_000_000 },
      { kind: "waiting", reason: "the Application is degraded" },
    ],
    [
      "degraded by the sync",
      status({ health: { status: "Degraded", lastTransitionTime: at(25) } }),
      {},
      { kind: "failed" },
    ],
    [
      "failed",
      status({ operationState: { ...state, phase: "Failed", message: "no" } }),
      {},
      { kind: "failed", said: "no" },
    ],
  ])("that is only watched is %s", (_, object, facts, verdict) => {
    const found = judge(object, { ...watching, ...facts });
    expect(found).toMatchObject(verdict as object);
    expect(found).not.toHaveProperty("action");
  });

  it("may say anything: nothing of it ends a step", () => {
    const hostile: readonly JsonObject[] = [
      { metadata: null, spec: [], status: "no" },
      {
        status: {
          operationState: [],
          sync: 1,
          health: { status: {} },
          conditions: {},
          resources: [null, 1, { name: {} }],
        },
      },
      { operation: "x", status: { operationState: { phase: "Later", syncResult: { resources: [[]] } } } },
      {
        metadata: { annotations: { __proto__: "x", constructor: 1 } },
        spec: { sources: [{}], syncPolicy: { automated: 1 } },
      },
    ];
    for (const object of hostile)
      for (const compared of ["in", "behind", "apart", "unknown"] as const)
        expect(judge(object, { compared, operated: compared }).kind).toMatch(/^(?:live|failed|waiting|moving)$/);
  });
});
