import type { GeneratorCluster } from "../../model/controller-spec.ts";
import type { World } from "../follower.ts";
import { clusterOf } from "./clusters.ts";
import { matchesGlob } from "./globs.ts";
import { type AppProject, readProject } from "./projects.ts";
import { type ArgoCdSettings, decidingIn, mergedSettings, operatedSettings, settingsIn } from "./settings.ts";

/** What is known of the Argo CD that reads an object. */
export interface ControlPlane {
  readonly settings: ArgoCdSettings;
  readonly clusters: readonly GeneratorCluster[];
  readonly projects: readonly AppProject[];
}

/**
 * The Argo CD that reads an object of a namespace: the one that has its settings there, else one of the cluster that
 * reads no namespace of its own. What `.sluice.yaml` says of a cluster stands in where no Secret declares it.
 */
export function controlPlaneOf(world: World, namespace: string): ControlPlane {
  const objectsOf = objectsAround(world, namespace);
  const found = [
    ...objectsOf("argoproj.io", "ArgoCD").flatMap(({ object }) => operatedSettings(object) ?? []),
    ...objectsOf("", "ConfigMap").flatMap(({ object }) => settingsIn(object) ?? []),
  ];
  const here = found.filter((one) => one.namespace === namespace);
  const told: ArgoCdSettings = { values: decidingIn(world.argocd?.settings ?? {}) };
  const settings = mergedSettings([told, ...(here.length > 0 ? here : found)]);
  const declared = objectsOf("", "Secret").flatMap(({ object }) => clusterOf(object) ?? []);
  const names = new Set(declared.map(({ name }) => name));
  return {
    settings,
    clusters: [...declared, ...world.clusters.filter(({ name }) => !names.has(name))],
    projects: objectsOf("argoproj.io", "AppProject").flatMap(({ object }) => readProject(object) ?? []),
  };
}

/** The objects that an Argo CD may have which reads this namespace: none of another one that reads its own. */
function objectsAround(world: World, namespace: string): World["objects"] {
  const read = ["Application", "ApplicationSet"].flatMap((kind) => world.objects("argoproj.io", kind));
  const inhabited = new Set(read.map((one) => one.namespace));
  const isAround = (one: string) => one === namespace || one === "" || namespace === "" || !inhabited.has(one);
  return (group, kind) => world.objects(group, kind).filter((one) => isAround(one.namespace));
}

/** The name that Argo CD uses for an Application: with its namespace before it where that is not Argo CD's own. */
export function appNameOf(name: string, namespace: string, { settings }: ControlPlane): string {
  const others = (settings.values["application.namespaces"] ?? "").split(",").map((glob) => glob.trim());
  const isOther =
    namespace !== "" &&
    settings.namespace !== undefined &&
    namespace !== settings.namespace &&
    others.some((glob) => glob !== "" && matchesGlob(glob, namespace));
  return isOther ? `${namespace}_${name}` : name;
}

/** The settings that a render reads; `undefined` where none is set. */
export function settingsFor(
  { settings }: ControlPlane,
  keys: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const found = Object.entries(settings.values).filter(([key]) => keys.includes(key));
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** Whether Argo CD takes the submodules of a repository with it, as it does unless it is told not to. */
export function takesSubmodules({ settings }: ControlPlane): boolean {
  return settings.values["reposerver.enable.git.submodule"] !== "false";
}
