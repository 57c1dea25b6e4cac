import { groupOf } from "../../diff/item.ts";
import type { ObjectProblem } from "../../model/deploy.ts";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { ObjectReference, ObjectType } from "../../model/kube.ts";
import type { Resource } from "../../model/render.ts";
import { visible } from "../../model/text/lines.ts";
import { readHook } from "../order/hooks.ts";
import { applySetPrefixes, operationAnnotation, setAnnotation } from "./annotations.ts";
import { flatten } from "./flatten.ts";
import { identityOf, keyOf, labelOf, type Manifest, objectAt, textAt, withObject } from "./manifest.ts";
import { isDefinition, normalise } from "./normalise.ts";

/** What the resources of a render are for a cluster, and everything about them that forbids to apply any. */
export interface ReadManifests {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly ObjectProblem[];
}

/** Where a kind lives; `undefined` when the cluster does not serve it. */
export type ScopeOf = (type: ObjectType) => "namespaced" | "cluster" | undefined;

/** The kinds that the resources are of, each once. */
export function kindsOf(resources: readonly Resource[]): readonly ObjectType[] {
  const types = flatten(resources).map(({ object }) => typeOf(object));
  const complete = types.filter((type) => type.apiVersion !== "" && type.kind !== "");
  return [...new Map(complete.map((type) => [`${type.apiVersion} ${type.kind}`, type])).values()];
}

/**
 * Reads the resources of a render. `namespace` is where an object goes that names none. Whatever is wrong is said of
 * every object at once, so that a person needs one round.
 */
export function readManifests(
  resources: readonly Resource[],
  { scopeOf, namespace }: { readonly scopeOf: ScopeOf; readonly namespace?: string | undefined },
): ReadManifests {
  const flat = flatten(resources);
  const defined = definedScopes(flat.map(({ object }) => object));
  // What the server says counts: a definition beside it may say anything of a kind that is there already.
  const scope: ScopeOf = (type) => scopeOf(type) ?? defined.get(definedKey(type));
  const read = flat.map((resource) => readOne(normalise(resource), scope, namespace));
  const manifests = read.flatMap(({ manifest }) => (manifest === undefined ? [] : [manifest]));
  return { manifests, problems: [...read.flatMap(({ problems }) => problems), ...duplicates(manifests)] };
}

interface ReadOne {
  readonly manifest?: Manifest;
  readonly problems: readonly ObjectProblem[];
}

function readOne(resource: Resource, scopeOf: ScopeOf, fallback: string | undefined): ReadOne {
  const { object } = resource;
  const scope = scopeOf(typeOf(object));
  const placed = { ...resource, object: placedIn(object, scope, fallback) };
  const reference = referenceOf(placed.object);
  const wrong = [
    ...wrongIdentity(object),
    ...wrongName(object),
    ...wrongPlace(placed.object, scope),
    ...wrongContent(object),
  ];
  const problems = wrong.map((one) => ({ object: reference, ...one }));
  return { manifest: { ...placed, reference, key: keyOf(identityOf(reference)) }, problems };
}

type Wrong = Omit<ObjectProblem, "object">;

function wrongIdentity(object: JsonObject): readonly Wrong[] {
  const { apiVersion, kind } = typeOf(object);
  const missing = [
    ...(apiVersion === "" ? ["apiVersion"] : []),
    ...(kind === "" ? ["kind"] : []),
    ...(hasName(object) ? [] : ["metadata.name"]),
  ];
  if (missing.length === 0) return [];
  const generated = textAt(object, "metadata", "generateName") !== "";
  const fix = generated
    ? "Give it a name: with generateName each deploy would make another one. Only hooks may have that."
    : `Set ${missing.join(" and ")}.`;
  return [{ reason: "Invalid", message: `it has no ${missing.join(" and no ")}`, fix }];
}

/** What the API server would take for another path. */
function wrongName(object: JsonObject): readonly Wrong[] {
  const names = [textAt(object, "metadata", "name"), textAt(object, "metadata", "namespace")];
  return names
    .filter((name) => name === "." || name === ".." || /[/%]/.test(name))
    .map((name) => ({
      reason: "Invalid",
      message: `"${visible(name)}" cannot be a name in Kubernetes`,
      fix: "Give it another name.",
    }));
}

function hasName(object: JsonObject): boolean {
  if (textAt(object, "metadata", "name") !== "") return true;
  return textAt(object, "metadata", "generateName") !== "" && readHook(object).kind !== "none";
}

function wrongPlace(object: JsonObject, scope: ReturnType<ScopeOf>): readonly Wrong[] {
  const { apiVersion, kind } = typeOf(object);
  if (apiVersion === "" || kind === "") return [];
  if (scope === undefined)
    return [
      {
        reason: "NotServed",
        message: `the cluster serves no ${kind} of ${apiVersion}`,
        fix: "Install its CustomResourceDefinition first, or use a version that the cluster serves.",
      },
    ];
  if (scope === "cluster" || textAt(object, "metadata", "namespace") !== "") return [];
  return [{ reason: "Invalid", message: "it names no namespace", fix: "Set metadata.namespace." }];
}

function wrongContent(object: JsonObject): readonly Wrong[] {
  return [...applySetMarks(object), ...encrypted(object), ...unknownHook(object)];
}

const hookMarks: ReadonlySet<string> = new Set([operationAnnotation, setAnnotation]);

function applySetMarks(object: JsonObject): readonly Wrong[] {
  const names = ["labels", "annotations"].flatMap((field) => Object.keys(objectAt(object, "metadata", field)));
  const reserved = names.filter(
    (name) => hookMarks.has(name) || applySetPrefixes.some((prefix) => name.startsWith(prefix)),
  );
  return reserved.map((name) => ({
    reason: "Reserved",
    message: `it carries ${visible(name)}, which only the tool that deploys may set`,
    fix: "Remove it from the manifest.",
  }));
}

/** Values that only SOPS can read would reach the application as they are. */
function encrypted(object: JsonObject): readonly Wrong[] {
  if (textAt(object, "sops", "mac") === "") return [];
  return [
    {
      reason: "Encrypted",
      message: "it is encrypted with SOPS, and nothing here decrypts it",
      fix: "Deploy it with what decrypts it, or use ExternalSecret or SealedSecret.",
    },
  ];
}

function unknownHook(object: JsonObject): readonly Wrong[] {
  const hook = readHook(object);
  if (hook.kind !== "unknown") return [];
  return [
    {
      reason: "UnknownHook",
      message: `annotation ${hook.annotation} has the value "${visible(hook.value)}", which is no hook`,
      fix: "Use PreSync, Sync, PostSync, SyncFail or Skip.",
    },
  ];
}

/** Each object that an earlier one is already. Names of hooks are checked where they are known, per phase. */
function duplicates(manifests: readonly Manifest[]): readonly ObjectProblem[] {
  const seen = new Set<string>();
  return manifests.flatMap(({ key, reference }) => {
    if (reference.name === "" || !seen.has(key)) return seen.add(key) && [];
    const message = `${labelOf(reference)} is defined more than once`;
    return [{ object: reference, reason: "Duplicate", message, fix: "Keep one of them." }];
  });
}

function placedIn(object: JsonObject, scope: ReturnType<ScopeOf>, fallback: string | undefined): JsonObject {
  const metadata = objectAt(object, "metadata");
  const { namespace, ...others } = metadata;
  if (scope === "cluster") return namespace === undefined ? object : withObject(object, ["metadata"], others);
  if (textAt(metadata, "namespace") !== "" || fallback === undefined) return object;
  return withObject(object, ["metadata"], { ...metadata, namespace: fallback });
}

/** Which object a manifest is about, as far as it says so. */
export function referenceOf(object: JsonObject): ObjectReference {
  const namespace = textAt(object, "metadata", "namespace");
  const name = textAt(object, "metadata", "name");
  return { ...typeOf(object), name, ...(namespace !== "" && { namespace }) };
}

function typeOf(object: JsonObject): ObjectType {
  return { apiVersion: textAt(object, "apiVersion"), kind: textAt(object, "kind") };
}

/** Where the kinds live that the objects define. A definition that is a hook, or skipped, is not there before them. */
function definedScopes(objects: readonly JsonObject[]): ReadonlyMap<string, "namespaced" | "cluster"> {
  const definitions = objects.filter((object) => isDefinition(object) && readHook(object).kind === "none");
  return new Map(definitions.flatMap((object) => definedTypes(object).map((key) => [key, scopeIn(object)] as const)));
}

/** The kinds that a definition defines, one for each version that it serves, as `definedKey` has them. */
export function definedTypes(object: JsonObject): readonly string[] {
  const spec = objectAt(object, "spec");
  const versions: readonly Json[] = Array.isArray(spec.versions) ? spec.versions : [];
  const served = versions.filter((version) => isJsonObject(version)).filter(({ served }) => served !== false);
  const [group, kind] = [textAt(spec, "group"), textAt(spec, "names", "kind")];
  return served.map((version) => definedKey({ apiVersion: `${group}/${textAt(version, "name")}`, kind }));
}

/** A kind in one of its versions as a text. */
export function definedKey({ apiVersion, kind }: ObjectType): string {
  return `${groupOf(apiVersion)}/${apiVersion}/${kind}`;
}

function scopeIn(definition: JsonObject): "namespaced" | "cluster" {
  return textAt(definition, "spec", "scope") === "Cluster" ? "cluster" : "namespaced";
}
