import { UserError } from "../../../model/errors.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { ObjectReference } from "../../../model/kube.ts";
import type { ControllerWork } from "../controller/environment.ts";
import type { Desired } from "../engine.ts";
import { type HelmChart, type HelmRelease, readHelmChart, readHelmRelease } from "./helm-release.ts";
import { type Kustomization, readKustomization, type SourceReference } from "./kustomization.ts";
import { checkPath, checkSource, hasApplied, isOwnSource } from "./ownership.ts";
import { readSource, type Source } from "./source.ts";
import { nameOf } from "./verdict.ts";

/** The objects of Flux that deploy a target; a HelmRelease that no Kustomization applied has none. */
export interface FluxState {
  readonly source: Source;
  readonly kustomization?: Kustomization | undefined;
  readonly release?: HelmRelease | undefined;
  readonly chart?: HelmChart | undefined;
}

/** What is read: for which target, until when. */
export interface Reading {
  readonly work: ControllerWork;
  readonly desired: Desired;
  readonly signal: AbortSignal;
}

/** An object that is not there, such as one that Flux makes from the same commit. */
export class Missing {
  readonly reference: ObjectReference;
  constructor(reference: ObjectReference) {
    this.reference = reference;
  }
}

const groups = {
  Kustomization: "kustomize.toolkit.fluxcd.io",
  HelmRelease: "helm.toolkit.fluxcd.io",
  GitRepository: "source.toolkit.fluxcd.io",
  OCIRepository: "source.toolkit.fluxcd.io",
  HelmChart: "source.toolkit.fluxcd.io",
} as const;

type FluxKind = keyof typeof groups;

interface Place {
  readonly kind: FluxKind;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Reads a Kustomization and its source. Throws a UserError where the operator has not opened one of them, or where they
 * deploy something else than the target.
 */
export async function readKustomizationState(
  reading: Reading,
  place: Omit<Place, "kind">,
): Promise<FluxState | Missing> {
  const object = await readObject(reading, { kind: "Kustomization", ...place });
  if (object instanceof Missing) return object;
  const kustomization = readKustomization(object);
  const source = await readSourceOf(reading, kustomization.reference, kustomization.source);
  if (source instanceof Missing) return source;
  checkSource(kustomization.reference, source, reading.work.repositoryUrl);
  // Where an artifact was made from is not known to be the root.
  if (source.reference.kind === "GitRepository") checkPath(kustomization, reading.desired.path);
  return { source, kustomization };
}

/**
 * Reads a HelmRelease and what brings it from this repository: the Kustomization that has applied it, or the source of
 * its chart. Throws UserErrors as `readKustomizationState` does.
 */
export async function readReleaseState(reading: Reading, place: Omit<Place, "kind">): Promise<FluxState | Missing> {
  const object = await readObject(reading, { kind: "HelmRelease", ...place });
  if (object instanceof Missing) return object;
  const release = readHelmRelease(object);
  const origin = release.appliedBy === undefined ? undefined : await readApplier(reading, release, release.appliedBy);
  if (origin instanceof Missing) return origin;
  const own = await readChartSource(reading, release, origin === undefined);
  if (own instanceof Missing) return own;
  const source = origin?.source ?? own;
  if (source === undefined) throw elsewhere(release.reference);
  const chart = own === undefined ? undefined : await readChart(reading, release);
  return { source, kustomization: origin?.kustomization, release, chart };
}

async function readApplier(
  reading: Reading,
  release: HelmRelease,
  by: { readonly name: string; readonly namespace: string },
): Promise<FluxState | Missing> {
  const object = await readObject(reading, { kind: "Kustomization", ...by });
  if (object instanceof Missing) return object;
  const kustomization = readKustomization(object);
  // A label is whatever somebody wrote; the list is the controller's own.
  if (!hasApplied(kustomization, release.reference)) throw elsewhere(release.reference);
  const source = await readSourceOf(reading, kustomization.reference, kustomization.source);
  if (source instanceof Missing) return source;
  checkSource(kustomization.reference, source, reading.work.repositoryUrl);
  return { source, kustomization };
}

/** The source of the chart, where that is this repository; `must`: nothing else says where the release is from. */
async function readChartSource(
  reading: Reading,
  { chart, reference }: HelmRelease,
  must: boolean,
): Promise<Source | Missing | undefined> {
  const { work, desired } = reading;
  if (chart?.source.kind !== "GitRepository") return undefined;
  const { namespace = reference.namespace ?? "", name } = chart.source;
  const type = { apiVersion: `${groups.GitRepository}/v1`, kind: "GitRepository" };
  if (!must && !work.isOpen({ ...type, namespace, name }, desired.app)) return undefined;
  const source = await readSourceOf(reading, reference, chart.source);
  if (source instanceof Missing) return must ? source : undefined;
  if (!isOwnSource(source, work.repositoryUrl)) return undefined;
  if (must) checkPath({ reference, path: chart.path }, desired.path);
  return source;
}

async function readChart(reading: Reading, { helmChart }: HelmRelease): Promise<HelmChart | undefined> {
  const [namespace = "", name = ""] = helmChart.split("/");
  const reference = { apiVersion: `${groups.HelmChart}/v1`, kind: "HelmChart", namespace, name };
  if (name === "" || !reading.work.isOpen(reference, reading.desired.app)) return undefined;
  const object = await readObject(reading, { kind: "HelmChart", namespace, name });
  return object instanceof Missing ? undefined : readHelmChart(object);
}

async function readSourceOf(
  reading: Reading,
  by: ObjectReference,
  { kind, name, namespace = by.namespace ?? "" }: SourceReference,
): Promise<Source | Missing> {
  if (kind !== "GitRepository" && kind !== "OCIRepository")
    throw new UserError("refused", `${nameOf(by)} deploys from a ${kind || "source without a kind"}`, {
      fix: "Sluice follows a GitRepository of this repository, or an OCIRepository that says it was made from it.",
    });
  const object = await readObject(reading, { kind, namespace, name });
  return object instanceof Missing ? object : readSource(object);
}

async function readObject({ work, desired, signal }: Reading, place: Place): Promise<JsonObject | Missing> {
  const { kind, namespace, name } = place;
  const group = groups[kind];
  // Before anything is asked: who may not have it does not learn whether it is there.
  work.checkAccess({ apiVersion: `${group}/v1`, kind, namespace, name }, desired.app);
  const type = await work.cluster.preferred(group, kind, signal);
  if (type === undefined)
    throw new UserError("config", `the cluster does not serve the kind ${kind} of ${group}`, {
      fix: "Install Flux there, or correct `deploy.cluster`.",
    });
  const reference = { ...type, namespace, name };
  return (await work.cluster.get(reference, signal))?.object ?? new Missing(reference);
}

function elsewhere(release: ObjectReference): UserError {
  return new UserError("refused", `${nameOf(release)} does not come from this repository`, {
    fix: "Have a Kustomization of this repository apply it, or correct `deploy.object` and `deploy.namespace`.",
  });
}
