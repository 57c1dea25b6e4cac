import type { ObjectProblem } from "../../../model/deploy.ts";
import type { LiveObject } from "../../../model/kube.ts";
import { mapLimit } from "../../../model/map-limit.ts";
import { type Comparison, compare, sidesOf } from "../../compare/compare.ts";
import { upgradedFields } from "../../compare/migrate.ts";
import { withScaledReplicas } from "../../compare/replicas.ts";
import { applySetPrefixes, argoOptions, hasOption, replaceAnnotation } from "../../manifests/annotations.ts";
import { annotation, type Identity, labelOf, type Manifest, textAt } from "../../manifests/manifest.ts";
import { isDefinition } from "../../manifests/normalise.ts";
import { definedKey, definedTypes } from "../../manifests/read.ts";
import { listPacked, type PackedMembers, unpacked } from "./members.ts";
import { type ApplyPorts, type ApplyRules, fieldManager } from "./ports.ts";
import { attempt, isImmutable, isOutdated } from "./problems.ts";
import type { Wanted } from "./wanted.ts";

/** What applying an object would do, and the object as it is then sent. */
export interface Inspected {
  readonly manifest: Manifest;
  /** `assumed`: it needs something that is not there yet, so nobody can tell. */
  readonly comparison: Comparison | { readonly kind: "assumed" };
  /** See `sidesOf`; only of what differs, where `Inspection.sides` asks for it. */
  readonly sides?: ReturnType<typeof sidesOf>;
  /** The uid of the object that is deleted first, since its kind forbids the change. */
  readonly replaces?: string;
  /** Why it cannot be applied. */
  readonly problem?: ObjectProblem;
}

/** What an inspection needs. */
export interface Inspection {
  readonly wanted: Wanted;
  /** What the inventory has. */
  readonly members: readonly Identity[];
  readonly ports: ApplyPorts;
  readonly rules: ApplyRules;
  readonly signal: AbortSignal;
  /** Whether both sides of what differs are kept, which takes memory; default: no. */
  readonly sides?: boolean;
}

/**
 * A dry run of every object, at most one each; writes nothing. Definitions and namespaces come first: what needs one
 * that is new or changes cannot be tried before.
 */
export async function inspect(inspection: Inspection): Promise<readonly Inspected[]> {
  const { manifests } = inspection.wanted;
  const basis = await inspectAll(manifests.filter(isBasis), inspection);
  const missing = missingBases(basis);
  const rest = manifests.filter((manifest) => !isBasis(manifest));
  const isReady = (manifest: Manifest): boolean => !needs(manifest).some((name) => missing.has(name));
  const assumed = rest
    .filter((one) => !isReady(one))
    .map((manifest): Inspected => ({ manifest, comparison: { kind: "assumed" } }));
  return [...basis, ...(await inspectAll(rest.filter(isReady), inspection)), ...assumed];
}

async function inspectAll(manifests: readonly Manifest[], inspection: Inspection): Promise<readonly Inspected[]> {
  const live = await liveMembers(manifests, inspection);
  return mapLimit(manifests, inspection.rules.limits.concurrency, (one) => inspectOne(one, live, inspection));
}

/** Only what the inventory has can be found by its label. */
function liveMembers(
  manifests: readonly Manifest[],
  { members, ports, rules, signal }: Inspection,
): Promise<PackedMembers> {
  const places = new Set(members.map(({ group, kind, namespace }) => `${group}/${kind}/${namespace}`));
  const known = manifests.filter(({ key }) => places.has(key.slice(0, key.lastIndexOf("/"))));
  return listPacked(known, ports, rules, signal);
}

async function inspectOne(manifest: Manifest, members: PackedMembers, inspection: Inspection): Promise<Inspected> {
  const packed = members.get(manifest.key);
  // What was compared is not kept until the last of thousands is.
  members.delete(manifest.key);
  const member = packed === undefined ? undefined : unpacked(packed);
  const prepared = preparedFor(manifest, member, inspection);
  const tried = await dryRun(prepared, inspection);
  if ("problem" in tried) return refusedOne(prepared, tried, member, inspection);
  if (member !== undefined) return comparedOne(prepared, member, tried.value, inspection);
  if (textAt(tried.value.object, "metadata", "resourceVersion") === "")
    return { manifest: prepared, comparison: { kind: "new" } };
  return adoptedOne(prepared, tried.value, inspection);
}

function preparedFor(manifest: Manifest, live: LiveObject | undefined, { wanted }: Inspection): Manifest {
  return live === undefined ? manifest : withScaledReplicas(manifest, live.object, wanted.scaled);
}

function dryRun(manifest: Manifest, { ports, signal }: Inspection) {
  const how = { fieldManager, dryRun: true, force: true };
  return attempt(manifest.reference, () => ports.cluster.apply(manifest, how, signal));
}

/** There is such an object already, which is no member yet. */
async function adoptedOne(manifest: Manifest, tried: LiveObject, inspection: Inspection): Promise<Inspected> {
  const { ports, signal } = inspection;
  const live = await ports.cluster.get(manifest.reference, signal);
  const problem = live && problemOfOwner(manifest, live, ports.store.id);
  if (problem !== undefined) return { manifest, comparison: { kind: "unchanged" }, problem };
  const prepared = preparedFor(manifest, live, inspection);
  const again = prepared === manifest ? { value: tried } : await dryRun(prepared, inspection);
  if ("problem" in again) return { manifest: prepared, comparison: { kind: "unchanged" }, problem: again.problem };
  return live === undefined
    ? { manifest: prepared, comparison: { kind: "new" } }
    : comparedOne(prepared, live, again.value, inspection);
}

function comparedOne(manifest: Manifest, live: LiveObject, dryRun: LiveObject, { sides }: Inspection): Inspected {
  const comparison = compare(live, dryRun, fieldManager);
  const kept = sides && comparison.kind === "changed" && { sides: sidesOf(live, dryRun, fieldManager) };
  return { manifest, comparison, ...kept };
}

/** Two sets with one object would undo each other's changes for good. */
export function problemOfOwner({ reference }: Manifest, live: LiveObject, set: string): ObjectProblem | undefined {
  const owners = applySetPrefixes.map((prefix) => textAt(live.object, "metadata", "labels", `${prefix}part-of`));
  if (owners.every((owner) => owner === "" || owner === set)) return undefined;
  return {
    object: reference,
    reason: "OwnedByAnother",
    message: `${labelOf(reference)} belongs to another set of objects, which something else applies`,
    fix: "Remove it there first, or leave it out here.",
  };
}

type Refusal = Extract<Awaited<ReturnType<typeof dryRun>>, { problem: unknown }>;

/** Some kinds forbid a change of what is there: then a new one can be made, if the manifest allows it. */
async function refusedOne(
  manifest: Manifest,
  { problem, error }: Refusal,
  member: LiveObject | undefined,
  { ports, signal }: Inspection,
): Promise<Inspected> {
  const refused = { manifest, comparison: { kind: "unchanged" }, problem } as const;
  const replaces = isImmutable(error) && mayReplace(manifest);
  if (!replaces && !isOutdated(error)) return refused;
  const live = member ?? (await ports.cluster.get(manifest.reference, signal));
  if (live === undefined) return refused;
  const foreign = problemOfOwner(manifest, live, ports.store.id);
  if (foreign !== undefined) return { ...refused, problem: foreign };
  if (!replaces) {
    const upgraded = upgradedFields(live.object, fieldManager, manifest.reference.apiVersion);
    return upgraded === undefined ? refused : { manifest, comparison: { kind: "assumed" } };
  }
  return { manifest, comparison: { kind: "assumed" }, replaces: textAt(live.object, "metadata", "uid") };
}

function mayReplace({ object }: Manifest): boolean {
  const argo = annotation(object, argoOptions);
  return (
    annotation(object, replaceAnnotation) === "allowed" ||
    ["Force=true", "Replace=true"].some((option) => hasOption(argo, option)) ||
    annotation(object, "kustomize.toolkit.fluxcd.io/force").toLowerCase() === "enabled"
  );
}

function isBasis({ object }: Manifest): boolean {
  return isDefinition(object) || (object.kind === "Namespace" && object.apiVersion === "v1");
}

/** What others cannot be tried without, as `needs` has it. */
function missingBases(basis: readonly Inspected[]): ReadonlySet<string> {
  return new Set(
    basis.flatMap(({ manifest: { object, reference }, comparison }) => {
      if (isDefinition(object))
        return comparison.kind === "unchanged" ? [] : definedTypes(object).map((key) => `kind ${key}`);
      return comparison.kind === "new" ? [`namespace ${reference.name}`] : [];
    }),
  );
}

function needs({ reference }: Manifest): readonly string[] {
  const kind = `kind ${definedKey(reference)}`;
  return reference.namespace === undefined ? [kind] : [kind, `namespace ${reference.namespace}`];
}

/** The keys of what a deploy has to apply. */
export function pendingKeys(inspected: readonly Inspected[]): readonly string[] {
  return inspected.flatMap(({ manifest, comparison }) => (comparison.kind === "unchanged" ? [] : [manifest.key]));
}
