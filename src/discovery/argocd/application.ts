import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { type Application, type ApplicationSource, applicationSchema, schemaProblem } from "./schema.ts";

/** One source, with the object that the engine gets. */
export interface WrittenSource {
  readonly source: ApplicationSource;
  readonly object: JsonObject;
}

/** An `Application` with what of it is rendered. */
export interface ReadApplication {
  readonly application: Application;
  readonly sources: readonly WrittenSource[];
  /** Whether the sources are of `spec.sources`, where they may name each other. */
  readonly several: boolean;
  /** Whether it is rendered to a branch first, where nothing is known of a cluster. */
  readonly hydrated: boolean;
}

/** Reads an `Application`; a text says why that cannot be. */
export function readApplication(object: JsonObject): ReadApplication | string {
  const parsed = applicationSchema.safeParse(object);
  if (!parsed.success) return schemaProblem(parsed.error);
  const { data: application } = parsed;
  const spec = objectAt(object, "spec");
  const { sourceHydrator, sources, source } = application.spec;
  const about = { application, several: false, hydrated: false };
  if (sourceHydrator) {
    const dry = objectAt(objectAt(spec, "sourceHydrator"), "drySource");
    return { ...about, sources: [{ source: sourceHydrator.drySource, object: dry }], hydrated: true };
  }
  if (sources.length > 0) {
    const objects = listAt(spec, "sources");
    const written = sources.map((one, index) => ({ source: one, object: objectOf(objects[index]) }));
    return { ...about, sources: written, several: true };
  }
  if (source) return { ...about, sources: [{ source, object: objectAt(spec, "source") }] };
  return "`spec`: it has no source";
}

/**
 * The `Application` as it syncs what was rendered to a branch before: a folder of plain manifests; `undefined` for one
 * that has no such branch.
 */
export function syncedApplication(read: ReadApplication): ReadApplication | undefined {
  const { sourceHydrator } = read.application.spec;
  if (!sourceHydrator) return undefined;
  const { drySource, syncSource } = sourceHydrator;
  const place = {
    repoURL: syncSource.repoURL || drySource.repoURL,
    path: syncSource.path,
    targetRevision: syncSource.targetBranch,
  };
  const source = { ...place, tagPrefix: "", chart: "", ref: "" };
  return { ...read, sources: [{ source, object: { ...place, directory: { recurse: false } } }], hydrated: false };
}

/** The object at a key; empty where there is none. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  return objectOf(object[key]);
}

/** The value if it is an object, else an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The list at a key; empty where there is none. */
export function listAt(object: JsonObject, key: string): readonly Json[] {
  const value = object[key];
  return Array.isArray(value) ? value : [];
}
