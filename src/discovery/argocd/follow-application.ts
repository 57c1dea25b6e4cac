import type { Destination } from "../../model/declaration.ts";
import type { JsonObject } from "../../model/json.ts";
import type { MissingInput, Mount } from "../../model/mount.ts";
import { joinPath, resolvePath } from "../../model/paths.ts";
import type { PinnedSource, SourceRequest } from "../../model/sources.ts";
import { elsewhereOf } from "../elsewhere.ts";
import { type Followed, type FollowProblem, factsFor, type KnownObject, type World } from "../follower.ts";
import { missingOf, mountOf, unusableInput } from "../mounting.ts";
import { type ReadApplication, readApplication, syncedApplication } from "./application.ts";
import { destinationOf, inCluster } from "./clusters.ts";
import { appNameOf, type ControlPlane, controlPlaneOf, settingsFor, takesSubmodules } from "./control-plane.ts";
import { handlingOf } from "./handling.ts";
import { projectOf, refusals } from "./projects.ts";
import { refConflict } from "./refs.ts";
import { type SourceOrigin, sourceOrigin } from "./sources.ts";

/** Settings of Argo CD that decide what an Application renders to. */
const renderKeys = [
  "kustomize.buildOptions",
  "kustomize.enable",
  "helm.enable",
  "helm.valuesFileSchemes",
  "jsonnet.enable",
  "resource.exclusions",
  "resource.inclusions",
];

/** Follows an `Application`: its sources, where they are deployed to, and what its project says to that. */
export function followApplication(object: KnownObject, world: World): Followed {
  const plane = controlPlaneOf(world, object.namespace);
  const found = readApplication(object.object);
  if (typeof found === "string") return unread(object, found);
  const { read, origins } = placed(found, world, plane);
  const needs = origins.flatMap((origin) =>
    origin.kind === "remote" && world.source(origin.request) === undefined ? [origin.request] : [],
  );
  if (needs.length > 0) return { needs };
  const places = origins.map((origin) => placeOf(origin, object, world));
  const destination = destinationOf(read.application, plane.clusters);
  const place = typeof destination === "string" ? undefined : destination;
  const conflict = refConflict(read, places);
  const missing = [
    ...places.flatMap((one) => one.missing ?? []),
    ...(conflict === undefined ? [] : [unusableInput(conflict, object)]),
  ];
  const mounts = distinct(places.flatMap(({ mount }) => mount ?? []));
  const settings = settingsFor(plane, renderKeys);
  const isOwn = place?.server === inCluster.server;
  const cluster = read.hydrated ? undefined : factsFor(isOwn ? undefined : (place?.cluster ?? place?.server), world);
  const { metadata, spec } = read.application;
  const elsewhere = read.sources.flatMap(({ source }, index) => {
    const origin = origins[index];
    return origin === undefined || source.path === "" ? [] : elsewhereOf(origin, source.path, world.own);
  });
  return {
    unit: {
      kind: "Application",
      render: {
        kind: "argocd",
        path: pathOf(read, places),
        options: {
          appName: appNameOf(metadata.name, object.namespace, plane),
          spec: specOf(read),
          roots: places.map(({ root }) => root),
          ...(settings !== undefined && { settings }),
          ...(cluster !== undefined && { cluster }),
        },
        ...(mounts.length > 0 && { mounts }),
        ...(missing.length > 0 && { missing }),
      },
      ...(place !== undefined && { destination: place }),
      handling: handlingOf(read.application),
      project: spec.project || "default",
      ...(elsewhere.length > 0 && { elsewhere }),
    },
    problems: problemsOf(read, destination, plane),
  };
}

/**
 * Of what is hydrated, the branch that is looked at decides which of the two is shown: what is written, or what came of
 * it.
 */
function placed(
  found: ReadApplication,
  world: World,
  plane: ControlPlane,
): { readonly read: ReadApplication; readonly origins: readonly SourceOrigin[] } {
  const originsOf = (read: ReadApplication): readonly SourceOrigin[] =>
    read.sources.map(({ source }) => sourceOrigin(source, read.several, world.own, takesSubmodules(plane)));
  const dry = { read: found, origins: originsOf(found) };
  const synced = syncedApplication(found);
  if (synced === undefined || dry.origins.some(({ kind }) => kind === "own")) return dry;
  const wet = { read: synced, origins: originsOf(synced) };
  return wet.origins.some(({ kind }) => kind === "own") ? wet : dry;
}

/** Where one source begins in the tree of the render. */
export interface SourcePlace {
  readonly root: string;
  readonly own: boolean;
  readonly mount?: Mount;
  readonly pinned?: PinnedSource;
  readonly missing?: MissingInput;
}

/** The place of an origin whose request, if any, is answered. */
export function placeOf(origin: SourceOrigin, object: KnownObject, world: World): SourcePlace {
  switch (origin.kind) {
    case "own":
      return { root: origin.folder ?? "", own: true };
    case "nothing":
      return { root: "", own: false };
    case "unusable":
      return { root: "", own: false, missing: unusableInput(origin.reason, object) };
    case "remote":
      return fetched(origin.request, object, world);
    default:
      return origin satisfies never;
  }
}

function fetched(request: SourceRequest, object: KnownObject, world: World): SourcePlace {
  const answer = world.source(request);
  if (answer === undefined) return { root: "", own: false };
  if (!answer.ok) return { root: "", own: false, missing: missingOf(request, answer, object, world.own) };
  const mount = mountOf(request, answer.source);
  return { root: mount.at, own: false, mount, pinned: answer.source };
}

/** A target that stays in the plan and says why it cannot be rendered. */
function unread(object: KnownObject, reason: string): Followed {
  const options = { appName: object.name, spec: {}, roots: [] };
  const missing = [unusableInput(reason, object)];
  return { unit: { kind: "Application", render: { kind: "argocd", path: "", options, missing } } };
}

/** Of one repository that several sources name, one mount. */
export function distinct(mounts: readonly Mount[]): readonly Mount[] {
  return [...new Map(mounts.map((mount) => [mount.at, mount])).values()];
}

function specOf({ application, sources, several }: ReadApplication): JsonObject {
  const { project, destination } = application.spec;
  const objects = sources.map(({ object }) => object);
  return {
    project: project || "default",
    destination: { namespace: destination.namespace },
    ...(several ? { sources: objects } : { source: objects[0] ?? {} }),
  };
}

/** The folder in the repository that it is known by, else where the first of its sources is mounted. */
function pathOf({ sources }: ReadApplication, places: readonly SourcePlace[]): string {
  const all = sources.flatMap(({ source }, index) => {
    const place = places[index];
    const isLent = source.path === "" && source.chart === "" && source.ref !== "";
    return place === undefined || isLent ? [] : [{ place, path: resolvePath("", source.path) ?? "" }];
  });
  const own = all.find(({ place }) => place.own);
  const first = own ?? all.find(({ place }) => place.mount !== undefined);
  return first === undefined ? "" : joinPath(first.place.root, first.path);
}

function problemsOf(
  { application, sources }: ReadApplication,
  destination: Destination | string,
  plane: ControlPlane,
): readonly FollowProblem[] {
  const label = `Argo CD will not deploy the Application \`${application.metadata.name}\``;
  if (typeof destination === "string") {
    return [{ message: `${label}: ${destination}`, fix: "Give the destination a `server` or a `name`." }];
  }
  const project = projectOf(application, plane.projects);
  if (project === undefined) return [];
  const refused = refusals(
    project,
    sources.map(({ source }) => source),
    destination,
  );
  const fix = `Change the Application, or what the AppProject \`${project.metadata.name}\` permits.`;
  return refused.map((reason) => ({ message: `${label}: ${reason}`, fix }));
}
