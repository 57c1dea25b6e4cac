import type { ObjectProblem } from "../../../model/deploy.ts";
import { apiVersionOf, type InventoryEntry } from "./inventory.ts";

const [maxRead, maxProblems] = [10_000, 20];

const named = /\b([A-Z]\w*)\/(?:([\w.-]+)\/)?([\w.:-]+)/;
const status = new RegExp(`${named.source} status: '(\\w+)'`, "g");
const refused = new RegExp(`^${named.source} (dry-run failed.*)$`, "s");

/**
 * What a message of the kustomize-controller says of single objects: those that are not healthy, or the one that the
 * API server refused. Versions of their kinds come from what was applied before, and are empty where nothing was.
 */
export function problemsIn(message: string, inventory: readonly InventoryEntry[]): readonly ObjectProblem[] {
  const object = (kind = "", namespace: string | undefined = undefined, name = "") => {
    const known = inventory.find(
      (one) => one.kind === kind && one.name === name && one.namespace === (namespace ?? ""),
    );
    return { apiVersion: known === undefined ? "" : apiVersionOf(known), kind, name, namespace };
  };
  const [, kind, namespace, name, words] = refused.exec(message) ?? [];
  if (words !== undefined)
    return [{ object: object(kind, namespace, name), reason: "Invalid", message: reasonIn(words) }];
  const all = [...message.slice(0, maxRead).matchAll(status)].slice(0, maxProblems);
  return all.map(([, kind, namespace, name, state = ""]) => ({
    object: object(kind, namespace, name),
    reason: state,
    message: `is ${state === "InProgress" ? "not ready yet" : state.toLowerCase()}`,
  }));
}

/** What the API server has against it. */
function reasonIn(words: string): string {
  return words.replace(/^dry-run failed(?: \(\w+\))?(?:, error)?: /, "");
}

/** A message of a failed apply without the list of the objects that were applied before. */
export function withoutApplied(message: string): string {
  return message
    .split("\n")
    .filter((line) => !applied.test(line))
    .join("\n");
}

const applied = /^\S+\/\S+ (?:created|configured)$/;

/** Whether a message of a failed apply lists objects that were applied before. */
export function saysApplied(message: string): boolean {
  return message.split("\n").some((line) => applied.test(line));
}
