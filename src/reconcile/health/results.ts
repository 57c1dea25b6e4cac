import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { objectAt, textAt } from "../manifests/manifest.ts";

/** What became of something that runs to its end. */
export type RunResult =
  | { readonly state: "running" }
  | { readonly state: "succeeded" }
  | { readonly state: "failed"; readonly message: string };

/** The result of a Job or a Pod; `undefined` of another kind, whose health says it. */
export function runResult(object: JsonObject): RunResult | undefined {
  const { apiVersion, kind } = object;
  if (kind === "Job" && String(apiVersion).startsWith("batch/")) return jobResult(object);
  return kind === "Pod" && apiVersion === "v1" ? podResult(object) : undefined;
}

function jobResult(object: JsonObject): RunResult {
  const failed = condition(object, "Failed");
  if (failed !== undefined) return { state: "failed", message: wordsOf(failed) };
  if (condition(object, "Complete") !== undefined) return { state: "succeeded" };
  return ended(object) ?? { state: "running" };
}

function podResult(object: JsonObject): RunResult {
  const status = objectAt(object, "status");
  if (status.phase === "Succeeded") return { state: "succeeded" };
  if (status.phase === "Failed") return { state: "failed", message: wordsOf(status) };
  return ended(object) ?? { state: "running" };
}

/** What is being deleted before it has a result will have none. */
function ended(object: JsonObject): RunResult | undefined {
  if (objectAt(object, "metadata").deletionTimestamp === undefined) return undefined;
  return { state: "failed", message: "it was deleted before it ended" };
}

function wordsOf(part: JsonObject): string {
  return [textAt(part, "reason"), textAt(part, "message")].filter(Boolean).join(": ") || "it failed";
}

/** A condition that is true. */
function condition(object: JsonObject, type: string): JsonObject | undefined {
  return conditions(object).find((one) => one.type === type && one.status === "True");
}

function conditions(object: JsonObject): readonly JsonObject[] {
  const { conditions: list } = objectAt(object, "status");
  const all: readonly Json[] = Array.isArray(list) ? list : [];
  return all.filter((one) => isJsonObject(one));
}

/** Whether the API server serves what a definition defines; other objects are ready as soon as they are there. */
export function isEstablished(object: JsonObject): boolean {
  if (object.kind === "CustomResourceDefinition") return condition(object, "Established") !== undefined;
  return object.kind !== "Namespace" || textAt(object, "status", "phase") !== "Terminating";
}

/** Why a definition never will be; `undefined` while it may. */
export function refusedNames(object: JsonObject): string | undefined {
  const refused = conditions(object).find(({ type, status }) => type === "NamesAccepted" && status === "False");
  return refused === undefined ? undefined : wordsOf(refused);
}
