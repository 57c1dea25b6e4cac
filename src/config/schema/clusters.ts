import { z } from "zod";
import { filledText, nameSchema, pathSchema } from "./values.ts";

const words = (what: string) => z.record(filledText("a key"), z.string()).meta({ description: what });

/** One rule of an environment's `match`. All keys that are given must fit. */
export const matchSchema = z
  .strictObject({
    cluster: filledText("a cluster")
      .exactOptional()
      .meta({
        description:
          "The cluster's name, or a path of the entry (`clusters/prod/*`). In all of these, `*` matches any text.",
        examples: ["prod-*"],
      }),
    destination: filledText("a destination")
      .exactOptional()
      .meta({
        description: "The name or the server of Argo CD's destination.",
        examples: ["https://prod.example.com"],
      }),
    namespace: filledText("a namespace")
      .exactOptional()
      .meta({ description: "The namespace that is deployed to, or that of the object.", examples: ["shop-prod"] }),
    labels: words("Labels of the object.")
      .exactOptional()
      .meta({ examples: [{ env: "prod" }] }),
    name: filledText("a name")
      .exactOptional()
      .meta({ description: "The object's name.", examples: ["*-prod"] }),
    project: filledText("a project")
      .exactOptional()
      .meta({ description: "Argo CD's project.", examples: ["prod"] }),
  })
  .refine((match) => Object.keys(match).length > 0, { message: "says nothing" })
  .meta({ description: "What controllers deploy belongs to the environment where one of the rules fits." });

/** One rule of an environment's `match`. */
export type EnvironmentMatch = z.output<typeof matchSchema>;

/** One entry of `addresses`. */
export const addressSchema = z.strictObject({
  url: filledText("an address").meta({
    description: "The address as the objects of Argo CD and Flux name it.",
    examples: ["oci://ghcr.io/acme/fleet", "http://gitea-http.gitea:3000/ops/homelab"],
  }),
  path: pathSchema.exactOptional().meta({
    description: "Of an artifact: the folder that it is made of; all of it by default.",
    examples: ["deploy"],
  }),
});

/** Generators of an ApplicationSet that ask what no file tells. */
export const askingGenerators = ["scmProvider", "pullRequest", "clusterDecisionResource", "plugin"] as const;

const generatorSchema = z
  .strictObject({
    applicationSet: filledText("a name").meta({
      description: "The name of the ApplicationSet.",
      examples: ["previews"],
    }),
    kind: z.enum(askingGenerators).meta({ description: "Which of its generators.", examples: ["pullRequest"] }),
    rows: z
      .array(z.record(filledText("a parameter"), z.json()))
      .max(1_000)
      .meta({
        description: "The sets of parameters that it is taken to give.",
        examples: [[{ number: "7", branch: "new-login", head_sha: "6b1f2c" }]],
      }),
  })
  .meta({ description: "What replaces the answer of one generator." });

const argoCdSchema = z
  .strictObject({
    clusters: z
      .array(nameSchema)
      .max(500)
      .exactOptional()
      .meta({
        description: "Names of the clusters that it knows; without, all that have a `server`.",
        examples: [["prod-eu", "prod-us"]],
      }),
    settings: words("Settings as `argocd-cm` and `argocd-cmd-params-cm` have them. What the repository declares wins.")
      .prefault({})
      .meta({ examples: [{ "kustomize.buildOptions": "--enable-helm" }] }),
    generators: z
      .array(generatorSchema)
      .max(500)
      .default([])
      .meta({ description: "Answers for generators of ApplicationSets that ask what no file tells." }),
  })
  .meta({ description: "What is known of the Argo CD that runs in this cluster." });

/** One entry of `clusters`. */
export const clusterSchema = z
  .strictObject({
    name: nameSchema.meta({
      description: "Name of the cluster: `clusters/<name>`, or Argo CD's name.",
      examples: ["prod"],
    }),
    paths: z
      .array(pathSchema)
      .max(100)
      .default([])
      .meta({
        description: "The folders whose objects people apply in it, where these are not in `clusters/<name>`.",
        examples: [["argocd/overlays/production"]],
      }),
    server: filledText("an address")
      .exactOptional()
      .meta({ description: "Address of its API server, for Argo CD.", examples: ["https://prod.example.com"] }),
    labels: words("Labels that generators select it by.")
      .exactOptional()
      .meta({ examples: [{ env: "prod" }] }),
    annotations: words("Annotations that the templates of ApplicationSets read.")
      .exactOptional()
      .meta({ examples: [{ addons_repo_path: "addons" }] }),
    argocd: argoCdSchema.exactOptional(),
    kubernetes: z
      .strictObject({
        version: filledText("a version")
          .exactOptional()
          .meta({ description: "Version of Kubernetes.", examples: ["1.33.1"] }),
        apis: z
          .array(filledText("an API"))
          .max(2_000)
          .exactOptional()
          .meta({
            description: "API versions that it serves besides the usual ones.",
            examples: [["monitoring.coreos.com/v1"]],
          }),
      })
      .exactOptional()
      .meta({ description: "What charts ask the cluster for." }),
    variables: words("Values of variables that only the cluster has, for Flux's `substituteFrom`.")
      .prefault({})
      .meta({ examples: [{ domain: "example.com" }] }),
  })
  .meta({ description: "What only the cluster knows." });
