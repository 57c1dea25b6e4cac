import { z } from "zod";
import type { JsonObject } from "../../model/json.ts";

/** What of `argocd-cm` and `argocd-cmd-params-cm` decides what Argo CD renders, or which objects it looks at. */
const deciding: ReadonlySet<string> = new Set([
  "kustomize.buildOptions",
  "kustomize.enable",
  "helm.enable",
  "helm.valuesFileSchemes",
  "jsonnet.enable",
  "application.instanceLabelKey",
  "application.resourceTrackingMethod",
  "application.namespaces",
  "resource.exclusions",
  "resource.inclusions",
  "reposerver.enable.git.submodule",
  "reposerver.allow.oob.symlinks",
  "reposerver.include.hidden.directories",
  "applicationsetcontroller.enable.new.git.file.globbing",
  "applicationsetcontroller.policy",
]);

const configMapSchema = z.object({
  kind: z.literal("ConfigMap"),
  metadata: z.object({ name: z.enum(["argocd-cm", "argocd-cmd-params-cm"]), namespace: z.string().optional() }),
  data: z.record(z.string(), z.unknown()).nullish(),
});

/** Settings of one Argo CD. */
export interface ArgoCdSettings {
  /** Where it runs, where that is known. */
  readonly namespace?: string;
  readonly values: Readonly<Record<string, string>>;
}

/** The settings in one of Argo CD's ConfigMaps; `undefined` for other objects. */
export function settingsIn(object: JsonObject): ArgoCdSettings | undefined {
  const { data: found } = configMapSchema.safeParse(object);
  if (found === undefined) return undefined;
  const { namespace } = found.metadata;
  return { ...(namespace !== undefined && { namespace }), values: decidingIn(found.data ?? {}) };
}

const text = z.string().nullish();

const operatedSchema = z.object({
  metadata: z.object({ namespace: text }),
  spec: z.object({
    kustomizeBuildOptions: text,
    applicationInstanceLabelKey: text,
    resourceTrackingMethod: text,
    resourceExclusions: text,
    resourceInclusions: text,
    sourceNamespaces: z.array(z.string()).nullish(),
    extraConfig: z.record(z.string(), z.unknown()).nullish(),
  }),
});

/** The settings that Argo CD's operator writes for an `ArgoCD`; what `extraConfig` has wins. */
export function operatedSettings(object: JsonObject): ArgoCdSettings | undefined {
  const { data } = operatedSchema.safeParse(object);
  if (data === undefined) return undefined;
  const { spec, metadata } = data;
  const written = {
    "kustomize.buildOptions": spec.kustomizeBuildOptions,
    "application.instanceLabelKey": spec.applicationInstanceLabelKey,
    "application.resourceTrackingMethod": spec.resourceTrackingMethod,
    "resource.exclusions": spec.resourceExclusions,
    "resource.inclusions": spec.resourceInclusions,
    "application.namespaces": spec.sourceNamespaces?.join(","),
    ...spec.extraConfig,
  };
  const namespace = metadata.namespace ?? undefined;
  return { ...(namespace !== undefined && { namespace }), values: decidingIn(written) };
}

/** Those of the settings that decide. */
export function decidingIn(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const found = Object.entries(settings).filter(
    (entry): entry is [string, string] => deciding.has(entry[0]) && typeof entry[1] === "string",
  );
  return Object.fromEntries(found);
}

/** Settings of several ConfigMaps as one. */
export function mergedSettings(all: readonly ArgoCdSettings[]): ArgoCdSettings {
  const namespace = all.find((one) => one.namespace !== undefined)?.namespace;
  const values = Object.assign({}, ...all.map((one) => one.values)) as Record<string, string>;
  return { ...(namespace !== undefined && { namespace }), values };
}
