import { z } from "zod";
import { canonicalJson } from "../model/json.ts";
import type { Resource, UnpinnedReference } from "../model/render.ts";

const optional = z.string().optional().catch(undefined);
const gitSource = z
  .object({
    repoURL: optional,
    chart: optional,
    path: optional,
    targetRevision: z.coerce.string().optional().catch(undefined),
  })
  .catch({});
const application = z
  .object({ source: gitSource.optional(), sources: z.array(gitSource).optional().catch(undefined) })
  .catch({});
const chartSpec = z.object({ chart: optional, version: optional }).catch({});
const named = z.object({ kind: optional, name: optional }).catch({});
const release = z
  .object({ chart: z.object({ spec: chartSpec.optional() }).optional().catch(undefined), chartRef: named.optional() })
  .catch({});
const source = z
  .object({
    url: optional,
    ref: z
      .object({ tag: optional, semver: optional, digest: optional, branch: optional, commit: optional })
      .catch({})
      .optional(),
  })
  .catch({});
const object = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: optional, namespace: optional }).catch({}),
  spec: z.record(z.string(), z.json()).catch({}),
});

type Followable = z.output<typeof object>;

/** What an object points at, and what a delivery tool makes of it, by `group/Kind`. */
const pointers: Readonly<Record<string, readonly [targets: (spec: unknown) => readonly string[], words: string]>> = {
  "argoproj.io/Application": [applicationSources, "what it deploys is not rendered"],
  "argoproj.io/ApplicationSet": [
    (spec) =>
      applicationSources(z.object({ template: z.object({ spec: z.unknown() }) }).safeParse(spec).data?.template.spec),
    "the Applications that it makes are not rendered",
  ],
  "helm.toolkit.fluxcd.io/HelmRelease": [releaseChart, "the chart is not rendered"],
  "kustomize.toolkit.fluxcd.io/Kustomization": [
    (spec) => [z.object({ path: z.string() }).safeParse(spec).data?.path ?? "."],
    "its substitutions and patches are not applied",
  ],
  "source.toolkit.fluxcd.io/OCIRepository": [sourceAddress, "what it fetches is not rendered"],
  "source.toolkit.fluxcd.io/GitRepository": [sourceAddress, "what it fetches is not rendered"],
  "source.toolkit.fluxcd.io/HelmRepository": [sourceAddress, "the charts that it offers are not rendered"],
  "source.toolkit.fluxcd.io/HelmChart": [(spec) => [chartText(chartSpec.parse(spec))], "the chart is not rendered"],
};

/** An object of a controller, by its identity. */
export interface FollowedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Kinds that only say where others take something from: who takes it is followed. */
const sourceKinds = /\/(?:OCIRepository|GitRepository|HelmRepository|HelmChart)$/;

/**
 * What the objects of Argo CD and Flux point at that are new, changed or gone: the delivery tool follows them, a
 * preview does not, but for those of which `follows` says that it does. Each place once.
 */
export function unfollowedChanges(
  base: readonly Resource[],
  head: readonly Resource[],
  follows?: (object: FollowedObject) => boolean,
): readonly UnpinnedReference[] {
  const [before, after] = [followable(base, follows), followable(head, follows)];
  const changed = [...after].filter(([key, { text }]) => before.get(key)?.text !== text).map(([, one]) => one);
  const gone = [...before].filter(([key]) => !after.has(key)).map(([, one]) => one);
  return [...changed.flatMap((one) => references(one, false)), ...gone.flatMap((one) => references(one, true))];
}

interface Pointer {
  readonly object: Followable;
  readonly file: string | undefined;
  /** Equal for objects that point at the same in the same way. */
  readonly text: string;
}

function followable(
  resources: readonly Resource[],
  follows: ((object: FollowedObject) => boolean) | undefined,
): ReadonlyMap<string, Pointer> {
  const found = new Map<string, Pointer>();
  for (const resource of resources) {
    const { data } = object.safeParse(resource.object);
    if (data === undefined || !Object.hasOwn(pointers, groupKind(data))) continue;
    const { namespace = "", name = "" } = data.metadata;
    if (follows !== undefined && (sourceKinds.test(groupKind(data)) || follows({ kind: data.kind, namespace, name })))
      continue;
    found.set(JSON.stringify([groupKind(data), namespace, name]), {
      object: data,
      file: resource.file,
      text: canonicalJson(data.spec),
    });
  }
  return found;
}

function references(
  { object: { kind, metadata, spec, apiVersion }, file }: Pointer,
  gone: boolean,
): readonly UnpinnedReference[] {
  const [targets, words] = pointers[groupKind({ kind, apiVersion })] ?? [() => [], ""];
  const name = [metadata.namespace, metadata.name].filter((part) => part !== undefined).join("/");
  const reason = gone
    ? `${kind} ${name} is removed, and what it deployed is not shown`
    : `of ${kind} ${name}: ${words}`;
  const found = new Set(targets(spec).filter((reference) => reference !== ""));
  return (found.size === 0 ? [`${kind} ${name}`] : [...found]).map((reference) => ({
    reference,
    reason,
    kind: "object",
    ...(file === undefined ? {} : { file }),
  }));
}

function groupKind({ apiVersion, kind }: Pick<Followable, "apiVersion" | "kind">): string {
  return `${apiVersion.slice(0, Math.max(0, apiVersion.indexOf("/")))}/${kind}`;
}

function applicationSources(spec: unknown): readonly string[] {
  const { source: one, sources } = application.parse(spec ?? {});
  return (sources ?? (one === undefined ? [] : [one])).map(({ repoURL = "", chart, path, targetRevision }) =>
    chart === undefined
      ? `${repoURL}${path === undefined ? "" : `//${path}`}${targetRevision === undefined ? "" : `@${targetRevision}`}`
      : chartText({ chart, version: targetRevision }),
  );
}

function releaseChart(spec: unknown): readonly string[] {
  const { chart, chartRef } = release.parse(spec);
  if (chart?.spec !== undefined) return [chartText(chart.spec)];
  return chartRef === undefined ? [] : [[chartRef.kind, chartRef.name].filter((part) => part !== undefined).join(" ")];
}

function chartText({ chart = "", version }: z.output<typeof chartSpec>): string {
  return version === undefined ? chart : `${chart} ${version}`;
}

function sourceAddress(spec: unknown): readonly string[] {
  const { url = "", ref = {} } = source.parse(spec);
  const version = ref.digest ?? ref.commit ?? ref.tag ?? ref.semver ?? ref.branch;
  return [version === undefined ? url : `${url} ${version}`];
}
