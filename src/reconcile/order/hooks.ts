import type { JsonObject } from "../../model/json.ts";
import { annotation } from "../manifests/manifest.ts";

/** When a hook runs, or an object is applied. */
export type Phase = "pre-sync" | "sync" | "post-sync" | "sync-fail";

/** When a hook is deleted. */
export type HookDeletion = "before-creation" | "succeeded" | "failed";

/** What the annotations of an object make of it. */
export type HookReading =
  /** An object that the cluster keeps. */
  | { readonly kind: "none" }
  | { readonly kind: "hook"; readonly phases: readonly Phase[]; readonly deletion: readonly HookDeletion[] }
  /** Not for a deploy: `Skip`, or what runs when an app is deleted, rolled back or tested. */
  | { readonly kind: "skipped" }
  | { readonly kind: "unknown"; readonly value: string; readonly annotation: string };

const argoHook = "argocd.argoproj.io/hook";
const helmHook = "helm.sh/hook";

/** `none`: a hook of another occasion. */
const argoPhases: ReadonlyMap<string, Phase | "none"> = new Map([
  ["PreSync", "pre-sync"],
  ["Sync", "sync"],
  ["PostSync", "post-sync"],
  ["SyncFail", "sync-fail"],
  ["Skip", "none"],
  ["PreDelete", "none"],
  ["PostDelete", "none"],
]);

/** `object`: Helm made it before all else; here it is as any other, and definitions come first anyway. */
const helmPhases: ReadonlyMap<string, Phase | "none" | "object"> = new Map([
  ["pre-install", "pre-sync"],
  ["pre-upgrade", "pre-sync"],
  ["post-install", "post-sync"],
  ["post-upgrade", "post-sync"],
  ["crd-install", "object"],
  ["pre-delete", "none"],
  ["post-delete", "none"],
  ["pre-rollback", "none"],
  ["post-rollback", "none"],
  ["test", "none"],
  ["test-success", "none"],
  ["test-failure", "none"],
]);

const deletions: ReadonlyMap<string, HookDeletion> = new Map([
  ["BeforeHookCreation", "before-creation"],
  ["HookSucceeded", "succeeded"],
  ["HookFailed", "failed"],
  ["before-hook-creation", "before-creation"],
  ["hook-succeeded", "succeeded"],
  ["hook-failed", "failed"],
]);

/**
 * What an object's hook annotations say. Argo CD's count before Helm's. A word that is none of theirs is no hook of any
 * phase, so the object would silently never be applied: it is an error.
 */
export function readHook(object: JsonObject): HookReading {
  const argo = words(annotation(object, argoHook));
  if (argo.length > 0) return reading(object, argoHook, argo, argoPhases);
  const helm = words(annotation(object, helmHook));
  return helm.length > 0 ? reading(object, helmHook, helm, helmPhases) : { kind: "none" };
}

function reading(
  object: JsonObject,
  name: string,
  values: readonly string[],
  known: ReadonlyMap<string, Phase | "none" | "object">,
): HookReading {
  const wrong = values.find((value) => !known.has(value));
  if (wrong !== undefined) return { kind: "unknown", value: wrong, annotation: name };
  const phases = values.map((value) => known.get(value));
  if (phases.includes("object")) return { kind: "none" };
  const own = [...new Set(phases.filter(isPhase))];
  const skipped = own.length === 0 || values.includes("Skip");
  return skipped ? { kind: "skipped" } : { kind: "hook", phases: own, deletion: deletionOf(object) };
}

function isPhase(phase: Phase | "none" | "object" | undefined): phase is Phase {
  return phase !== undefined && phase !== "none" && phase !== "object";
}

/** As the peers have it: what is no policy is none, and who names none means to be deleted before the next one. */
function deletionOf(object: JsonObject): readonly HookDeletion[] {
  const argo = words(annotation(object, "argocd.argoproj.io/hook-delete-policy"));
  const named = argo.length > 0 ? argo : words(annotation(object, "helm.sh/hook-delete-policy"));
  const policies = named.flatMap((name) => deletions.get(name) ?? []);
  return policies.length === 0 ? ["before-creation"] : [...new Set(policies)];
}

/** The wave of an object: Argo CD's, else the weight of a hook of Helm, else 0. */
export function waveOf(object: JsonObject): number {
  const waves = [annotation(object, "argocd.argoproj.io/sync-wave"), annotation(object, "helm.sh/hook-weight")];
  const found = waves.find((wave) => /^[+-]?\d{1,9}$/.test(wave.trim()));
  return found === undefined ? 0 : Number(found) || 0;
}

function words(list: string): readonly string[] {
  return list
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}
