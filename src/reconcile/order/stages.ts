import type { JsonObject } from "../../model/json.ts";
import { type Manifest, objectAt, textAt } from "../manifests/manifest.ts";
import { isDefinition } from "../manifests/normalise.ts";
import { type HookDeletion, type Phase, readHook, waveOf } from "./hooks.ts";
import { byKind, type Part, partOf, parts } from "./kinds.ts";

/** Something that runs once in an operation, at its place in the order. */
export interface Hook {
  /** The same in each step of an operation, and of no other hook of it. */
  readonly key: string;
  readonly manifest: Manifest;
  readonly phase: Phase;
  readonly deletion: readonly HookDeletion[];
}

/** Where something comes in the order. */
export interface Position {
  readonly phase: Phase;
  readonly wave: number;
  readonly part: Part;
}

/** What is applied at once, and must be healthy before the next stage begins. */
export interface Stage extends Position {
  /** In the order of their kinds. */
  readonly manifests: readonly Manifest[];
  /** Started when those are applied. */
  readonly hooks: readonly Hook[];
}

/** The order in which a target is applied. */
export interface Order {
  readonly stages: readonly Stage[];
  /** What runs when it failed. */
  readonly onFailure: readonly Stage[];
  /** Objects that a deploy neither applies nor deletes. */
  readonly skipped: readonly Manifest[];
}

const phases: readonly Phase[] = ["pre-sync", "sync", "post-sync", "sync-fail"];

/** Orders positions. */
export function byPosition(a: Position, b: Position): number {
  return (
    phases.indexOf(a.phase) - phases.indexOf(b.phase) ||
    a.wave - b.wave ||
    parts.indexOf(a.part) - parts.indexOf(b.part)
  );
}

/** The order of manifests whose hooks are known to be readable. */
export function orderOf(manifests: readonly Manifest[]): Order {
  const read = manifests.map((manifest) => ({ manifest, hook: readHook(manifest.object) }));
  const hooks = read.flatMap(({ manifest, hook }) =>
    hook.kind === "hook" ? hook.phases.map((phase) => hookOf(manifest, phase, hook.deletion)) : [],
  );
  const objects = read.flatMap(({ manifest, hook }) => (hook.kind === "none" ? [manifest] : []));
  const stages = stagesOf(positioned(objects, hooks), hooks);
  return {
    stages: stages.filter(({ phase }) => phase !== "sync-fail"),
    onFailure: stages.filter(({ phase }) => phase === "sync-fail"),
    skipped: read.flatMap(({ manifest, hook }) => (hook.kind === "skipped" ? [manifest] : [])),
  };
}

function hookOf(manifest: Manifest, phase: Phase, deletion: readonly HookDeletion[]): Hook {
  const name = manifest.reference.name || `${textAt(manifest.object, "metadata", "generateName")}*`;
  return { key: `${phase} ${manifest.key}${manifest.reference.name === "" ? name : ""}`, manifest, phase, deletion };
}

interface Positioned extends Position {
  readonly manifest: Manifest;
}

/** Namespaces and definitions come with the first that needs them. */
function positioned(objects: readonly Manifest[], hooks: readonly Hook[]): readonly Positioned[] {
  const own = objects.map((manifest) => ({ manifest, ...placeOf(manifest) }));
  const needs = [...own, ...hooks.map((hook) => ({ manifest: hook.manifest, ...hookPlace(hook) }))];
  const first = firstNeeds(needs.filter(({ phase }) => phase !== "sync-fail"));
  return own.map((one) => {
    const need = providedBy(one.manifest.object).flatMap((name) => first.get(name) ?? []);
    const [earliest = one] = [...need, one].sort(byWave);
    return { ...one, phase: earliest.phase, wave: earliest.wave };
  });
}

function placeOf(manifest: Manifest): Position {
  return { phase: "sync", wave: waveOf(manifest.object), part: partOf(manifest.reference) };
}

function hookPlace({ manifest, phase }: Hook): Position {
  return { phase, wave: waveOf(manifest.object), part: "objects" };
}

function byWave(a: Position, b: Position): number {
  return phases.indexOf(a.phase) - phases.indexOf(b.phase) || a.wave - b.wave;
}

/** For each namespace and each kind, the first place that something of it has. */
function firstNeeds(all: readonly Positioned[]): ReadonlyMap<string, Position> {
  const first = new Map<string, Position>();
  for (const one of all) {
    for (const name of neededBy(one.manifest)) {
      const known = first.get(name);
      if (known === undefined || byWave(one, known) < 0) first.set(name, one);
    }
  }
  return first;
}

function neededBy({ reference, object }: Manifest): readonly string[] {
  const group = (textAt(object, "apiVersion").split("/").at(-2) ?? "").toString();
  const namespace = reference.namespace === undefined ? [] : [`namespace ${reference.namespace}`];
  return [...namespace, `kind ${group}/${reference.kind}`];
}

function providedBy(object: JsonObject): readonly string[] {
  if (object.kind === "Namespace" && object.apiVersion === "v1")
    return [`namespace ${textAt(object, "metadata", "name")}`];
  if (!isDefinition(object)) return [];
  const spec = objectAt(object, "spec");
  return [`kind ${textAt(spec, "group")}/${textAt(spec, "names", "kind")}`];
}

function stagesOf(objects: readonly Positioned[], hooks: readonly Hook[]): readonly Stage[] {
  const stages = new Map<string, Position & { readonly manifests: Manifest[]; readonly hooks: Hook[] }>();
  const stageAt = ({ phase, wave, part }: Position) => {
    const key = `${phase} ${wave} ${part}`;
    const stage = stages.get(key) ?? { phase, wave, part, manifests: [], hooks: [] };
    stages.set(key, stage);
    return stage;
  };
  for (const one of objects) stageAt(one).manifests.push(one.manifest);
  for (const hook of hooks) stageAt(hookPlace(hook)).hooks.push(hook);
  return [...stages.values()].sort(byPosition).map(sorted);
}

function sorted(stage: Stage): Stage {
  return {
    ...stage,
    manifests: stage.manifests.toSorted((a, b) => byKind(a.reference, b.reference)),
    hooks: stage.hooks.toSorted((a, b) => byKind(a.manifest.reference, b.manifest.reference)),
  };
}

/** Names of Pods' owners end up in labels, which take no more. */
const maxName = 63;

/**
 * The name of a hook in an operation. One that leaves its name to the API server is given one that no other operation
 * gives, and each step of this one does.
 */
export function hookName(
  { manifest, phase }: Hook,
  operation: { readonly head: string; readonly startedAt: number },
): string {
  if (manifest.reference.name !== "") return manifest.reference.name;
  const suffix = `${operation.head.slice(0, 7)}-${phase.replace("-", "")}-${Math.floor(operation.startedAt / 1000)}`;
  return `${textAt(manifest.object, "metadata", "generateName").slice(0, maxName - suffix.length)}${suffix}`;
}
