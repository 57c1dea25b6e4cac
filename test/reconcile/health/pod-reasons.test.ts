import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { podReasons, type WorkloadParts } from "../../../src/reconcile/health/pod-reasons.ts";

const reasonsOf = (parts: Partial<WorkloadParts>) => podReasons({ pods: [], owners: [], events: [], ...parts });

/** A Pod with one container whose status has these fields. */
function pod(container: JsonObject, name = "web-1", status: JsonObject = {}): JsonObject {
  const containerStatuses = [{ name: "web", image: "ghcr.io/acme/web:1.5.0", restartCount: 0, ...container }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    status: { phase: "Pending", containerStatuses, ...status },
  };
}

const waiting = (reason: string, message = ""): JsonObject => ({ state: { waiting: { reason, message } } });

function event(reason: string, message: string, kind = "Pod", name = "web-1", lastTimestamp = "2026-01-01T00:00:00Z") {
  return { reason, message, involvedObject: { kind, name }, lastTimestamp };
}

const notThere =
  'Back-off pulling image "ghcr.io/acme/web:1.5.0": ErrImagePull: rpc error: code = NotFound desc = failed to resolve: not found';

describe("why a workload's pods are not well", () => {
  it("is nothing while they are", () => {
    const ready = { ready: true, state: { running: {} } };
    expect(reasonsOf({ pods: [pod(ready, "web-1", { phase: "Running" })], events: [event("Pulled", "ok")] })).toEqual(
      [],
    );
  });

  it("is an image that cannot be pulled, said once for all pods", () => {
    const pods = ["web-1", "web-2", "web-3"].map((name) => pod(waiting("ImagePullBackOff", notThere), name));
    expect(reasonsOf({ pods })).toEqual([
      {
        reason: "ImagePullBackOff",
        message: "pod web-1 cannot pull ghcr.io/acme/web:1.5.0: not found",
        fix: "Check that this tag exists there.",
        pod: "web-1",
        pods: 3,
        stuck: true,
      },
    ]);
  });

  it.each([
    ["pull access denied", "Check the pull secret, and that it may read this image."],
    ["dial tcp: i/o timeout", "Check the image's name, and that the registry can be reached."],
  ])("says what helps when an image cannot be pulled because of %s", (why, fix) => {
    expect(reasonsOf({ pods: [pod(waiting("ErrImagePull", `failed: ${why}`))] })).toMatchObject([{ fix }]);
  });

  it("is a container that crashes again and again, with the log that tells more", () => {
    const terminated = { exitCode: 1, reason: "Error" };
    const crashing = pod({ ...waiting("CrashLoopBackOff"), restartCount: 5, lastState: { terminated } });
    expect(reasonsOf({ pods: [crashing] })).toEqual([
      {
        reason: "CrashLoopBackOff",
        message: "container web in pod web-1 exited with code 1, and was started again 5 times",
        pod: "web-1",
        logs: { container: "web", previous: true },
        pods: 1,
        stuck: true,
      },
    ]);
  });

  it.each<[string, JsonObject, string, string]>([
    [
      "too much memory",
      { exitCode: 137, reason: "OOMKilled" },
      "OOMKilled",
      "was killed because it used more memory than its limit",
    ],
    ["a signal", { exitCode: 139, signal: 11 }, "CrashLoopBackOff", "was ended by signal 11"],
    ["its own end", { exitCode: 0, reason: "Completed" }, "CrashLoopBackOff", "ended, though it should go on"],
    ["what it says", { exitCode: 2, message: "no config\n" }, "CrashLoopBackOff", "exited with code 2: no config"],
  ])("tells a crash by %s", (_, terminated, reason, message) => {
    const crashing = pod({ ...waiting("CrashLoopBackOff"), restartCount: 1, lastState: { terminated } });
    const text = `container web in pod web-1 ${message}, and was started again once`;
    expect(reasonsOf({ pods: [crashing] })).toMatchObject([{ reason, message: text, stuck: true }]);
  });

  it("is a container that has just ended, which may still come up", () => {
    const ended = pod({ state: { terminated: { exitCode: 1, reason: "Error" } } }, "web-1", { phase: "Running" });
    expect(reasonsOf({ pods: [ended] })).toMatchObject([
      { reason: "Error", stuck: false, logs: { container: "web", previous: false } },
    ]);
  });

  it("is an init container that fails", () => {
    const status = {
      name: "migrate",
      restartCount: 2,
      ...waiting("CrashLoopBackOff"),
      lastState: { terminated: { exitCode: 3 } },
    };
    const starting = pod(waiting("PodInitializing"), "web-1", { initContainerStatuses: [status] });
    expect(reasonsOf({ pods: [starting] })).toMatchObject([
      { message: "init container migrate in pod web-1 exited with code 3, and was started again 2 times" },
    ]);
  });

  it("is a setting that is not there", () => {
    expect(reasonsOf({ pods: [pod(waiting("CreateContainerConfigError", 'secret "db" not found'))] })).toMatchObject([
      {
        reason: "CreateContainerConfigError",
        message: 'container web in pod web-1 cannot be started: secret "db" not found',
        fix: "Add what is missing, or take the reference to it away.",
        stuck: true,
      },
    ]);
  });

  it("is a pod that no node takes", () => {
    const message = "0/3 nodes are available: 3 Insufficient cpu.";
    const condition = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
    const homeless = { ...pod({}), status: { phase: "Pending", conditions: [condition] } };
    expect(reasonsOf({ pods: [homeless] })).toMatchObject([
      {
        reason: "Unschedulable",
        message: `no node takes pod web-1: ${message}`,
        fix: "Lower what it requests, or add nodes.",
        stuck: true,
      },
    ]);
  });

  it("is a quota that keeps pods from being made", () => {
    const message = 'pods "web-" is forbidden: exceeded quota: small, requested: cpu=2, used: cpu=3, limited: cpu=4';
    const conditions = [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message }];
    const owner = {
      kind: "ReplicaSet",
      metadata: { name: "web-6c9" },
      spec: { replicas: 2 },
      status: { replicas: 1, conditions },
    };
    const above = { ...owner, kind: "Deployment", metadata: { name: "web" } };
    expect(reasonsOf({ owners: [owner, above] })).toEqual([
      {
        reason: "FailedCreate",
        message:
          "ReplicaSet web-6c9 cannot create pods: exceeded quota: small, requested: cpu=2, used: cpu=3, limited: cpu=4",
        fix: "Raise the namespace's quota, or lower what the pods request.",
        pods: 0,
        stuck: true,
      },
    ]);
  });

  it("is what only an event of a stateful set says, until its pods are there", () => {
    const events = [event("FailedCreate", "Error creating: service account not found", "StatefulSet", "db")];
    const owner = { kind: "StatefulSet", metadata: { name: "db" }, spec: { replicas: 1 }, status: { replicas: 0 } };
    expect(reasonsOf({ owners: [owner], events })).toMatchObject([
      { message: "StatefulSet db cannot create pods: service account not found" },
    ]);
    expect(reasonsOf({ owners: [{ ...owner, status: { replicas: 1 } }], events })).toEqual([]);
  });

  it("is a probe that fails, by the latest event of the very pod", () => {
    const unready = pod({ ready: false, state: { running: {} } }, "web-1", { phase: "Running" });
    const events = [
      event("Unhealthy", "Readiness probe failed: HTTP 503", "Pod", "web-1", "2026-01-01T00:02:00Z"),
      event("Unhealthy", "Readiness probe failed: refused"),
      event("Unhealthy", "Liveness probe failed", "Pod", "web-2", "2026-01-01T00:03:00Z"),
    ];
    const message = "container web in pod web-1 runs, but its probe fails: Readiness probe failed: HTTP 503";
    expect(reasonsOf({ pods: [unready], events })).toMatchObject([{ reason: "Unhealthy", message, stuck: false }]);
    expect(reasonsOf({ pods: [unready] })).toMatchObject([
      { reason: "ContainersNotReady", message: "container web in pod web-1 runs, but it is not ready" },
    ]);
  });

  it("is a volume that is not there", () => {
    const events = [event("FailedMount", 'configmap "settings" not found')];
    expect(reasonsOf({ pods: [pod(waiting("ContainerCreating"))], events })).toMatchObject([
      { reason: "FailedMount", message: 'pod web-1 does not start: configmap "settings" not found' },
    ]);
  });

  it("is an eviction", () => {
    const evicted = {
      ...pod({}),
      status: { phase: "Failed", reason: "Evicted", message: "The node was low on memory." },
    };
    expect(reasonsOf({ pods: [evicted] })).toMatchObject([
      { reason: "Evicted", message: "pod web-1 failed: The node was low on memory.", stuck: true },
    ]);
  });

  it("names what needs a person first, and leaves out pods that are being deleted", () => {
    const unready = pod({ ready: false, state: { running: {} } }, "web-1", { phase: "Running" });
    const pulling = pod(waiting("ErrImagePull", "x: not found"), "web-2");
    const leaving = { ...pulling, metadata: { name: "web-3", deletionTimestamp: "2026-01-01T00:00:00Z" } };
    const reasons = reasonsOf({ pods: [unready, pulling, leaving] });
    expect(reasons.map(({ reason, pods }) => [reason, pods])).toEqual([
      ["ErrImagePull", 1],
      ["ContainersNotReady", 1],
    ]);
  });

  it("takes objects of any shape", () => {
    const odd: JsonObject[] = [
      {},
      { status: 1 },
      { metadata: [], status: { containerStatuses: [1, null, { state: "x" }] } },
    ];
    expect(reasonsOf({ pods: odd, owners: odd, events: odd })).toEqual([]);
  });
});
