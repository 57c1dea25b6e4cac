import { z } from "zod";
import type { Json } from "../../model/json.ts";
import { checkedText } from "../values/checked-text.ts";
import { appSchema, filledText, pathSchema } from "./values.ts";

const json: z.ZodType<Json> = z.json();

const kubeVersion = checkedText((text) =>
  /^v?\d+\.\d+(?:\.\d+)?$/.test(text)
    ? undefined
    : { problem: "is not a Kubernetes version", fix: "Write it like `1.33.0`, in quotes." },
).meta({ description: "Kubernetes version that templates see.", examples: ["1.33.0"] });

const apiVersions = z.array(filledText("an API version")).meta({
  description: "API versions that templates see besides the built-in ones.",
  examples: [["monitoring.coreos.com/v1"]],
});

const helmSchema = z
  .strictObject({
    releaseName: filledText("a release name")
      .exactOptional()
      .meta({
        description:
          "Name of the release; `{app}` and `{environment}` stand for the target's. Without it: the app's name.",
        examples: ["{app}"],
      }),
    namespace: filledText("a namespace")
      .exactOptional()
      .meta({ description: "Namespace of the release, with placeholders.", examples: ["{app}-{environment}"] }),
    valueFiles: z
      .array(pathSchema)
      .max(50)
      .exactOptional()
      .meta({
        description: "Values files from the root of the repository, with placeholders; later ones win.",
        examples: [["charts/{app}/values-{environment}.yaml"]],
      }),
    missingValueFiles: z
      .enum(["skip", "ignore", "error"])
      .exactOptional()
      .meta({
        description:
          "What a chart without one of `valueFiles` is: `skip` (the default) is no target of this environment, `ignore` renders without the file, `error` is a target that fails to render.",
        examples: ["ignore"],
      }),
    values: z
      .record(z.string(), json)
      .exactOptional()
      .meta({ description: "Values that win over those of the files.", examples: [{ replicaCount: 2 }] }),
    kubeVersion: kubeVersion.exactOptional(),
    apiVersions: apiVersions.exactOptional(),
    includeCRDs: z
      .boolean()
      .exactOptional()
      .meta({
        description: "Whether the resources of the chart's `crds` folder are part of the render.",
        examples: [true],
      }),
  })
  .meta({ description: "Options of targets that are Helm charts." });

const kustomizeSchema = z
  .strictObject({
    loadRestrictor: z
      .enum(["root", "none"])
      .exactOptional()
      .meta({
        description:
          "`root` (kustomize's default) refuses files outside the kustomization's folder; `none` allows them, as Flux does.",
        examples: ["none"],
      }),
    kubeVersion: kubeVersion.exactOptional(),
    apiVersions: apiVersions.exactOptional(),
  })
  .meta({ description: "Options of targets that are kustomizations." });

const plainSchema = z
  .strictObject({
    recurse: z
      .boolean()
      .exactOptional()
      .meta({ description: "Whether folders below are read too. Default: yes.", examples: [false] }),
    include: z
      .array(filledText("a glob"))
      .exactOptional()
      .meta({ description: "Only files that match one of these globs.", examples: [["*.yaml"]] }),
    exclude: z
      .array(filledText("a glob"))
      .exactOptional()
      .meta({ description: "No files that match one of these globs.", examples: [["*-test.yaml"]] }),
  })
  .meta({ description: "Options of targets that are folders of plain manifests." });

/** How folders become resources; the same keys for an environment, one of its `targets` and an app's override. */
export const rendererShape = {
  renderer: z
    .enum(["kustomize", "helm", "plain"])
    .exactOptional()
    .meta({
      description:
        "The renderer. Without it the folder says: a kustomization file, a `Chart.yaml`, else plain manifests.",
      examples: ["helm"],
    }),
  helm: helmSchema.exactOptional(),
  kustomize: kustomizeSchema.exactOptional(),
  plain: plainSchema.exactOptional(),
};

/** Where an environment's targets are; the same keys for an environment and for each of its `targets`. */
export const placeShape = {
  path: pathSchema.exactOptional().meta({
    description:
      "Folders that render, from the root of the repository. `{app}` stands for one name and names the app, `{environment}` for this environment, `*` for any part of one name, `**` for any folders (at the end: down to the first ones that render).",
    examples: ["apps/{app}/overlays/prod"],
  }),
  app: appSchema.exactOptional().meta({ description: "The app, where `path` has no `{app}`.", examples: ["webapp"] }),
  exclude: z
    .array(pathSchema)
    .max(1_000)
    .exactOptional()
    .meta({
      description: "Folders that `path` matches but that are no targets; `*` and `**` as in `path`.",
      examples: [["apps/legacy-*/overlays/prod"]],
    }),
  ...rendererShape,
};

/** One entry of an environment's `targets`. */
export const sourceSchema = z.strictObject({
  ...placeShape,
  path: pathSchema.meta({ description: "As the environment's `path`.", examples: ["charts/{app}"] }),
});

/** Where some of an environment's targets are and how they render. */
export type TargetSource = z.output<typeof sourceSchema>;
