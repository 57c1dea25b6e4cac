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

const shortestPoll = 60_000;
const pollSchema = durationSchema.superRefine((milliseconds, context) => {
  if (milliseconds >= shortestPoll) return;
  const fix = "Use at least `1m`; events of the registry come at once.";
  context.addIssue({ code: "custom", message: "is shorter than a minute", params: { fix } });
});

function checkPolicyReference(text: string): Refusal | undefined {
  const name = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?";
  if (new RegExp(`^${name}:${name}$`).test(text)) return undefined;
  return {
    problem: "is not the name of a policy",
    fix: "Write namespace and name without what a marker adds: `flux-system:webapp`.",
  };
}

/** Keys of a policy of which at most one orders the tags. */
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
          "Whether `semver` takes every pre-release in the range. Otherwise it takes those that the range names, such as `>=2.0.0-rc.1`.",
        examples: [true],
      }),
    numerical: order.exactOptional().meta({
      description: "The highest (`asc`) or lowest (`desc`) whole number, of any length.",
      examples: ["asc"],
    }),
    alphabetical: order.exactOptional().meta({
      description: "The last (`asc`) or first (`desc`) in the alphabet, by the codes of the characters.",
      examples: ["asc"],
    }),
    newest: z
      .literal(true)
      .exactOptional()
      .meta({
        description: "The image that was built last. Each matching tag is asked for: narrow them with `regex`.",
        examples: [true],
      }),
    digest: checkedText(checkTag)
      .exactOptional()
      .meta({ description: "The digest that this moving tag has now.", examples: ["main"] }),
    regex: checkedText(checkRegex)
      .exactOptional()
      .meta({
        description:
          "Only tags in which this expression (RE2) is found, beside any ordering. Alone: the last in natural order, numbers compared as numbers.",
        examples: ["^main-(?<build>[0-9]+)$"],
      }),
    capture: filledText("a group")
      .exactOptional()
      .meta({
        description:
          "What is compared in place of the whole tag, from groups of `regex`: `$build`, `$1`, `$major.$minor`.",
        examples: ["$build"],
      }),
    ignore: z
      .array(checkedText(checkTagPattern))
      .max(100)
      .exactOptional()
      .meta({
        description:
          "Tags that are never taken: globs with `*`, or expressions (RE2) between slashes. Signatures, attestations and SBOMs (`*.sig`, `*.att`, `*.sbom`, `sha256-…`) never are.",
        examples: [["*-rc*", "/^1\\.4\\.[01]$/"]],
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

const entrySchema = z.strictObject({
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
    .exactOptional()
    .meta({
      description: "What is written: the tag, the digest or both. Without it the tag, for the policy `digest` both.",
      examples: ["both"],
    }),
  marker: checkedText(checkPolicyReference)
    .exactOptional()
    .meta({
      description:
        'Values with a marker of this policy, as Flux writes them (`# {"$imagepolicy": "flux-system:webapp:tag"}`), are changed as well.',
      examples: ["flux-system:webapp"],
    }),
  minimumAge: durationSchema.exactOptional().meta({
    description: "How old a build must be. A younger one waits, and the best that is old enough is taken.",
    examples: ["1d"],
  }),
  platforms: z
    .array(platform)
    .min(1)
    .exactOptional()
    .meta({
      description: "Platforms that the image must have; a tag that lacks one is passed over.",
      examples: [["linux/amd64", "linux/arm64"]],
    }),
  poll: pollSchema.exactOptional().meta({
    description: "How often the registry is asked besides its events, at least `1m` apart.",
    examples: ["10m"],
  }),
  pullRequest: pullRequestSchema.prefault({}),
});

/** An image whose new tags become pull requests. Of an entry without `pin` the tag is written, with a policy `digest` both. */
export const imageSchema = entrySchema.transform((entry) => ({
  ...entry,
  pin: entry.pin ?? (entry.policy.digest === undefined ? "tag" : "both"),
}));

/** An entry of `images`, read. Durations are in milliseconds. */
export type ImageEntry = z.output<typeof imageSchema>;

/** Which tag of an image is the wanted one. */
export type ImagePolicy = ImageEntry["policy"];
