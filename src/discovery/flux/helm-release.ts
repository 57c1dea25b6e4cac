import type { HelmReleaseOptions } from "../../model/controller-spec.ts";
import type { Destination, Handling } from "../../model/declaration.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import { joinPath } from "../../model/paths.ts";
import type { RenderSpec } from "../../model/target.ts";
import { elsewhereOf } from "../elsewhere.ts";
import { type Followed, factsFor, type KnownObject, type World } from "../follower.ts";
import { missingOf, mountOf, unusableInput } from "../mounting.ts";
import { type ChartOrigin, chartOf, referredChart } from "./charts.ts";
import { destinationOf } from "./kustomization.ts";
import { pick } from "./origin.ts";
import { type HelmRelease, helmReleaseSchema } from "./schema.ts";
import { unreadable } from "./unreadable.ts";
import { valuesLayers } from "./values.ts";

const rendering = [
  ...["releaseName", "targetNamespace", "storageNamespace", "values", "postRenderers", "postRenderStrategy"],
  ...["commonMetadata", "install", "upgrade", "chartRef"],
];
const renderingChart = [
  "chart",
  "version",
  "valuesFiles",
  "valuesFile",
  "ignoreMissingValuesFiles",
  "reconcileStrategy",
];
/** What of `install` and `upgrade` decides the render. */
const actions = ["crds", "disableHooks", "disableOpenAPIValidation", "disableSchemaValidation", "preserveValues"];

/** What helm-controller installs for a `HelmRelease`. */
export function followHelmRelease(object: KnownObject, world: World): Followed {
  const parsed = helmReleaseSchema.safeParse(object.object);
  if (!parsed.success) return unreadable(object, parsed.error);
  const { spec } = parsed.data;
  const origin = originOfChart(parsed.data, object.namespace, world);
  if (origin.kind === "remote" && world.source(origin.request) === undefined) return { needs: [origin.request] };
  const facts = factsFor(spec.kubeConfig?.secretRef?.name, world);
  const layers = valuesLayers(spec.valuesFrom, object.namespace, world);
  const options = {
    ...{ namespace: object.namespace, name: object.name, spec: renderingSpec(object.object) },
    ...("ignore" in origin && origin.ignore !== undefined ? { ignore: origin.ignore } : {}),
    ...(layers.length === 0 ? {} : { valuesFrom: layers }),
    ...(facts === undefined ? {} : { cluster: facts }),
  };
  const elsewhere = origin.kind === "remote" ? elsewhereOf(origin, origin.path, world.own) : [];
  const problems = origin.kind === "own" && origin.problem !== undefined ? [origin.problem] : [];
  return {
    unit: {
      render: renderOf(options, origin, object, world),
      kind: "HelmRelease",
      destination: destination(parsed.data, object, world),
      handling: handlingOf(parsed.data),
      ...(elsewhere.length > 0 && { elsewhere }),
    },
    problems,
  };
}

function originOfChart({ spec }: HelmRelease, namespace: string, world: World): ChartOrigin {
  if (spec.chart !== null && spec.chart !== undefined) return chartOf(spec.chart.spec, namespace, world);
  if (spec.chartRef !== null && spec.chartRef !== undefined) return referredChart(spec.chartRef, namespace, world);
  return { kind: "unusable", reason: "it names no chart: it has neither `chart` nor `chartRef`" };
}

function renderOf(
  options: Omit<HelmReleaseOptions, "root">,
  origin: ChartOrigin,
  object: KnownObject,
  world: World,
): RenderSpec {
  const kind = "helmrelease";
  const without = { kind, path: "", options: { ...options, root: "" } } as const;
  if (origin.kind === "own") return { ...without, path: origin.path };
  if (origin.kind === "unusable") return { ...without, missing: [unusableInput(origin.reason, object)] };
  const answer = world.source(origin.request);
  if (answer?.ok !== true) {
    return answer === undefined
      ? without
      : { ...without, missing: [missingOf(origin.request, answer, object, world.own)] };
  }
  const mount = mountOf(origin.request, answer.source);
  return { kind, path: joinPath(mount.at, origin.path), options: { ...options, root: mount.at }, mounts: [mount] };
}

function renderingSpec({ spec }: JsonObject): JsonObject {
  if (!isJsonObject(spec)) return {};
  const kept = pick(spec, rendering);
  const chart = isJsonObject(spec.chart) && isJsonObject(spec.chart.spec) ? pick(spec.chart.spec, renderingChart) : {};
  const acts = ["install", "upgrade"].flatMap((name) => {
    const action = kept[name];
    const own = isJsonObject(action) ? pick(action, actions) : {};
    return Object.keys(own).length === 0 ? [] : [[name, own] as const];
  });
  const { install: _, upgrade: __, ...rest } = kept;
  return {
    ...rest,
    ...(Object.keys(chart).length === 0 ? {} : { chart: { spec: chart } }),
    ...Object.fromEntries(acts),
  };
}

/** Without a target namespace a release is installed beside its HelmRelease. */
function destination({ spec }: HelmRelease, { namespace }: KnownObject, world: World): Destination {
  const own = destinationOf(spec, world);
  return own.namespace === undefined && namespace !== "" ? { ...own, namespace } : own;
}

/** Helm deletes what leaves a chart; helm-controller corrects drift only where it is told to. */
function handlingOf({ spec }: HelmRelease): Handling {
  const mode = spec.driftDetection?.mode;
  return {
    ...{ suspended: spec.suspend, automated: !spec.suspend, prune: true, selfHeal: mode === "enabled" },
    ...(mode === undefined || mode === "" ? {} : { driftDetection: mode }),
  };
}
