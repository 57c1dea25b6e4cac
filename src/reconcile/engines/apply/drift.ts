import type { ObjectReference } from "../../../model/kube.ts";
import type { FieldChange } from "../../compare/compare.ts";
import type { Identity } from "../../manifests/manifest.ts";
import { type Inspected, inspect } from "./inspect.ts";
import type { ApplyPorts, ApplyRules } from "./ports.ts";
import type { Wanted } from "./wanted.ts";

/** An object that is not as it was deployed. */
export interface Drifted {
  readonly object: ObjectReference;
  /** Absent where the object itself is: somebody deleted it. */
  readonly fields?: readonly FieldChange[];
}

/**
 * What somebody has changed since a target was deployed: a dry run of everything, which writes nothing. What the API
 * server refuses to try is not known to differ.
 */
export async function driftOf(
  wanted: Wanted,
  members: readonly Identity[],
  { ports, rules, signal }: { readonly ports: ApplyPorts; readonly rules: ApplyRules; readonly signal: AbortSignal },
): Promise<readonly Drifted[]> {
  const inspected = await inspect({ wanted, members, ports, rules, signal });
  return inspected.flatMap((one) => driftedOne(one) ?? []);
}

function driftedOne({ manifest: { reference }, comparison, problem }: Inspected): Drifted | undefined {
  if (problem !== undefined || comparison.kind === "assumed" || comparison.kind === "unchanged") return undefined;
  if (comparison.kind === "new") return { object: reference };
  return comparison.fields.length === 0 ? undefined : { object: reference, fields: comparison.fields };
}
