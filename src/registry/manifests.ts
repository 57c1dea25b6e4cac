import { z } from "zod";
import { Fault, UserError } from "../model/errors.ts";
import type { Content } from "./content.ts";
import { isDigest } from "./names.ts";
import { parseJson } from "./responses.ts";

const annotations = z.record(z.string(), z.string()).nullish().catch(undefined);

const descriptor = z.object({
  mediaType: z.string().nullish(),
  digest: z.string().refine(isDigest),
  artifactType: z.string().nullish(),
  platform: z
    .object({ os: z.string(), architecture: z.string(), variant: z.string().nullish() })
    .nullish()
    .catch(undefined),
  annotations,
});

/** What a manifest or index says of something that belongs to it. */
export type Descriptor = z.infer<typeof descriptor>;

const manifestBody = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().nullish(),
  artifactType: z.string().nullish(),
  manifests: z.array(descriptor).max(1000).nullish(),
  config: descriptor.nullish(),
  annotations,
});

/** What a tag or digest can name, as far as it is an image. */
export type Manifest =
  | {
      readonly kind: "index";
      readonly mediaType: string;
      readonly children: readonly Descriptor[];
      readonly annotations: Labels;
    }
  | { readonly kind: "image"; readonly mediaType: string; readonly config: Descriptor; readonly annotations: Labels };

export type Labels = Readonly<Record<string, string>>;

const imageConfigs = new Set([
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
]);

/**
 * Reads a manifest. `input` UserErrors for what is no image: Docker's schema 1, artifacts; an `unavailable` Fault for
 * what is no manifest. `name` is for messages.
 */
export function readManifest(content: Content, name: string): Manifest {
  const json = parseJson(content.body);
  refuseSchema1(json, content.mediaType, name);
  const parsed = manifestBody.safeParse(json);
  if (!parsed.success) throw new Fault("unavailable", `What the registry sent for ${name} is no manifest`);
  const { manifests, config, artifactType } = parsed.data;
  const mediaType = parsed.data.mediaType ?? content.mediaType;
  const labels = parsed.data.annotations ?? {};
  // Source: OCI distribution security advisory on ambiguous manifests (GHSA-mc8v-mgrf-8f4m).
  if (manifests && config) throw new UserError("input", `${name} is an image and an index at once`);
  if (manifests) return { kind: "index", mediaType, children: manifests, annotations: labels };
  const type = artifactType ?? config?.mediaType ?? "of no type";
  if (!config || !imageConfigs.has(config.mediaType ?? "")) {
    throw new UserError("input", `${name} is an artifact (${printable(type)}), not a container image`);
  }
  return { kind: "image", mediaType, config, annotations: labels };
}

const schema1 = z.object({ schemaVersion: z.literal(1) });

function refuseSchema1(json: unknown, mediaType: string, name: string): void {
  const old =
    /^application\/vnd\.docker\.distribution\.manifest\.v1\+/.test(mediaType) || schema1.safeParse(json).success;
  if (!old) return;
  throw new UserError("input", `${name} is in Docker's image format of 2015 (schema 1), which Sluice does not read`, {
    fix: "Push the image again with a present-day tool.",
  });
}

/**
 * The images of an index: neither attestations (BuildKit marks them, and gives them the platform unknown/unknown) nor
 * other artifacts.
 */
export function imagesOf(children: readonly Descriptor[]): readonly Descriptor[] {
  return children.filter(({ platform, annotations: notes, artifactType }) => {
    const attestation = notes?.["vnd.docker.reference.type"] !== undefined;
    return !attestation && !artifactType && platform?.os !== "unknown" && platform?.architecture !== "unknown";
  });
}

const configBody = z.object({
  created: z.string().nullish(),
  os: z.string().nullish(),
  architecture: z.string().nullish(),
  variant: z.string().nullish(),
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish().catch(undefined) }).nullish(),
});

/** What an image's configuration says of it. */
export interface ImageConfig {
  readonly created: string | undefined;
  readonly platform: string | undefined;
  readonly labels: Labels;
}

/** Reads an image's configuration; a Fault when it is none. */
export function readConfig(content: Content, name: string): ImageConfig {
  const parsed = configBody.safeParse(parseJson(content.body));
  if (!parsed.success) throw new Fault("unavailable", `What the registry sent for ${name} is no image configuration`);
  const { created, config } = parsed.data;
  return { created: created ?? undefined, platform: platformOf(parsed.data), labels: config?.Labels ?? {} };
}

/** `os/architecture[/variant]`; `undefined` when it is not known. */
export function platformOf(
  platform:
    | {
        readonly os?: string | null | undefined;
        readonly architecture?: string | null | undefined;
        readonly variant?: string | null | undefined;
      }
    | null
    | undefined,
): string | undefined {
  const parts = [platform?.os, platform?.architecture];
  if (parts.some((part) => !part)) return undefined;
  const text = [...parts, ...(platform?.variant ? [platform.variant] : [])].join("/");
  return /^[A-Za-z0-9._/-]{1,100}$/.test(text) ? text : undefined;
}

function printable(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9./+_;= -]/g, "?").slice(0, 100);
}
