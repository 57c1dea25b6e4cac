import { joinPath } from "../../model/paths.ts";
import type { SourceRequest } from "../../model/sources.ts";
import type { FollowProblem, World } from "../follower.ts";
import { type Origin, originOf, sourceGroup } from "./origin.ts";
import { helmChartSchema, helmRepositorySchema, type SourceReference } from "./schema.ts";

/** Where the chart of a HelmRelease is. */
export type ChartOrigin =
  /** A folder of the tree that is looked at. */
  | { readonly kind: "own"; readonly path: string; readonly ignore?: string; readonly problem?: FollowProblem }
  /** A folder of a source: `""` for a source that is the chart itself. */
  | { readonly kind: "remote"; readonly request: SourceRequest; readonly path: string; readonly ignore?: string }
  | { readonly kind: "unusable"; readonly reason: string };

/** What a HelmRelease or a HelmChart asks for. */
export interface ChartSpec {
  readonly chart: string;
  readonly version: string;
  readonly sourceRef: SourceReference;
}

/** The chart that `chart.spec` asks for, of an object in `namespace`. */
export function chartOf({ chart, version, sourceRef }: ChartSpec, namespace: string, world: World): ChartOrigin {
  if (sourceRef.kind === "HelmRepository") return repositoryChart(chart, version, sourceRef, namespace, world);
  if (sourceRef.kind === "OCIRepository") return artifactChart(sourceRef, namespace, world);
  const origin = originOf(sourceRef, namespace, world);
  const path = chart
    .replace(/^(?:\.?\/)+/, "")
    .replace(/\/+$/, "")
    .replace(/^\.$/, "");
  return chartIn(origin, path);
}

/** The chart that `chartRef` names. */
export function referredChart(reference: SourceReference, namespace: string, world: World): ChartOrigin {
  if (reference.kind !== "HelmChart") return artifactChart(reference, namespace, world);
  const place = reference.namespace === "" ? namespace : reference.namespace;
  const name = { group: sourceGroup, kind: reference.kind, namespace: place, name: reference.name };
  const found = world.object(name);
  const parsed = helmChartSchema.safeParse(found?.object);
  if (!parsed.success)
    return { kind: "unusable", reason: `nothing here declares the ${reference.kind} \`${place}/${reference.name}\`` };
  return chartOf(parsed.data.spec, place, world);
}

function artifactChart(reference: SourceReference, namespace: string, world: World): ChartOrigin {
  const origin = originOf(reference, namespace, world, "chart");
  return chartIn(origin, "");
}

function chartIn(origin: Origin, path: string): ChartOrigin {
  if (origin.kind !== "own") return origin.kind === "unusable" ? origin : { ...origin, path };
  const { folder = "", ...own } = origin;
  return { ...own, path: joinPath(folder, path) };
}

function repositoryChart(
  chart: string,
  version: string,
  { name, namespace: given }: SourceReference,
  namespace: string,
  world: World,
): ChartOrigin {
  const place = given === "" ? namespace : given;
  const found = world.object({ group: sourceGroup, kind: "HelmRepository", namespace: place, name });
  const parsed = helmRepositorySchema.safeParse(found?.object);
  if (!parsed.success)
    return { kind: "unusable", reason: `nothing here declares the HelmRepository \`${place}/${name}\`` };
  const { url } = parsed.data.spec;
  const wanted = version === "*" ? "" : version;
  const request: SourceRequest = url.startsWith("oci://")
    ? { kind: "oci-chart", url: `${url.replace(/\/+$/, "")}/${chart}`, version: wanted }
    : { kind: "helm", repository: url, chart, version: wanted };
  return { kind: "remote", request, path: "" };
}
