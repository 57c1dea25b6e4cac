import { z } from "zod";
import { nearest } from "../../model/nearest.ts";
import { checkedText, type Refusal } from "../values/checked-text.ts";
import { checkRegex, checkSemverRange } from "../values/expressions.ts";
import { checkTag, checkTagPattern } from "../values/tag-patterns.ts";
import { appSchema, durationSchema, filledText, nameSchema } from "./values.ts";

const order = z.enum(["asc", "desc"]);
const imageName = checkedText((text) =>
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(text)
    ? undefined
    : {
        problem: "is not the name of an image",
        fix: "Write registry and repository without tag or digest: `ghcr.io/acme/webapp`.",
      },
);
const platform = checkedText(checkPlatform);

const architectures = ["amd64", "arm64", "arm", "386", "ppc64le", "s390x", "riscv64", "loong64", "mips64le", "wasm"];
const otherNames: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  x64: "amd64",
  aarch64: "arm64",
  armhf: "arm/v7",
  armv7: "arm/v7",
  armv6: "arm/v6",
  i386: "386",
  x86: "386",
};

function checkPlatform(text: string): Refusal | undefined {
  const [, os = "", architecture = ""] = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/[a-z0-9]+)?$/.exec(text) ?? [];
  if (os === "") return { problem: "is not a platform", fix: "Write it like `linux/amd64` or `linux/arm64/v8`." };
  if (architectures.includes(architecture)) return undefined;
  const meant = Object.hasOwn(otherNames, architecture)
    ? otherNames[architecture]
    : nearest(architecture, architectures);
  const fix = `The architectures are ${architectures.map((name) => `\`${name}\``).join(", ")}.`;
  return {
    problem: `has the unknown architecture "${architecture}"`,
    fix: meant === undefined ? fix : `Did you mean \`${os}/${meant}\`? ${fix}`,
  };
}

const minPoll = 60_000;
const pollSchema = durationSchema.superRefine((milliseconds, context) => {
  if (milliseconds >= minPoll) return;
  const fix = "Use at least `1m`. Events from the registry arrive at once, without polling.";
  context.addIssue({ code: "custom", message: "is shorter than a minute", params: { fix } });
});

function checkPolicyReference(text: string): Refusal | undefined {
  const name = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?";
  if (new RegExp(`^${name}:${name}$`).test(text)) return undefined;
  return {
    problem: "is not the name of a policy",
    fix: "Write only namespace and name, as in `flux-system:webapp`.",
  };
}

/** Keys that order tags. A policy has at most one of them. */
const orderings = ["semver", "numerical", "alphabetical", "newest", "digest"] as const;

const policySchema = z
  .strictObject({
    semver: checkedText(checkSemverRange)
      .exactOptional()
      .meta({ description: "The highest semantic version in this range.", examples: ["^1.0"] }),
    prerelease: z
      .boolean()
      .exactOptional()
      .meta({
        description:
          "Let `semver` take every pre-release in the range. Without it, only those that the range names, such as `>=2.0.0-rc.1`.",
        examples: [true],
      }),
    numerical: order.exactOptional().meta({
      description: "The highest (`asc`) or lowest (`desc`) whole number, of any length.",
      examples: ["asc"],
    }),
    alphabetical: order.exactOptional().meta({
      description: "The last (`asc`) or first (`desc`) in alphabetical order, by character codes.",
      examples: ["asc"],
    }),
    newest: z
      .literal(true)
      .exactOptional()
      .meta({
        description:
          "The image that was built last. Sluice reads every matching tag from the registry, so limit them with `regex`.",
        examples: [true],
      }),
    digest: checkedText(checkTag)
      .exactOptional()
      .meta({ description: "The current digest of this moving tag.", examples: ["main"] }),
    regex: checkedText(checkRegex)
      .exactOptional()
      .meta({
        description:
          "Only tags that match this expression (RE2); works with any ordering. On its own: the last tag in natural order, with numbers compared as numbers.",
        examples: ["^main-(?<build>[0-9]+)$"],
      }),
    capture: filledText("a group")
      .exactOptional()
      .meta({
        description: "The part of the tag to compare, from groups of `regex`: `$build`, `$1`, `$major.$minor`.",
        examples: ["$build"],
      }),
    ignore: z
      .array(checkedText(checkTagPattern))
      .max(100)
      .exactOptional()
      .meta({
        description:
          "Tags to ignore: globs with `*`, or expressions (RE2) between slashes. Sluice always ignores signatures, attestations and SBOMs (`*.sig`, `*.att`, `*.sbom`, `sha256-…`).",
        examples: [["*-rc*", "/^1\\.4\\.[01]$/"]],
      }),
  })
  .superRefine((policy, context) => {
    const given = orderings.filter((key) => policy[key] !== undefined);
    if (given.length > 1) {
      const message = `has ${given.map((key) => `\`${key}\``).join(" and ")}, which exclude each other`;
      context.addIssue({
        code: "custom",
        message,
        params: { fix: "Keep one of them; you can combine it with `regex`." },
      });
    }
    if (given.length === 0 && policy.regex === undefined) {
      const fix = `Give it one of ${orderings.map((key) => `\`${key}\``).join(", ")} or \`regex\`: \`policy: { semver: "^1.0" }\`.`;
      context.addIssue({ code: "custom", message: "does not say which tags to take", params: { fix } });
    }
  })
  .meta({ description: "Which tag to choose: exactly one ordering, with or without `regex`." });

const pullRequestSchema = z
  .strictObject({
    group: nameSchema
      .exactOptional()
      .meta({ description: "Images of the same group share a pull request.", examples: ["acme"] }),
    autoMerge: z
      .boolean()
      .default(false)
      .meta({ description: "Let Sluice merge the pull request when its checks pass.", examples: [true] }),
    labels: z
      .array(filledText("a label"))
      .max(20)
      .exactOptional()
      .meta({ description: "Labels of the pull request.", examples: [["dependencies"]] }),
  })
  .meta({ description: "The pull request for a new tag." });

const entrySchema = z.strictObject({
  image: imageName.meta({ description: "The image without tag or digest.", examples: ["ghcr.io/acme/webapp"] }),
  policy: policySchema,
  environments: z
    .array(nameSchema)
    .min(1)
    .meta({ description: "Environments whose files Sluice edits.", examples: [["staging"]] }),
  apps: z
    .array(appSchema)
    .min(1)
    .exactOptional()
    .meta({ description: "Only these apps.", examples: [["webapp"]] }),
  pin: z
    .enum(["tag", "digest", "both"])
    .exactOptional()
    .meta({
      description: "What to write: the tag, the digest or both. Default: the tag; with the policy `digest`, both.",
      examples: ["both"],
    }),
  marker: checkedText(checkPolicyReference)
    .exactOptional()
    .meta({
      description:
        'Also change values with a Flux marker of this policy, such as `# {"$imagepolicy": "flux-system:webapp:tag"}`.',
      examples: ["flux-system:webapp"],
    }),
  minimumAge: durationSchema.exactOptional().meta({
    description: "Minimum age of a build. Younger builds wait; Sluice takes the best one that is old enough.",
    examples: ["1d"],
  }),
  platforms: z
    .array(platform)
    .min(1)
    .exactOptional()
    .meta({
      description: "Platforms that the image must have. Sluice skips a tag that lacks one.",
      examples: [["linux/amd64", "linux/arm64"]],
    }),
  poll: pollSchema.exactOptional().meta({
    description: "Poll the registry at this interval, in addition to its events. At least `1m`.",
    examples: ["10m"],
  }),
  pullRequest: pullRequestSchema.prefault({}),
});

/** An image whose new tags become pull requests. `pin` defaults to `tag`, and with the policy `digest` to `both`. */
export const imageSchema = entrySchema.transform((entry) => ({
  ...entry,
  pin: entry.pin ?? (entry.policy.digest === undefined ? "tag" : "both"),
}));

/** A parsed entry of `images`. Durations are in milliseconds. */
export type ImageEntry = z.output<typeof imageSchema>;

/** Which tag of an image to choose. */
export type ImagePolicy = ImageEntry["policy"];
