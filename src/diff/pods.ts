import { groupOf, type Item } from "./item.ts";
import { isList, isObject, pointerStep, textAt, type Value, type ValueObject } from "./value.ts";

/** One pod specification in an object (a pod template of a workload, or what has its shape in a custom resource). */
interface PodSpec {
  /** JSON pointer of the specification in its object. */
  readonly pointer: string;
  readonly spec: ValueObject;
}

/** One container of a pod specification. */
export interface Container {
  readonly pointer: string;
  readonly section: ContainerSection;
  readonly name: string;
  readonly container: ValueObject;
}

const sections = ["initContainers", "containers", "ephemeralContainers"] as const;
type ContainerSection = (typeof sections)[number];

/** Kinds that hold text or schemas, never a pod. */
const podless = new Set(["ConfigMap", "Secret", "CustomResourceDefinition", "SealedSecret"]);
const maxDepth = 12;

/** Every rule asks for the same objects' pods: each object is searched once. */
const searched = new WeakMap<ValueObject, readonly PodSpec[]>();

/** Every pod specification in an object, in document order. */
export function podSpecs(object: ValueObject | undefined): readonly PodSpec[] {
  if (object === undefined || podless.has(textAt(object, "kind"))) return [];
  const known = searched.get(object);
  if (known !== undefined) return known;
  const found: PodSpec[] = [];
  search(object, "", 0, found);
  searched.set(object, found);
  return found;
}

/** Whether its pods are replaced when their template changes, in whatever way: a new order of its lists is a change. */
export function isWorkload({ id }: Item): boolean {
  return workloads.has(groupOf(id.apiVersion) === "" ? id.kind : `${groupOf(id.apiVersion)}/${id.kind}`);
}

const workloads = new Set(["apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "argoproj.io/Rollout"]);

/** How many pods workloads ask for; those that say no number ask for one. */
export function podCount(objects: readonly ValueObject[]): number {
  return objects
    .filter((object) => replicated.has(textAt(object, "kind")) && podSpecs(object).length > 0)
    .map((object) => (isObject(object.spec) ? (object.spec.replicas ?? 1) : 1))
    .reduce<number>((sum, replicas) => sum + (typeof replicas === "number" ? replicas : 0), 0);
}

const replicated = new Set(["Deployment", "StatefulSet", "ReplicaSet", "Rollout"]);

/** Every container of every pod specification in an object: init containers first. */
export function containersOf(object: ValueObject | undefined): readonly Container[] {
  return podSpecs(object).flatMap(({ pointer, spec }) =>
    sections.flatMap((section) => containersIn(spec[section], `${pointer}/${section}`, section)),
  );
}

function containersIn(list: Value | undefined, pointer: string, section: ContainerSection): readonly Container[] {
  if (!isList(list)) return [];
  return list.flatMap((container, index) =>
    isObject(container)
      ? [{ pointer: `${pointer}/${index}`, section, name: textAt(container, "name") || String(index), container }]
      : [],
  );
}

function search(value: Value, pointer: string, depth: number, found: PodSpec[]): void {
  if (depth > maxDepth) return;
  if (isList(value)) {
    for (const [index, item] of value.entries()) search(item, `${pointer}/${index}`, depth + 1, found);
  } else if (isObject(value)) {
    if (looksLikePodSpec(value)) found.push({ pointer, spec: value });
    else for (const key of Object.keys(value)) searchKey(value, key, pointer, depth, found);
  }
}

function searchKey(object: ValueObject, key: string, pointer: string, depth: number, found: PodSpec[]): void {
  const value = object[key];
  if (typeof value !== "object" || value === null || (depth === 0 && key === "metadata")) return;
  search(value, pointer + pointerStep(key), depth + 1, found);
}

function looksLikePodSpec(object: ValueObject): boolean {
  const containers = object.containers;
  return isList(containers) && containers.length > 0 && containers.every(isContainer);
}

function isContainer(value: Value): boolean {
  return isObject(value) && (textAt(value, "image") !== "" || textAt(value, "name") !== "");
}
