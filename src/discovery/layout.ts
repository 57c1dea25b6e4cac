import { stageOf } from "./environment-names.ts";

/** What a folder's path says: its environment, if any, and the other names, the last of which names the app. */
export interface Layout {
  readonly environment: string | undefined;
  /** The path without the parts for the environment. */
  readonly stem: readonly string[];
}

const containers = new Set(["overlays", "overlay", "environments", "environment", "envs", "env", "clusters", "stages"]);
const shared = new Set(["base", "bases", "common", "shared", "components", "component", "default", "_base"]);

/**
 * Reads the usual layouts: `webapp/overlays/prod`, `overlays/prod/webapp`, `environments/prod/webapp`,
 * `clusters/prod/infra/ingress`, `webapp/prod`, `prod/webapp`.
 */
export function layoutOf(path: string): Layout {
  const names = path === "" ? [] : path.split("/");
  return inContainer(names) ?? byName(names) ?? { environment: undefined, stem: names };
}

function inContainer(names: readonly string[]): Layout | undefined {
  const at = names.findIndex((name, index) => containers.has(name) && isEnvironment(names[index + 1]));
  if (at < 0) return undefined;
  const before = names.slice(0, at);
  const [environment = "", ...after] = names.slice(at + 1);
  const isOverlay = names[at]?.startsWith("overlay") === true;
  if (isOverlay && after.length > 0 && specificNames(before).length > 0) {
    return { environment: [environment, ...after].join("-"), stem: before };
  }
  return { environment, stem: before.length + after.length === 0 ? fallback(names[at]) : [...before, ...after] };
}

function isEnvironment(name: string | undefined): name is string {
  return name !== undefined && !shared.has(name) && /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(name);
}

function byName(names: readonly string[]): Layout | undefined {
  const last = names.findLastIndex((name) => stageOf(name) !== undefined);
  if (last < 0) return undefined;
  // `web/prod/live`: one stage below another is one environment, and no app is called `prod`.
  let first = last;
  while (stageOf(names[first - 1] ?? "") !== undefined) first--;
  const environment = names.slice(first, last + 1).join("-");
  if (!isEnvironment(environment)) return undefined;
  const stem = names.filter((_, index) => index < first || index > last);
  return { environment, stem: stem.length === 0 ? fallback(undefined) : stem };
}

function fallback(container: string | undefined): readonly string[] {
  return [container === "clusters" ? "cluster" : "app"];
}

const generic = new Set([
  ...[
    "apps",
    "app",
    "applications",
    "services",
    "deploy",
    "deployment",
    "deployments",
    "k8s",
    "kubernetes",
    "manifests",
  ],
  ...["kustomize", "kustomization", "gitops", "base", "charts", "chart", "helm", "overlays", "src"],
]);

/** The names of a stem that are specific to the app. */
function specificNames(stem: readonly string[]): readonly string[] {
  return stem.filter((name) => !generic.has(name.toLowerCase()));
}

/** An app name for each stem: its shortest ending that no other stem has. `paths` are stems joined with `/`. */
export function appNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const distinct = [...new Set(paths)].sort();
  const choices = new Map(distinct.map((stem) => [stem, endings(stem)]));
  const level = new Map(distinct.map((stem) => [stem, 0]));
  const nameOf = (stem: string): string => choices.get(stem)?.[level.get(stem) ?? 0] ?? "app";
  for (;;) {
    const taken = Map.groupBy(distinct, nameOf);
    const clashing = [...taken.values()].filter((stems) => stems.length > 1).flat();
    const growing = clashing.filter((stem) => (level.get(stem) ?? 0) + 1 < (choices.get(stem)?.length ?? 0));
    if (growing.length === 0) break;
    for (const stem of growing) level.set(stem, (level.get(stem) ?? 0) + 1);
  }
  return numbered(distinct, nameOf);
}

/** The name of an app by its folder alone: it stays the same whatever stands beside the folder. */
export function ownName(path: string): string {
  return endings(layoutOf(path).stem.join("/"))[0] ?? "app";
}

function endings(stem: string): readonly string[] {
  const names = stem.split("/").filter((name) => name !== "");
  const specific = specificNames(names);
  const lists = [
    ...specific.map((_, index) => specific.slice(-index - 1)),
    ...names.map((_, index) => names.slice(-index - 1)),
  ];
  const ordered = specific.length === 0 ? lists : lists.filter((list) => list.some((name) => specific.includes(name)));
  return ordered.length === 0 ? ["app"] : ordered.map((list) => safeName(list.join("-")));
}

/** A name that the configuration accepts for an app. */
export function safeName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the function replaces them
  return name.replace(/[\s/\u0000-\u001f\u007f]+/g, "-").slice(0, 200) || "app";
}

function numbered(stems: readonly string[], nameOf: (stem: string) => string): ReadonlyMap<string, string> {
  const used = new Map<string, number>();
  return new Map(
    stems.map((stem) => {
      const name = nameOf(stem);
      const count = (used.get(name) ?? 0) + 1;
      used.set(name, count);
      return [stem, count === 1 ? name : `${name}-${count}`];
    }),
  );
}
