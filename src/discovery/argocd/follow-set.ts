import type { ApplicationSetOptions, GeneratorRows } from "../../model/controller-spec.ts";
import type { Handling } from "../../model/declaration.ts";
import { parentPath } from "../../model/paths.ts";
import type { Followed, FollowProblem, KnownObject, World } from "../follower.ts";
import { unusableInput } from "../mounting.ts";
import { isOwnRepository, isOwnRevision } from "../own-repository.ts";
import { objectAt } from "./application.ts";
import { askedOutside, type GeneratorNeeds, generatorNeeds } from "./application-set.ts";
import { type ControlPlane, controlPlaneOf, settingsFor, takesSubmodules } from "./control-plane.ts";
import { distinct, placeOf } from "./follow-application.ts";
import { gitOrigin } from "./sources.ts";

/** Settings of Argo CD that decide which Applications a set makes. */
const generatorKeys = [
  "applicationsetcontroller.enable.new.git.file.globbing",
  "reposerver.include.hidden.directories",
];

/** Follows an `ApplicationSet`: it renders to the Applications that it makes. */
export function followApplicationSet(object: KnownObject, world: World): Followed {
  const plane = controlPlaneOf(world, object.namespace);
  const needed = generatorNeeds(object.object);
  const places = needed.repositories.map(({ url, revision }) => {
    const origin = gitOrigin(url, { targetRevision: revision, tagPrefix: "" }, world.own, takesSubmodules(plane));
    return { url, revision, origin };
  });
  const needs = places.flatMap(({ origin }) =>
    origin.kind === "remote" && world.source(origin.request) === undefined ? [origin.request] : [],
  );
  if (needs.length > 0) return { needs };
  const found = places.map(({ url, revision, origin }) => ({ url, revision, place: placeOf(origin, object, world) }));
  const filled = filledIn(needed, world);
  const rows = rowsFor(object.name, world);
  const missing = [
    ...unanswered(needed, plane, rows).map((reason) => ({
      ...unusableInput(reason, object),
      kind: "generator" as const,
    })),
    ...found.flatMap(({ place }) => place.missing ?? []),
  ];
  const mounts = distinct(found.flatMap(({ place }) => place.mount ?? []));
  const settings = settingsFor(plane, generatorKeys);
  const options: ApplicationSetOptions = {
    set: { metadata: metadataOf(object), spec: objectAt(object.object, "spec") },
    repositories: [...found.map(({ url, revision, place }) => ({ url, revision, root: place.root })), ...filled],
    clusters: plane.clusters,
    ...(Object.keys(rows).length > 0 && { rows }),
    ...(settings !== undefined && { settings }),
  };
  return {
    unit: {
      kind: "ApplicationSet",
      render: {
        kind: "applicationset",
        path: object.file === undefined ? "" : parentPath(object.file),
        options,
        ...(mounts.length > 0 && { mounts }),
        ...(missing.length > 0 && { missing }),
      },
      handling: handlingOf(object, plane),
    },
    problems: guesses(object, needed, plane),
  };
}

/** Where a generator's parameters name the repository, it may be this one; another one is asked for by the render. */
function filledIn({ fillings }: GeneratorNeeds, { own }: World): ApplicationSetOptions["repositories"] {
  const urls = [...new Set(fillings)].filter((text) => isOwnRepository(text, own));
  const revisions = [...new Set([...own.branches, ...fillings])].filter((text) => isOwnRevision(text, own));
  return urls.flatMap((url) => revisions.map((revision) => ({ url, revision, root: "" })));
}

function metadataOf({ name, namespace }: KnownObject) {
  return { name, ...(namespace !== "" && { namespace }) };
}

type Rows = NonNullable<ApplicationSetOptions["rows"]>;

/** What `.sluice.yaml` says that the generators of this set give. */
function rowsFor(set: string, { argocd }: World): Rows {
  const own = (argocd?.generators ?? []).filter(({ applicationSet }) => applicationSet === set);
  const byKind = Map.groupBy(own, ({ kind }) => kind);
  const rowsOf = (all: readonly GeneratorRows[]) => all.flatMap(({ rows }) => rows);
  return Object.fromEntries([...byKind].map(([kind, all]) => [kind, rowsOf(all)]));
}

/** What the generators ask and nothing here answers: a set without these answers would make too few Applications. */
function unanswered({ unsupported, clusters }: GeneratorNeeds, plane: ControlPlane, rows: Rows): readonly string[] {
  const asked = unsupported
    .filter((kind) => rows[kind] === undefined)
    .map((kind) => `its generator \`${kind}\` asks ${askedOutside[kind]}, which no file tells${answer(kind)}`);
  const lacksClusters = clusters === "selected" && plane.clusters.length === 0;
  return lacksClusters
    ? [...asked, `its generator \`clusters\` chooses among clusters of which none is known${declare}`]
    : asked;
}

/** What an artifact holds is no list of parameters that anybody would write down. */
function answer(kind: string): string {
  return kind === "oci" ? "" : ": write what it gives with `clusters[].argocd.generators` in .sluice.yaml";
}

const declare = ": declare them with `clusters` in .sluice.yaml";

function guesses({ name }: KnownObject, { clusters }: GeneratorNeeds, plane: ControlPlane): readonly FollowProblem[] {
  if (clusters !== "all" || plane.clusters.length > 0) return [];
  const message = `The ApplicationSet \`${name}\` is for every cluster, and only Argo CD's own, \`in-cluster\`, is known`;
  return [{ message, fix: "Declare the others with `clusters` in .sluice.yaml." }];
}

/** Which policies let the controller delete the Applications that a set no longer makes. */
const deleting = ["sync", "create-delete"];

function handlingOf({ object }: KnownObject, { settings }: ControlPlane): Handling {
  const own = objectAt(objectAt(object, "spec"), "syncPolicy").applicationsSync;
  const policy = settings.values["applicationsetcontroller.policy"] || (typeof own === "string" ? own : "sync");
  return { automated: true, prune: deleting.includes(policy) };
}
