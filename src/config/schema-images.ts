import { z } from "zod";
import { checkedText } from "./check.ts";
import { checkRegex, checkSemverRange } from "./expressions.ts";
import { appSchema, durationSchema, filledText, nameSchema } from "./schema-values.ts";

const order = z.enum(["asc", "desc"]);
const imageName = checkedText((text) =>
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(text)
    ? undefined
    : {
        problem: "is not the name of an image",
        fix: "Write registry and repository without tag or digest: `ghcr.io/acme/webapp`.",
      },
);
const platform = checkedText((text) =>
  /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/.test(text)
    ? undefined
    : { problem: "is not a platform", fix: "Write it like `linux/amd64` or `linux/arm64/v8`." },
);

/** Keys of a policy of which at most one orders the tags. */
const orderings = ["semver", "numerical", "alphabetical", "newest", "digest"] as const;

const policySchema = z
  .strictObject({
    semver: checkedText(checkSemverRange)
      .exactOptional()
      .meta({ description: "The highest version in this range.", examples: ["^1.0"] }),
    numerical: order
      .exactOptional()
      .meta({ description: "The highest (`asc`) or lowest (`desc`) number.", examples: ["asc"] }),
    alphabetical: order
      .exactOptional()
      .meta({ description: "The last (`asc`) or first (`desc`) in the alphabet.", examples: ["asc"] }),
    newest: z
      .literal(true)
      .exactOptional()
      .meta({ description: "The image that was built last.", examples: [true] }),
    digest: filledText("a tag")
      .exactOptional()
      .meta({ description: "The digest that this moving tag has now.", examples: ["main"] }),
    regex: checkedText(checkRegex)
      .exactOptional()
      .meta({
        description:
          "Only tags that match this expression. Alone: the last in natural order, numbers compared as numbers.",
        examples: ["^main-(?<build>[0-9]+)$"],
      }),
    capture: filledText("a group")
      .exactOptional()
      .meta({
        description: "What is compared in place of the whole tag, from groups of `regex`.",
        examples: ["$build"],
      }),
  })
  .superRefine((policy, context) => {
    const given = orderings.filter((key) => policy[key] !== undefined);
    if (given.length > 1) {
      const message = `has ${given.map((key) => `\`${key}\``).join(" and ")}, which exclude each other`;
      context.addIssue({ code: "custom", message, params: { fix: "Keep one of them; `regex` may stand beside it." } });
    }
    if (given.length === 0 && policy.regex === undefined) {
      const fix = `Give it one of ${orderings.map((key) => `\`${key}\``).join(", ")} or \`regex\`: \`policy: { semver: "^1.0" }\`.`;
      context.addIssue({ code: "custom", message: "does not say which tags it takes", params: { fix } });
    }
  })
  .meta({ description: "Which tag is the wanted one: exactly one ordering, with or without `regex`." });

const pullRequestSchema = z
  .strictObject({
    group: nameSchema
      .exactOptional()
      .meta({ description: "Images of one group share a pull request.", examples: ["acme"] }),
    autoMerge: z
      .boolean()
      .default(false)
      .meta({ description: "Whether Sluice merges it when its checks pass.", examples: [true] }),
    labels: z
      .array(filledText("a label"))
      .max(20)
      .exactOptional()
      .meta({ description: "Labels that it gets.", examples: [["dependencies"]] }),
  })
  .meta({ description: "The pull request that carries a new tag." });

/** An image whose new tags become pull requests. */
export const imageSchema = z.strictObject({
  image: imageName.meta({ description: "The image without tag or digest.", examples: ["ghcr.io/acme/webapp"] }),
  policy: policySchema,
  environments: z
    .array(nameSchema)
    .min(1)
    .meta({ description: "Environments whose files are edited.", examples: [["staging"]] }),
  apps: z
    .array(appSchema)
    .min(1)
    .exactOptional()
    .meta({ description: "Only these apps.", examples: [["webapp"]] }),
  pin: z
    .enum(["tag", "digest", "both"])
    .default("tag")
    .meta({ description: "What is written: the tag, the digest or both.", examples: ["both"] }),
  minimumAge: durationSchema.exactOptional().meta({ description: "How old a build must be.", examples: ["1d"] }),
  platforms: z
    .array(platform)
    .min(1)
    .exactOptional()
    .meta({ description: "Platforms that the image must have.", examples: [["linux/amd64", "linux/arm64"]] }),
  poll: durationSchema
    .exactOptional()
    .meta({ description: "How often the registry is asked besides its events.", examples: ["10m"] }),
  pullRequest: pullRequestSchema.prefault({}),
});
