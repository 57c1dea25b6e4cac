import { z } from "zod";
import { durationSchema, filledText } from "./values.ts";

const cluster = filledText("the name of a cluster").meta({
  description: "The cluster, by its name in the server's settings.",
  examples: ["prod"],
});
const prune = (byDefault: boolean) =>
  z
    .boolean()
    .default(byDefault)
    .meta({ description: "Whether resources that left Git are deleted from the cluster.", examples: [true] });
const timeout = durationSchema
  .prefault("15m")
  .meta({ description: "How long an operation may take until everything is healthy.", examples: ["15m"] });

const applySchema = z
  .strictObject({
    engine: z.literal("apply").meta({ description: "Sluice applies the render itself (server-side apply)." }),
    cluster,
    namespace: filledText("a namespace")
      .exactOptional()
      .meta({ description: "Namespace for resources that name none, with placeholders.", examples: ["{app}"] }),
    prune: prune(true),
    selfHeal: z
      .boolean()
      .default(false)
      .meta({ description: "Whether drift is corrected and not only reported.", examples: [true] }),
    driftInterval: durationSchema
      .prefault("10m")
      .meta({ description: "How often the cluster is compared with Git.", examples: ["10m"] }),
    stability: durationSchema.prefault("30s").meta({
      description: "How long everything must stay healthy before an operation is a success.",
      examples: ["30s"],
    }),
    timeout,
  })
  .meta({ title: "apply" });

const argocdSchema = z
  .strictObject({
    engine: z
      .literal("argocd")
      .meta({ description: "Argo CD applies; Sluice asks it to sync and reports what it says." }),
    cluster,
    application: filledText("the name of an Application")
      .prefault("{app}-{environment}")
      .meta({ description: "Name of the Application object, with placeholders.", examples: ["{app}-prod"] }),
    namespace: filledText("a namespace")
      .prefault("argocd")
      .meta({ description: "Namespace of the Application object.", examples: ["argocd"] }),
    prune: prune(false),
    timeout,
  })
  .meta({ title: "argocd" });

const fluxSchema = z
  .strictObject({
    engine: z
      .literal("flux")
      .meta({ description: "Flux applies; Sluice asks it to reconcile and reports what it says." }),
    cluster,
    kind: z
      .enum(["Kustomization", "HelmRelease"])
      .default("Kustomization")
      .meta({ description: "Kind of the Flux object.", examples: ["HelmRelease"] }),
    object: filledText("the name of an object")
      .prefault("{app}")
      .meta({ description: "Name of the Flux object, with placeholders.", examples: ["{app}"] }),
    namespace: filledText("a namespace")
      .prefault("flux-system")
      .meta({ description: "Namespace of the Flux object.", examples: ["flux-system"] }),
    timeout,
  })
  .meta({ title: "flux" });

const hydrateSchema = z
  .strictObject({
    engine: z
      .literal("hydrate")
      .meta({ description: "The render is committed to a branch, for whatever pulls it. Needs no cluster." }),
    branch: filledText("a branch")
      .prefault("env/{environment}")
      .meta({ description: "The branch, with placeholders.", examples: ["env/{environment}"] }),
    path: filledText("a path")
      .prefault("{app}")
      .meta({ description: "Folder of one target on that branch, with placeholders.", examples: ["{app}"] }),
    pullRequest: z
      .boolean()
      .default(false)
      .meta({ description: "Whether the branch is changed through a pull request.", examples: [true] }),
  })
  .meta({ title: "hydrate" });

/** How an environment's cluster is made to match Git. */
export const deliverySchema = z
  .discriminatedUnion("engine", [applySchema, argocdSchema, fluxSchema, hydrateSchema])
  .meta({ description: "How the cluster is made to match Git after a merge. Without it Sluice does not deliver." });
