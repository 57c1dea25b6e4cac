import { z } from "zod";
import type { JsonObject } from "../../../model/json.ts";
import type { InventoryEntry } from "./inventory.ts";
import { inventory, type SourceReference, sourceReference, toEntries } from "./kustomization.ts";
import { type FluxObject, flag, optionalText, readFluxObject, text, texts } from "./objects.ts";

/** A HelmRelease. */
export interface HelmRelease extends FluxObject {
  /** Where its chart comes from; `undefined`: from an object of its own, `chartRef`. */
  readonly chart: { readonly path: string; readonly source: SourceReference } | undefined;
  readonly chartRef: SourceReference | undefined;
  /** `namespace/name` of the HelmChart that the controller made for it. */
  readonly helmChart: string;
  /** The Kustomization that says it applied it. */
  readonly appliedBy: { readonly name: string; readonly namespace: string } | undefined;
  /** Of the chart that was tried last. */
  readonly attempted: string;
  /** Whether Helm waits until what it installs is ready. */
  readonly checksHealth: boolean;
  /** Empty before helm-controller 1.5, and where it deploys to another cluster. */
  readonly inventory: readonly InventoryEntry[];
}

/** The chart that Flux makes from a source for a HelmRelease. */
export interface HelmChart extends FluxObject {
  /** Of the source that it was made from last, and of what was made. */
  readonly sourceRevision: string;
  readonly revision: string;
}

/** The labels that say which Kustomization applied an object. */
const [nameLabel, namespaceLabel] = ["kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace"];

const wait = z.object({ disableWait: flag }).catch({ disableWait: false });
const template = z
  .object({ spec: z.object({ chart: text, sourceRef: sourceReference }) })
  .optional()
  .catch(undefined);
const reference = z.object({ kind: text, name: text, namespace: optionalText }).optional().catch(undefined);
const schema = z.object({
  metadata: z.object({ labels: texts }),
  spec: z
    .object({ chart: template, chartRef: reference, install: wait, upgrade: wait, kubeConfig: z.unknown().optional() })
    .catch({ install: { disableWait: false }, upgrade: { disableWait: false } }),
  status: z
    .object({ helmChart: text, lastAttemptedRevision: text, inventory })
    .catch({ helmChart: "", lastAttemptedRevision: "", inventory: { entries: [] } }),
});

/** Reads a HelmRelease. */
export function readHelmRelease(object: JsonObject): HelmRelease {
  const { metadata, spec, status } = schema.parse({ spec: {}, status: {}, ...object });
  const { [nameLabel]: name = "", [namespaceLabel]: namespace = "" } = metadata.labels;
  return {
    ...readFluxObject(object),
    chart: spec.chart && { path: spec.chart.spec.chart, source: spec.chart.spec.sourceRef },
    chartRef: spec.chartRef,
    helmChart: status.helmChart,
    attempted: status.lastAttemptedRevision,
    appliedBy: name === "" || namespace === "" ? undefined : { name, namespace },
    checksHealth: !spec.install.disableWait && !spec.upgrade.disableWait,
    inventory: spec.kubeConfig === undefined ? toEntries(status.inventory) : [],
  };
}

const chart = z.object({
  status: z
    .object({
      observedSourceArtifactRevision: text,
      artifact: z.object({ revision: text }).catch({ revision: "" }),
    })
    .catch({ observedSourceArtifactRevision: "", artifact: { revision: "" } }),
});

/** Reads a HelmChart. */
export function readHelmChart(object: JsonObject): HelmChart {
  const { status } = chart.parse({ status: {}, ...object });
  const { observedSourceArtifactRevision: sourceRevision, artifact } = status;
  return { ...readFluxObject(object), sourceRevision, revision: artifact.revision };
}
