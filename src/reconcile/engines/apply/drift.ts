import { isObject, type ValueObject } from "../../../diff/value.ts";
import type { UndoneField } from "../../../model/deploy.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { ObjectReference } from "../../../model/kube.ts";
import type { FieldChange } from "../../compare/compare.ts";
import { partOfLabel } from "../../inventory/apply-set.ts";
import { type Identity, objectAt } from "../../manifests/manifest.ts";
import { type Inspected, inspect } from "./inspect.ts";
import type { ApplyPorts, ApplyRules } from "./ports.ts";
import type { Wanted } from "./wanted.ts";

/** An object that is not as Git has it. May hold what a Secret holds. */
export interface Drifted {
  readonly object: ObjectReference;
  /** Absent where the object itself is: somebody deleted it. */
  readonly fields?: readonly FieldChange[];
  /** As Git has it: where there is a `cluster`, that with the fields alone that differ. */
  readonly git: ValueObject;
  /** As the cluster has it. */
  readonly cluster?: ValueObject;
  /** The file of the repository that it is from, where the renderer knows it. */
  readonly file?: string;
}

/** What a target's objects are in the cluster beside Git. */
export interface LiveComparison {
  /** What Git has now is what was deployed last, with success: what differs, somebody has changed since. */
  readonly live: boolean;
  readonly drifted: readonly Drifted[];
  /** Objects that could not be compared, since the API server refuses to try them or they need what is not there. */
  readonly unknown: readonly ObjectReference[];
  /** The newest request that was answered. */
  readonly request?: string;
  /** What Sluice has undone by itself since a person or Git last changed something. */
  readonly undone: readonly UndoneField[];
}

/**
 * How the objects of a target differ from what it renders to: a dry run of each, which writes nothing. What defaults,
 * webhooks, controllers and other managers fill in is no difference.
 */
export async function driftOf(
  wanted: Wanted,
  members: readonly Identity[],
  { ports, rules, signal }: { readonly ports: ApplyPorts; readonly rules: ApplyRules; readonly signal: AbortSignal },
): Promise<Pick<LiveComparison, "drifted" | "unknown">> {
  const inspected = await inspect({ wanted, members, ports, rules, signal, sides: true });
  const unknown = inspected.filter((one) => one.problem !== undefined || one.comparison.kind === "assumed");
  return {
    drifted: inspected.flatMap((one) => driftedOne(one) ?? []),
    unknown: unknown.map(({ manifest }) => manifest.reference),
  };
}

function driftedOne({ manifest, comparison, problem, sides }: Inspected): Drifted | undefined {
  const about = { object: manifest.reference, ...(manifest.file !== undefined && { file: manifest.file }) };
  if (problem !== undefined || comparison.kind === "assumed" || comparison.kind === "unchanged") return undefined;
  if (comparison.kind === "new") return { ...about, git: withoutSet(manifest.object) };
  if (comparison.fields.length === 0 || sides === undefined) return undefined;
  const { git, cluster } = sides;
  return { ...about, fields: comparison.fields, git: withoutRecord(git), cluster: withoutRecord(cluster) };
}

/** The label of the set is Sluice's own, and in no repository. */
function withoutSet(object: JsonObject): JsonObject {
  const { [partOfLabel]: _, ...labels } = objectAt(object, "metadata", "labels");
  const { labels: __, ...metadata } = objectAt(object, "metadata");
  return { ...object, metadata: { ...metadata, ...(Object.keys(labels).length > 0 && { labels }) } };
}

const recorded = new Set(["managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"]);

/** Without what the API server keeps of an object, which nobody compares. */
function withoutRecord(object: ValueObject): ValueObject {
  const { status: _, metadata, ...others } = object;
  const kept = Object.entries(isObject(metadata) ? metadata : {}).filter(([key]) => !recorded.has(key));
  const { apiVersion, kind, ...rest } = others;
  return { ...(apiVersion && { apiVersion }), ...(kind && { kind }), metadata: Object.fromEntries(kept), ...rest };
}
