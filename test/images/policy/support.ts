import type { ImagePolicy } from "../../../src/config/index.ts";
import { type CurrentVersion, choose, type Decision, type PolicyInput } from "../../../src/images/policy/index.ts";
import type { PolicyLimits } from "../../../src/images/policy/types.ts";
import type { ImageFacts } from "../../../src/model/registry.ts";

/** When all decisions of these tests are made. */
export const now = Date.parse("2026-08-01T12:00:00Z");

/** A digest that the text is the beginning of. */
export function digestOf(text: string): string {
  return `sha256:${Buffer.from(text).toString("hex").padEnd(64, "0").slice(0, 64)}`;
}

/** What a registry knows, a year old and for two platforms unless told otherwise. */
export function image(reference: string, more: Partial<ImageFacts> = {}): ImageFacts {
  return {
    digest: reference.startsWith("sha256:") ? reference : digestOf(reference),
    mediaType: "application/vnd.oci.image.index.v1+json",
    platforms: ["linux/amd64", "linux/arm64"],
    created: "2025-08-01T00:00:00Z",
    labels: {},
    ...more,
  };
}

/** What a target has. */
export function has(version: string, more: Partial<CurrentVersion> = {}): CurrentVersion {
  const [tag = "", digest = ""] = version.split("@");
  return { target: "webapp in staging", tag, digest, ...more };
}

/** A decision and what was asked for it, in order. */
export interface Asked extends Decision {
  readonly asked: readonly string[];
}

/** Decides with a registry that has an image behind each tag; `facts` says where it differs. */
export async function decide(
  policy: ImagePolicy,
  tags: readonly string[],
  current: readonly (string | CurrentVersion)[],
  {
    facts = {},
    limits = {},
    ...more
  }: Partial<PolicyInput> & {
    readonly facts?: Readonly<Record<string, Partial<ImageFacts> | undefined>>;
    readonly limits?: Partial<PolicyLimits>;
  } = {},
): Promise<Asked> {
  const asked: string[] = [];
  const input: PolicyInput = {
    policy,
    pin: "tag",
    tags,
    now,
    current: current.map((one) => (typeof one === "string" ? has(one) : one)),
    ...more,
  };
  const decision = await choose(
    input,
    async (reference) => {
      asked.push(reference);
      const named =
        tags.find((tag) => !(reference in facts) && image(tag, facts[tag]).digest === reference) ?? reference;
      if (named in facts && facts[named] === undefined) return undefined;
      return image(named, facts[named]);
    },
    limits,
  );
  return { ...decision, asked };
}

/** Why a tag was or was not chosen. */
export function why(decision: Decision, tag: string): string | undefined {
  return decision.verdicts.find((verdict) => verdict.tag === tag)?.reason;
}
