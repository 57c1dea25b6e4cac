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
  const values = Object.entries(found.data ?? {}).filter(
    (entry): entry is [string, string] => deciding.has(entry[0]) && typeof entry[1] === "string",
  );
  const { namespace } = found.metadata;
  return { ...(namespace !== undefined && { namespace }), values: Object.fromEntries(values) };
}

/** Settings of several ConfigMaps as one. */
export function mergedSettings(all: readonly ArgoCdSettings[]): ArgoCdSettings {
  const namespace = all.find((one) => one.namespace !== undefined)?.namespace;
  const values = Object.assign({}, ...all.map((one) => one.values)) as Record<string, string>;
  return { ...(namespace !== undefined && { namespace }), values };
}
