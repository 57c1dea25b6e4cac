import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { podProblem, replicaFailure } from "../../../src/reconcile/health/pods.ts";

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
        message: "pod web-1 cannot pull ghcr.io/acme/web:2: not found",
        fix: "Check that this tag exists there.",
      },
    });
  });

  it("is that it keeps crashing: then the log of the run before says why", () => {
    const more = { restartCount: 5, lastState: { terminated: { exitCode: 1 } } };
    expect(podProblem(container({ waiting: { reason: "CrashLoopBackOff" } }, more))).toMatchObject({
      summary: "pod keeps crashing",
      problem: { reason: "CrashLoopBackOff", message: "container app in pod web-1 exited with code 1, 5 times" },
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

describe("a workload whose Pods are not even made", () => {
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
