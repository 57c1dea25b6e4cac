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
  description: "API versions that templates see in addition to the built-in ones.",
  examples: [["monitoring.coreos.com/v1"]],
});

const helmSchema = z
  .strictObject({
    releaseName: filledText("a release name")
      .exactOptional()
      .meta({
        description: "Name of the release; may contain `{app}` and `{environment}`. Default: the app's name.",
        examples: ["{app}"],
      }),
    namespace: filledText("a namespace")
      .exactOptional()
      .meta({ description: "Namespace of the release; may contain placeholders.", examples: ["{app}-{environment}"] }),
    valueFiles: z
      .array(pathSchema)
      .max(50)
      .exactOptional()
      .meta({
        description: "Values files, from the root of the repository; may contain placeholders. Later files win.",
        examples: [["charts/{app}/values-{environment}.yaml"]],
      }),
    missingValueFiles: z
      .enum(["skip", "ignore", "error"])
      .exactOptional()
      .meta({
        description:
          "What to do when a chart lacks one of `valueFiles`: `skip` (default) leaves the chart out of this environment, `ignore` renders without the file, `error` makes the render fail.",
        examples: ["ignore"],
      }),
    values: z
      .record(z.string(), json)
      .exactOptional()
      .meta({ description: "Values that override those of the files.", examples: [{ replicaCount: 2 }] }),
    kubeVersion: kubeVersion.exactOptional(),
    apiVersions: apiVersions.exactOptional(),
    includeCRDs: z
      .boolean()
      .exactOptional()
      .meta({
        description: "Render the resources in the chart's `crds` folder.",
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
      .meta({ description: "Read subfolders too. Default: `true`.", examples: [false] }),
    include: z
      .array(filledText("a glob"))
      .exactOptional()
      .meta({ description: "Only files that match one of these globs.", examples: [["*.yaml"]] }),
    exclude: z
      .array(filledText("a glob"))
      .exactOptional()
      .meta({ description: "Leave out files that match one of these globs.", examples: [["*-test.yaml"]] }),
  })
  .meta({ description: "Options of targets that are folders of plain manifests." });

/** How folders become resources: keys of an environment, of each of its `targets` and of an app's override. */
export const rendererShape = {
  renderer: z
    .enum(["kustomize", "helm", "plain"])
    .exactOptional()
    .meta({
      description:
        "The renderer. Without it Sluice looks into the folder: a kustomization file, a `Chart.yaml`, otherwise plain manifests.",
      examples: ["helm"],
    }),
  helm: helmSchema.exactOptional(),
  kustomize: kustomizeSchema.exactOptional(),
  plain: plainSchema.exactOptional(),
};

/** Where an environment's targets are: keys of an environment and of each of its `targets`. */
export const placeShape = {
  path: pathSchema.exactOptional().meta({
    description:
      "Folders of targets, from the root of the repository. `{app}` matches one name and names the app. `{environment}` is this environment. `*` matches any part of one name, `**` any folders (at the end: down to the first ones that render).",
    examples: ["apps/{app}/overlays/prod"],
  }),
  app: appSchema
    .exactOptional()
    .meta({ description: "Name of the app, if `path` has no `{app}`.", examples: ["webapp"] }),
  exclude: z
    .array(pathSchema)
    .max(1_000)
    .exactOptional()
    .meta({
      description: "Folders to leave out although `path` matches them; `*` and `**` work as in `path`.",
      examples: [["apps/legacy-*/overlays/prod"]],
    }),
  ...rendererShape,
};

/** One entry of an environment's `targets`. */
export const sourceSchema = z.strictObject({
  ...placeShape,
  path: pathSchema.meta({ description: "Works like the environment's `path`.", examples: ["charts/{app}"] }),
});

/** Where some of an environment's targets are and how they render. */
export type TargetSource = z.output<typeof sourceSchema>;
