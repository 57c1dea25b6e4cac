import { z } from "zod";
import { checkedText } from "../values/checked-text.ts";
import { checkPointer } from "../values/expressions.ts";
import { checkPlaceholders } from "../values/templates.ts";
import { addressSchema, clusterSchema, matchSchema } from "./clusters.ts";
import { deploySchema } from "./deploy.ts";
import { gatesOverrideSchema, gatesSchema } from "./gates.ts";
import { imageSchema } from "./images.ts";
import { allowSchema, reviewersSchema } from "./people.ts";
import { healthSchema, promoteOverrideSchema, promoteSchema } from "./promotion.ts";
import { placeShape, rendererShape, sourceSchema } from "./renderers.ts";
import { rollbackOverrideSchema, rollbackSchema } from "./rollback.ts";
import { appSchema, filledText, nameSchema } from "./values.ts";

const urlSchema = checkedText((text) => {
  const fix = "Write it in full, such as `https://{app}.example.com`.";
  if (text.length > 1_000 || !/^https?:\/\/\S+$/.test(text) || !URL.canParse(text.replaceAll(/[{}]/g, "")))
    return { problem: "is no address of a web page", fix };
  return checkPlaceholders(text);
}).meta({
  description: "Where people reach the app: the address of its deployments on GitHub. May contain placeholders.",
  examples: ["https://{app}.example.com"],
});

/** One environment of the file. */
export const environmentSchema = z.strictObject({
  name: nameSchema.meta({ description: "Name of the environment.", examples: ["prod"] }),
  ...placeShape,
  targets: z
    .array(sourceSchema)
    .min(1)
    .max(2_000)
    .exactOptional()
    .meta({
      description:
        "Instead of `path`: several places, each with the same keys. The environment's own keys apply to all of them.",
      examples: [
        [
          { path: "apps/{app}/overlays/prod" },
          { path: "charts/{app}", helm: { valueFiles: ["charts/{app}/values-prod.yaml"] } },
        ],
      ],
    }),
  match: z
    .array(matchSchema)
    .min(1)
    .max(100)
    .exactOptional()
    .meta({
      description:
        "Beside or instead of `path`: which of the objects that Argo CD and Flux read are in this environment.",
      examples: [[{ cluster: "prod" }]],
    }),
  from: nameSchema
    .exactOptional()
    .meta({ description: "The environment that versions are promoted from.", examples: ["staging"] }),
  promote: promoteSchema.prefault({}),
  gates: gatesSchema.prefault({}),
  allow: allowSchema.prefault({}),
  reviewers: reviewersSchema.exactOptional(),
  health: healthSchema.prefault({ deployment: "{environment}" }),
  deploy: deploySchema.exactOptional(),
  url: urlSchema.exactOptional(),
  rollback: rollbackSchema.prefault({}),
});

const overrideSchema = z
  .strictObject({
    skip: z
      .boolean()
      .exactOptional()
      .meta({ description: "Leave the app out of this environment.", examples: [true] }),
    ...rendererShape,
    promote: promoteOverrideSchema.exactOptional(),
    gates: gatesOverrideSchema.exactOptional(),
    allow: allowSchema.exactOptional(),
    reviewers: reviewersSchema.exactOptional(),
    health: healthSchema.exactOptional(),
    deploy: deploySchema.exactOptional(),
    url: urlSchema.exactOptional(),
    rollback: rollbackOverrideSchema.exactOptional(),
  })
  .meta({
    description:
      "What differs for this app in this environment. `allow`, `reviewers`, `health`, `deploy` and `url` replace the environment's; the other keys override it one by one.",
  });

const appOverridesSchema = z
  .strictObject({
    environments: z
      .record(nameSchema, overrideSchema)
      .prefault({})
      .meta({ description: "Overrides by environment.", examples: [{ prod: { promote: { auto: true } } }] }),
  })
  .meta({ description: "Overrides for one app." });

const ignoreSchema = z.strictObject({
  kind: filledText("a kind")
    .exactOptional()
    .meta({
      description: "Only this kind. In `kind`, `namespace` and `name`, `*` matches any text.",
      examples: ["Deployment"],
    }),
  namespace: filledText("a namespace")
    .exactOptional()
    .meta({ description: "Only this namespace.", examples: ["webapp"] }),
  name: filledText("a name")
    .exactOptional()
    .meta({ description: "Only this name.", examples: ["webapp-*"] }),
  path: checkedText(checkPointer).meta({
    description: "JSON pointer to the field to ignore.",
    examples: ["/metadata/annotations/checksum~1config"],
  }),
});

/** One rule of `preview.ignore`. */
export type IgnoreRule = z.output<typeof ignoreSchema>;

const previewSchema = z
  .strictObject({
    comment: z
      .enum(["changes", "always", "never"])
      .default("changes")
      .meta({
        description:
          "When to comment. `changes`: not where nothing changes and everything was checked; `always`; `never`: the check alone says it.",
        examples: ["always"],
      }),
    ignore: z
      .array(ignoreSchema)
      .max(500)
      .default([])
      .meta({
        description: "Fields whose changes are counted but not shown.",
        examples: [[{ kind: "Deployment", path: "/metadata/annotations/checksum~1config" }]],
      }),
    exclude: z
      .array(filledText("a path"))
      .max(500)
      .default([])
      .meta({
        description:
          "Manifests, values and charts that nothing deploys from here: globs of `*` and `**`. A preview warns of other changed files that no target reads.",
        examples: [["examples/**"]],
      }),
  })
  .meta({ description: "What previews on pull requests show." });

const notifySchema = z.strictObject({
  channel: z.enum(["slack", "discord", "teams", "webhook", "opsgenie", "pagerduty", "email"]).meta({
    description: "Kind of channel. The server setting for its address and secrets is not built yet.",
    examples: ["slack"],
  }),
  to: filledText("a recipient")
    .exactOptional()
    .meta({ description: "Recipient: a room, a named hook or an address.", examples: ["#deploys"] }),
  on: z
    .array(z.enum(["opened", "promoted", "live", "failed", "drift", "held", "rollback"]))
    .min(1)
    .meta({ description: "Events to notify about.", examples: [["failed", "drift", "live"]] }),
  environments: z
    .array(nameSchema)
    .min(1)
    .exactOptional()
    .meta({ description: "Only these environments.", examples: [["prod"]] }),
});

/** The whole `.sluice.yaml`. The output has defaults, durations in milliseconds and parsed windows. */
export const configSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: "Version of this format.", examples: [1] }),
    environments: z
      .array(environmentSchema)
      .min(1)
      .max(200)
      .meta({
        description: "Environments in promotion order.",
        examples: [[{ name: "staging", path: "apps/{app}/overlays/staging" }]],
      }),
    images: z
      .array(imageSchema)
      .max(2_000)
      .prefault([])
      .meta({ description: "Images to get updates for: new tags become pull requests." }),
    clusters: z
      .array(clusterSchema)
      .max(500)
      .default([])
      .meta({
        description: "Clusters that Argo CD and Flux deploy to: what only the cluster knows, in its place.",
        examples: [[{ name: "prod", kubernetes: { version: "1.33.1" }, variables: { domain: "example.com" } }]],
      }),
    addresses: z
      .array(addressSchema)
      .max(100)
      .default([])
      .meta({
        description:
          "Other places where this repository is: mirrors that a cluster reads, and artifacts that its CI pushes.",
        examples: [[{ url: "oci://ghcr.io/acme/fleet" }]],
      }),
    preview: previewSchema.prefault({}),
    notify: z
      .array(notifySchema)
      .max(100)
      .default([])
      .meta({ description: "Notifications. Not built yet: Sluice checks these keys, but sends nothing." }),
    apps: z
      .record(appSchema, appOverridesSchema)
      .prefault({})
      .meta({
        description: "Overrides by app.",
        examples: [{ webapp: { environments: { prod: { promote: { auto: true } } } } }],
      }),
  })
  .meta({ title: "Sluice configuration", description: "The file `.sluice.yaml` of a GitOps repository." });

/** A valid configuration. */
export type Config = z.output<typeof configSchema>;

/** One environment of a configuration. */
export type Environment = z.output<typeof environmentSchema>;

/** What differs for one app in one environment. */
export type Override = z.output<typeof overrideSchema>;

/** The override of one app in one environment. Names such as `constructor` are safe. */
export function overrideOf(config: Config, app: string, environment: string): Override | undefined {
  const environments = Object.hasOwn(config.apps, app) ? config.apps[app]?.environments : undefined;
  return environments !== undefined && Object.hasOwn(environments, environment) ? environments[environment] : undefined;
}
