import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { type ObjectHealth, verdictOf } from "../../../src/reconcile/health/verdict.ts";

function watched(name: string, status: ObjectHealth["status"], wanted: JsonObject = {}, live: JsonObject = {}) {
  const reference = { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name };
  return { reference, wanted, live: { object: live }, health: { status, message: "" } };
}

describe("the health of several objects", () => {
  it("is good when each is healthy", () => {
    expect(verdictOf([watched("a", "healthy"), watched("b", "healthy")])).toEqual({ state: "healthy", problems: [] });
    expect(verdictOf([]).state).toBe("healthy");
  });

  it("says what a rollout of Argo Rollouts waits for", () => {
    const status = {
      observedGeneration: "1",
      pauseConditions: [{ reason: "BlueGreenPause" }],
      message: "BlueGreenPause",
    };
    const spec = { strategy: { blueGreen: {} } };
    const rollout = { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", metadata: { generation: 1 }, spec, status };
    const { state, problems } = verdictOf([watched("a", "suspended", {}, rollout)]);
    expect(state).toBe("suspended");
    expect(problems).toMatchObject([
      {
        reason: "Suspended",
        message: "the rollout waits for somebody to promote it: BlueGreenPause",
        fix: "Promote the rollout, or abort it.",
      },
    ]);
  });

  it("is open while one is under way, a failed one or not", () => {
    const { state, problems } = verdictOf([
      watched("a", "progressing"),
      watched("b", "degraded"),
      watched("c", "healthy"),
    ]);
    expect(state).toBe("progressing");
    expect(problems.map(({ object, reason }) => [object.name, reason])).toEqual([
      ["b", "Degraded"],
      ["a", "Progressing"],
    ]);
  });

  it.each(["missing", "terminating", "unknown"] as const)("is open while one is %s", (status) => {
    expect(verdictOf([watched("a", status)]).state).toBe("progressing");
  });

  it("has failed once nothing is under way", () => {
    expect(verdictOf([watched("a", "degraded"), watched("b", "suspended"), watched("c", "healthy")]).state).toBe(
      "degraded",
    );
  });

  it("is suspended where somebody stopped it, and good where Git did (29)", () => {
    expect(verdictOf([watched("a", "suspended")]).state).toBe("suspended");
    expect(verdictOf([watched("a", "suspended", { spec: { paused: true } })]).state).toBe("healthy");
    expect(verdictOf([watched("a", "suspended", { spec: { suspend: true } })]).state).toBe("healthy");
  });

  it("says of a rollout that is paused where, and that somebody has to promote it (29)", () => {
    const live = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      spec: { strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } } },
      status: { currentStepIndex: 1, pauseConditions: [{ reason: "CanaryPauseStep" }] },
    };
    expect(verdictOf([watched("a", "suspended", {}, live)])).toMatchObject({
      state: "suspended",
      problems: [
        {
          reason: "Suspended",
          message: "the rollout waits for somebody to promote it (at step 2 of 2)",
          fix: "Promote the rollout, or abort it.",
        },
      ],
    });
  });

  it("sums up how many Pods are ready", () => {
    const deployment = { kind: "Deployment", spec: { replicas: 3 }, status: { readyReplicas: 2 } };
    const daemons = { kind: "DaemonSet", status: { numberReady: 1, desiredNumberScheduled: 4 } };
    const { readiness } = verdictOf([
      watched("a", "healthy", {}, deployment),
      watched("b", "healthy", {}, daemons),
      watched("c", "healthy", {}, { kind: "StatefulSet", spec: {} }),
      watched("d", "healthy", {}, { kind: "ConfigMap" }),
    ]);
    expect(readiness).toEqual({ ready: 3, wanted: 8 });
  });
});
