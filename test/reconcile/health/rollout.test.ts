import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { type RolloutProgress, rolloutProgress, rolloutText } from "../../../src/reconcile/health/rollout.ts";

const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: { duration: "10m" } }];

function rollout(status: JsonObject, strategy: JsonObject = { canary: { steps } }, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { name: "web", generation: 3 },
    spec: { strategy, ...spec },
    status: { observedGeneration: "3", ...status },
  };
}

const paused: JsonObject = {
  phase: "Paused",
  message: "CanaryPauseStep",
  pauseConditions: [{ reason: "CanaryPauseStep" }],
};
const weights: JsonObject = { canary: { weights: { canary: { weight: 20 } } } };

describe("the progress of a rollout", () => {
  it("is told of a canary that waits for somebody", () => {
    expect(rolloutProgress(rollout({ ...paused, ...weights, currentStepIndex: 1 }))).toEqual({
      state: "paused",
      strategy: "canary",
      place: "at step 2 of 4, 20 % of the traffic",
      message: "CanaryPauseStep",
    });
  });

  it("is told of a canary that goes on after a time", () => {
    const progress = rolloutProgress(rollout({ ...paused, currentStepIndex: 3 }));
    expect(progress).toMatchObject({ state: "waiting", place: "at step 4 of 4" });
  });

  it("is told of one that was aborted", () => {
    const status = { abort: true, phase: "Degraded", message: "RolloutAborted: metric failed", currentStepIndex: 0 };
    expect(rolloutProgress(rollout(status))).toMatchObject({
      state: "aborted",
      message: "RolloutAborted: metric failed",
    });
  });

  it("is told of one that is promoted", () => {
    const status = { phase: "Healthy", stableRS: "abc", currentPodHash: "abc", currentStepIndex: 4 };
    expect(rolloutProgress(rollout(status))).toMatchObject({ state: "promoted", place: "" });
    expect(rolloutProgress(rollout({ ...status, stableRS: "old" }))).toMatchObject({ state: "progressing" });
  });

  it("is told of blue-green before and after the switch", () => {
    const blueGreen = { blueGreen: {} };
    const status = {
      pauseConditions: [{ reason: "BlueGreenPause" }],
      currentPodHash: "new",
      blueGreen: { activeSelector: "old" },
    };
    expect(rolloutProgress(rollout(status, blueGreen))).toMatchObject({
      state: "paused",
      strategy: "blue-green",
      place: "the old version serves",
    });
    const automatic = { blueGreen: { autoPromotionSeconds: 30 } };
    expect(rolloutProgress(rollout(status, automatic))).toMatchObject({ state: "waiting" });
    const after = { phase: "Healthy", stableRS: "new", currentPodHash: "new", blueGreen: { activeSelector: "new" } };
    expect(rolloutProgress(rollout(after, blueGreen))).toMatchObject({
      state: "promoted",
      place: "the new version serves",
    });
  });

  it("is nothing yet of a spec that the controller has not seen, whatever its status says", () => {
    const status = { observedGeneration: "2", phase: "Healthy", stableRS: "abc", currentPodHash: "abc" };
    expect(rolloutProgress(rollout(status))).toMatchObject({ state: "progressing" });
    expect(rolloutProgress(rollout({ ...status, observedGeneration: "5f7c9d" }))).toMatchObject({ state: "promoted" });
  });

  it("is told of one that its spec pauses", () => {
    expect(rolloutProgress(rollout({}, { canary: {} }, { paused: true }))).toMatchObject({ state: "paused" });
  });

  it.each<[RolloutProgress["state"], string | undefined]>([
    ["paused", "the rollout waits for somebody to promote it (at step 2 of 4): said"],
    ["waiting", "the rollout is paused and goes on by itself (at step 2 of 4): said"],
    ["aborted", "the rollout was aborted: said"],
    ["promoted", undefined],
    ["progressing", undefined],
  ])("is a sentence when it is %s", (state, text) => {
    expect(rolloutText({ state, strategy: "canary", place: "at step 2 of 4", message: "said" })).toBe(text);
  });

  it("is not told of anything else", () => {
    expect(rolloutProgress({ apiVersion: "apps/v1", kind: "Deployment" })).toBeUndefined();
    expect(rolloutProgress({ apiVersion: "rollouts.kruise.io/v1", kind: "Rollout" })).toBeUndefined();
  });
});
