import { z } from "zod";
import { appSchema, durationSchema, filledText } from "./values.ts";

const cluster = filledText("the name of a cluster").meta({
  description: "Name of the cluster, as the operator has it in `clusters` of sluice.server.yaml.",
  examples: ["prod"],
});
const prune = (byDefault: boolean) =>
  z
    .boolean()
    .default(byDefault)
    .meta({ description: "Delete resources from the cluster that are no longer in Git.", examples: [true] });
const timeout = durationSchema
  .prefault("15m")
  .meta({ description: "Time limit for an operation, until everything is healthy.", examples: ["15m"] });

const watchOnly = z
  .boolean()
  .default(false)
  .meta({
    description: "Start nothing and write nothing: only report what the controller does by itself.",
    examples: [true],
  });

const expression = (when: string, example: string) =>
  filledText("an expression").meta({ description: `CEL expression that is true when ${when}.`, examples: [example] });
const healthRuleSchema = z
  .strictObject({
    group: z
      .string()
      .max(253)
      .default("")
      .meta({
        description: "API group without a version; empty for the core kinds. `*` matches any text.",
        examples: ["cert-manager.io"],
      }),
    kind: filledText("a kind").meta({ description: "The kind; `*` matches any text.", examples: ["Certificate"] }),
    current: expression("the resource is healthy", "status.phase == 'Ready'"),
    inProgress: expression("it is not yet", "status.phase == 'Starting'").exactOptional(),
    failed: expression("it has failed", "status.phase == 'Failed'").exactOptional(),
  })
  .meta({
    description:
      "A rule for the health of a kind, as Flux's `healthCheckExprs` have it. Fields of the resource are read by their names.",
  });

const applySchema = z
  .strictObject({
    engine: z.literal("apply").meta({ description: "Sluice applies the render itself (server-side apply)." }),
    cluster,
    namespace: filledText("a namespace")
      .exactOptional()
      .meta({ description: "Namespace for resources without one; may contain placeholders.", examples: ["{app}"] }),
    prune: prune(true),
    dependsOn: z
      .array(appSchema)
      .max(100)
      .default([])
      .meta({
        description:
          "Apps of this environment that must be live before the others are deployed. They do not wait for each other; for an order among them set `deploy` under `apps`.",
        examples: [["database"]],
      }),
    selfHeal: z
      .boolean()
      .default(false)
      .meta({ description: "Undo drift instead of only reporting it.", examples: [true] }),
    driftInterval: durationSchema.prefault("10m").meta({
      description: "Interval between comparisons of the cluster with Git, at least `10s`.",
      examples: ["10m"],
    }),
    stability: durationSchema.prefault("30s").meta({
      description: "How long everything must stay healthy before an operation succeeds.",
      examples: ["30s"],
    }),
    timeout,
    health: z
      .array(healthRuleSchema)
      .max(200)
      .default([])
      .meta({
        description: "Rules for the health of kinds, over the field's own. The first that matches decides.",
        examples: [[{ group: "example.com", kind: "Database", current: "status.phase == 'Ready'" }]],
      }),
    argocdHealth: filledText("a path")
      .exactOptional()
      .meta({
        description: "File with an `argocd-cm` ConfigMap, whose health scripts are used like Argo CD's own.",
        examples: ["argocd/argocd-cm.yaml"],
      }),
  })
  .meta({ title: "apply", description: "Sluice applies what is rendered to a cluster that the operator gave to it." });

const argocdSchema = z
  .strictObject({
    engine: z
      .literal("argocd")
      .meta({ description: "Argo CD applies the resources. Sluice starts the sync and reports its status." }),
    cluster,
    application: filledText("the name of an Application")
      .prefault("{app}-{environment}")
      .meta({ description: "Name of the Application; may contain placeholders.", examples: ["{app}-prod"] }),
    namespace: filledText("a namespace")
      .prefault("argocd")
      .meta({ description: "Namespace of the Application.", examples: ["argocd"] }),
    prune: z
      .boolean()
      .default(false)
      .meta({
        description:
          "Whether syncs that Sluice starts delete what is no longer in Git. Automated ones follow the Application.",
        examples: [true],
      }),
    watchOnly,
    timeout,
  })
  .meta({
    title: "argocd",
    description:
      "Argo CD deploys, by an Application of each app that the operator opened. Sluice starts it and reports.",
  });

const fluxSchema = z
  .strictObject({
    engine: z
      .literal("flux")
      .meta({ description: "Flux applies the resources. Sluice starts the reconciliation and reports its status." }),
    cluster,
    kind: z
      .enum(["Kustomization", "HelmRelease"])
      .default("Kustomization")
      .meta({ description: "Kind of the Flux object.", examples: ["HelmRelease"] }),
    object: filledText("the name of an object")
      .prefault("{app}")
      .meta({ description: "Name of the Flux object; may contain placeholders.", examples: ["{app}"] }),
    namespace: filledText("a namespace")
      .prefault("flux-system")
      .meta({ description: "Namespace of the Flux object.", examples: ["flux-system"] }),
    watchOnly,
    timeout,
  })
  .meta({ title: "flux", description: "Flux applies what is in Git; Sluice has it reconcile and reports its status." });

const hydrateSchema = z
  .strictObject({
    engine: z.literal("hydrate").meta({
      description: "Sluice commits the rendered manifests to a branch for another tool to pull. Needs no cluster.",
    }),
    branch: filledText("a branch")
      .prefault("env/{environment}")
      .meta({ description: "The branch; may contain placeholders.", examples: ["env/{environment}"] }),
    path: filledText("a path")
      .prefault("{app}")
      .meta({ description: "Folder of a target on the branch; may contain placeholders.", examples: ["{app}"] }),
    pullRequest: z
      .boolean()
      .default(false)
      .meta({ description: "Change the branch only through a pull request, which a person merges.", examples: [true] }),
  })
  .meta({ title: "hydrate", description: "Sluice commits what is rendered to a branch." });

/** How Sluice makes an environment's cluster match Git. */
export const deploySchema = z
  .discriminatedUnion("engine", [applySchema, argocdSchema, fluxSchema, hydrateSchema])
  .meta({
    description: "How Sluice makes what runs match Git after a merge.",
  });
