import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { objectAt, textAt } from "../manifests/manifest.ts";

/** Where a rollout of Argo Rollouts is. */
export interface RolloutProgress {
  /**
   * `paused`: somebody has to promote it; `waiting`: it goes on by itself after a time; `aborted`: what was there
   * before serves; `promoted`: everything is on the new version.
   */
  readonly state: "promoted" | "paused" | "waiting" | "aborted" | "progressing";
  readonly strategy: "canary" | "blue-green";
  /** How far it is, as a clause: `at step 2 of 5, 20 % of the traffic`. Empty where there is nothing to say. */
  readonly place: string;
  /** What Argo Rollouts says; hostile. */
  readonly message: string;
}

/** Reads a Rollout; `undefined` of anything else. */
export function rolloutProgress(object: JsonObject): RolloutProgress | undefined {
  if (object.kind !== "Rollout" || !String(object.apiVersion).startsWith("argoproj.io/")) return undefined;
  const strategy = "blueGreen" in objectAt(object, "spec", "strategy") ? "blue-green" : "canary";
  const place = strategy === "canary" ? canaryPlace(object) : blueGreenPlace(object);
  return { state: stateOf(object), strategy, place, message: textAt(object, "status", "message") };
}

/** What a rollout waits for, or why it went back; `undefined` while there is nothing to say but its health. */
export function rolloutText({ state, place, message }: RolloutProgress): string | undefined {
  const where = place === "" ? "" : ` (${place})`;
  const said = message === "" ? "" : `: ${message}`;
  switch (state) {
    case "paused":
      return `the rollout waits for somebody to promote it${where}${said}`;
    case "waiting":
      return `the rollout is paused and goes on by itself${where}${said}`;
    case "aborted":
      return `the rollout was aborted${said}`;
    case "promoted":
    case "progressing":
      return undefined;
    default:
      return state satisfies never;
  }
}

function stateOf(object: JsonObject): RolloutProgress["state"] {
  const [spec, status] = [objectAt(object, "spec"), objectAt(object, "status")];
  if (!isSeen(object)) return "progressing";
  if (status.abort === true) return "aborted";
  const reasons = objects(status.pauseConditions).map((one) => textAt(one, "reason"));
  if (spec.paused === true || (reasons.length > 0 && !goesOn(object))) return "paused";
  if (reasons.length > 0) return "waiting";
  const { stableRS, currentPodHash, phase } = status;
  const isStable = stableRS !== undefined && stableRS === currentPodHash;
  return isStable && (phase === undefined || phase === "Healthy") ? "promoted" : "progressing";
}

/** Whether the controller has looked at the newest spec. It writes the generation as a text. */
function isSeen(object: JsonObject): boolean {
  const { generation } = objectAt(object, "metadata");
  const { observedGeneration } = objectAt(object, "status");
  // Versions before 0.10 wrote a hash.
  if (typeof observedGeneration === "string" && !/^\d+$/.test(observedGeneration)) return true;
  return generation === undefined || String(generation) === String(observedGeneration);
}

/** Whether the pause ends by itself: its step has a duration, or blue-green promotes after some seconds. */
function goesOn(object: JsonObject): boolean {
  const blueGreen = objectAt(object, "spec", "strategy", "blueGreen");
  if (typeof blueGreen.autoPromotionSeconds === "number") return true;
  return objectAt(currentStep(object)?.step ?? {}, "pause").duration !== undefined;
}

function currentStep(object: JsonObject): { step: JsonObject; index: number; count: number } | undefined {
  const steps = objects(objectAt(object, "spec", "strategy", "canary").steps);
  const { currentStepIndex: index = 0 } = objectAt(object, "status");
  const step = typeof index === "number" ? steps[index] : undefined;
  return step === undefined || typeof index !== "number" ? undefined : { step, index, count: steps.length };
}

function canaryPlace(object: JsonObject): string {
  const at = currentStep(object);
  const { weight } = objectAt(object, "status", "canary", "weights", "canary");
  return [
    ...(at === undefined ? [] : [`at step ${at.index + 1} of ${at.count}`]),
    ...(typeof weight === "number" ? [`${weight} % of the traffic`] : []),
  ].join(", ");
}

function blueGreenPlace(object: JsonObject): string {
  const { activeSelector } = objectAt(object, "status", "blueGreen");
  const { currentPodHash } = objectAt(object, "status");
  if (activeSelector === undefined || currentPodHash === undefined) return "";
  return activeSelector === currentPodHash ? "the new version serves" : "the old version serves";
}

function objects(list: Json | undefined): readonly JsonObject[] {
  const all: readonly Json[] = Array.isArray(list) ? list : [];
  return all.filter((one) => isJsonObject(one));
}
