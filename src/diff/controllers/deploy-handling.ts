import type { Declaration, Handling } from "../../model/declaration.ts";
import { inTicks } from "../../model/text/markdown.ts";
import { verbatim } from "../finding-words.ts";
import { replacesBy } from "./facts.ts";

/** What is known of how a target is deployed; absent is not known. */
export interface DeployHandling {
  /** Whether what leaves Git is deleted in the cluster. */
  readonly prunes?: boolean;
  /** Objects that cannot be updated are deleted and made again. */
  readonly replaces?: boolean;
  /** The object that deploys it: "Application `web`". */
  readonly by?: string;
}

/** How a target is deployed, as far as its declaration tells. */
export function deployHandling(declaration: Declaration | undefined, handling: Handling = {}): DeployHandling {
  if (declaration === undefined) return {};
  const prunes = prunesOf(declaration, handling);
  return {
    by: `${declaration.kind} ${inTicks(verbatim(declaration.name))}`,
    ...(prunes === undefined ? {} : { prunes }),
    ...(replacesBy(handling.syncOptions ?? []) ? { replaces: true } : {}),
  };
}

/** An upgrade of a release deletes what the chart no longer has, and a generator what it no longer makes. */
function prunesOf({ kind }: Declaration, { prune }: Handling): boolean | undefined {
  switch (kind) {
    case "HelmRelease":
    case "ApplicationSet":
    case "ResourceSet":
      return true;
    case "Application":
    case "Kustomization":
      return prune;
    default:
      return kind satisfies never;
  }
}

/** `Where pruning is on, the deploy deletes it.`, or what is known to happen. `kept` stands for what stays. */
export function pruneText({ prunes, by = "it" }: DeployHandling, deleted: string, kept: string): string {
  if (prunes === undefined) return `Where pruning is on, ${deleted}.`;
  return prunes ? `${deleted.charAt(0).toUpperCase()}${deleted.slice(1)}.` : `Pruning is off for ${by}, so ${kept}.`;
}
