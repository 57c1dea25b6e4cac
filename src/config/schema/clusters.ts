import { z } from "zod";
import { filledText, nameSchema } from "./values.ts";

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

/** One entry of `clusters`. */
export const clusterSchema = z
  .strictObject({
    name: nameSchema.meta({
      description: "Name of the cluster: `clusters/<name>`, or Argo CD's name.",
      examples: ["prod"],
    }),
    server: filledText("an address")
      .exactOptional()
      .meta({ description: "Address of its API server, for Argo CD.", examples: ["https://prod.example.com"] }),
    labels: words("Labels that generators select it by.")
      .exactOptional()
      .meta({ examples: [{ env: "prod" }] }),
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
