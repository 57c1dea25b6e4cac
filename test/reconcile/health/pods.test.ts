import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import {
  creationProblem,
  podProblem,
  podProblems,
  replicaFailure,
  startProblem,
} from "../../../src/reconcile/health/pods.ts";

function pod(status: JsonObject): JsonObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "web-1", namespace: "shop" }, status };
}

function container(state: JsonObject, more: JsonObject = {}): JsonObject {
  return pod({ containerStatuses: [{ name: "app", image: "ghcr.io/acme/web:2", state, ...more }] });
}

describe("what is wrong with a Pod (29)", () => {
  it("is that its image cannot be pulled", () => {
    const waiting = { reason: "ImagePullBackOff", message: "not found" };
    expect(podProblem(container({ waiting }))).toEqual({
      summary: "image cannot be pulled",
      problem: {
        object: { apiVersion: "v1", kind: "Pod", name: "web-1", namespace: "shop" },
        reason: "ImagePullBackOff",
        message: "cannot pull ghcr.io/acme/web:2: not found",
        fix: "Check that this tag exists there.",
      },
    });
  });

  it("is that it keeps crashing: then the log of the run before says why", () => {
    const more = { restartCount: 5, lastState: { terminated: { exitCode: 1 } } };
    expect(podProblem(container({ waiting: { reason: "CrashLoopBackOff" } }, more))).toMatchObject({
      summary: "pod keeps crashing",
      problem: { reason: "CrashLoopBackOff", message: "container `app` exited with code 1, 5 times" },
      log: { container: "app", previous: true },
    });
  });

  it.each([
    [container({ terminated: { exitCode: 137, reason: "OOMKilled" } }), "OOMKilled", "container ran out of memory"],
    [container({ terminated: { exitCode: 2 } }), "Error", "container failed"],
    [
      container({ waiting: { reason: "CreateContainerConfigError", message: "no secret" } }),
      "CreateContainerConfigError",
      "container cannot start",
    ],
    [container({ running: {} }, { ready: false }), "NotReady", "pod does not become ready"],
    [
      pod({ conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes" }] }),
      "Unschedulable",
      "pod cannot be scheduled",
    ],
    [pod({ phase: "Failed", reason: "Evicted" }), "Evicted", "pod failed"],
  ])("is found in its status (%#)", (one, reason, summary) => {
    expect(podProblem(one)).toMatchObject({ summary, problem: { reason } });
  });

  it("is the last that was said of an image, not who passed it on", () => {
    const message =
      'Back-off pulling image "ghcr.io/acme/web:2": ErrImagePull: rpc error: code = NotFound desc = failed: not found';
    expect(podProblem(container({ waiting: { reason: "ImagePullBackOff", message } }))?.problem).toMatchObject({
      message: "cannot pull ghcr.io/acme/web:2: not found",
      fix: "Check that this tag exists there.",
    });
  });

  it.each([
    ["pull access denied", "Check the pull secret, and that it may read this image."],
    ["dial tcp 10.0.0.1:443: i/o timeout", "Check that the registry can be reached."],
  ])("comes with what helps when the registry says %j", (message, fix) => {
    expect(podProblem(container({ waiting: { reason: "ErrImagePull", message } }))?.problem).toMatchObject({ fix });
  });

  it.each<[JsonObject, string, string]>([
    [{ exitCode: 137, reason: "OOMKilled" }, "OOMKilled", "was killed because it used more memory than its limit"],
    [{ exitCode: 139, signal: 11 }, "CrashLoopBackOff", "was ended by signal 11"],
    [{ exitCode: 0, reason: "Completed" }, "CrashLoopBackOff", "ended, though it should go on"],
    [{ exitCode: 2, message: "no config\n" }, "CrashLoopBackOff", "exited with code 2: no config"],
    [{}, "CrashLoopBackOff", "exited"],
  ])("is how it keeps ending (%#)", (terminated, reason, how) => {
    const crashing = container(
      { waiting: { reason: "CrashLoopBackOff" } },
      { restartCount: 1, lastState: { terminated } },
    );
    expect(podProblem(crashing)).toMatchObject({
      problem: { reason, message: `container \`app\` ${how}, 1 time` },
      log: { previous: true },
    });
  });

  it("is what an init container meets", () => {
    const state = { waiting: { reason: "CreateContainerConfigError", message: 'secret "db" not found' } };
    expect(podProblem(pod({ initContainerStatuses: [{ name: "migrate", state }] }))?.problem).toMatchObject({
      message: 'init container `migrate` cannot start: secret "db" not found',
      fix: "Add what is missing, or take the reference to it away.",
    });
  });

  it("is that nodes have too little left", () => {
    const message = "0/3 nodes are available: 3 Insufficient cpu.";
    const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
    expect(podProblem(pod({ conditions }))?.problem.fix).toBe("Lower what it requests, or add nodes.");
  });

  it("is nothing of one that is being deleted", () => {
    const deleted = container({ waiting: { reason: "ErrImagePull" } });
    const metadata = { name: "web-1", deletionTimestamp: "2026-01-01T00:00:00Z" };
    expect(podProblem({ ...deleted, metadata })).toBeUndefined();
  });

  it("is what an event says of one that does not start: a volume, for one", () => {
    const events = [
      { reason: "FailedScheduling", message: "0/1 nodes" },
      { reason: "FailedMount", message: 'configmap "settings" not found' },
      { reason: "Pulled", message: "ok" },
    ];
    const starting = pod({ phase: "Pending" });
    expect(startProblem(starting, events)).toMatchObject({
      summary: "pod cannot start",
      problem: { reason: "FailedMount", message: 'does not start: configmap "settings" not found' },
    });
    expect(startProblem(pod({ phase: "Running" }), events)).toBeUndefined();
    expect(startProblem(starting, events.slice(0, 1))).toBeUndefined();
  });

  it("takes objects of any shape", () => {
    const odd: JsonObject[] = [
      {},
      { status: 1 },
      { metadata: [], status: { containerStatuses: [1, null, { state: "x" }], conditions: "x" } },
    ];
    expect(podProblems(odd)).toEqual([]);
  });

  it("is nothing while it starts, and once it is ready", () => {
    expect(podProblem(pod({ phase: "Pending" }))).toBeUndefined();
    expect(podProblem(container({ waiting: { reason: "ContainerCreating" } }))).toBeUndefined();
    expect(podProblem(container({ running: {} }, { ready: true }))).toBeUndefined();
    expect(podProblem(container({ terminated: { exitCode: 0 } }))).toBeUndefined();
  });

  it("is shown on one line without invisible characters", () => {
    const waiting = { reason: "ErrImagePull", message: "a\nb\u202Ec" };
    expect(podProblem(container({ waiting }))?.problem.message).toContain("a b\\u{202E}c");
  });
});

describe("what is wrong with the Pods of a workload", () => {
  const named = (one: JsonObject, name: string): JsonObject => ({ ...one, metadata: { name, namespace: "shop" } });

  it("is said once, what waiting does not help first", () => {
    const unready = container({ running: {} }, { ready: false });
    const pulling = container({ waiting: { reason: "ErrImagePull", message: "not found" } });
    const pods = [named(unready, "web-1"), named(pulling, "web-2"), named(pulling, "web-3"), named(unready, "web-4")];
    expect(podProblems(pods).map(({ problem: { reason, object } }) => [reason, object.name])).toEqual([
      ["ErrImagePull", "web-2"],
      ["NotReady", "web-1"],
    ]);
  });
});

describe("a workload whose Pods are not even made", () => {
  const statefulSet = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "db" }, status: {} };

  it("says so in an event, where it has no condition for it", () => {
    const events = [{ reason: "FailedCreate", message: "service account not found" }];
    expect(creationProblem(statefulSet, events)).toMatchObject({ message: "service account not found" });
    expect(creationProblem(statefulSet, [])).toBeUndefined();
  });

  it("says the part about the quota, and what helps", () => {
    const message = 'pods "db-" is forbidden: exceeded quota: small, requested: cpu=2, used: cpu=3, limited: cpu=4';
    expect(creationProblem(statefulSet, [{ reason: "FailedCreate", message }])).toMatchObject({
      message: "exceeded quota: small, requested: cpu=2, used: cpu=3, limited: cpu=4",
      fix: "Raise the namespace's quota, or lower what the pods request.",
    });
  });

  it("says why: a quota, for one", () => {
    const condition = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" };
    const object = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      status: { conditions: [condition] },
    };
    expect(replicaFailure(object)).toMatchObject({ reason: "FailedCreate", message: "exceeded quota" });
    expect(replicaFailure({ ...object, status: {} })).toBeUndefined();
  });
});
