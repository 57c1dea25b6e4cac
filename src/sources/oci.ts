import { z } from "zod";
import { UserError } from "../model/errors.ts";
import type { RawManifest, RegistryContent } from "../model/registry.ts";
import { secureUrl } from "../model/source-address.ts";
import type { SourceLimits } from "../model/source-settings.ts";
import type { SourceRequest } from "../model/sources.ts";
import { readSemver } from "../model/versions.ts";
import { unpack } from "./archive.ts";
import { unpackChart } from "./chart.ts";
import type { Resolved, WriteTree } from "./fetched.ts";
import { matchingTags } from "./tag-filter.ts";
import { chooseVersion, isExactVersion } from "./version-range.ts";

type ChartRequest = Extract<SourceRequest, { kind: "oci-chart" }>;
type ArtifactRequest = Extract<SourceRequest, { kind: "oci-artifact" }>;

/** What reads registries. */
export interface OciParts {
  readonly registry: RegistryContent;
  readonly write: WriteTree;
  readonly limits: SourceLimits;
}

const chartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  layers: z
    .array(z.object({ mediaType: z.string(), digest: z.string(), size: z.number().nonnegative() }))
    .min(1)
    .max(1000),
});
type Layer = z.infer<typeof manifestSchema>["layers"][number];

/** A chart in a registry. Source: Helm, pkg/registry: tags have `_` for the `+` of versions. */
export async function resolveOciChart(parts: OciParts, request: ChartRequest, signal: AbortSignal): Promise<Resolved> {
  const name = nameOf(request.url);
  const { version: wanted } = request;
  if (/^sha256:[0-9a-f]{64}$/.test(wanted))
    return resolved(parts, name, { reference: wanted, moving: false }, "chart", signal);
  if (isExactVersion(wanted))
    return resolved(parts, name, { reference: tagOf(wanted), version: wanted, moving: false }, "chart", signal);
  const tags = (await parts.registry.tags(name, signal)).map((tag) => tag.replaceAll("_", "+"));
  const version = chooseVersion(tags, wanted);
  if (version === undefined)
    throw noTag(name, wanted === "" ? "no version of a chart" : `no version in the range ${quoted(wanted)}`);
  return resolved(parts, name, { reference: tagOf(version), version, moving: true }, "chart", signal);
}

/** An artifact: its digest, else the highest tag of the range, else its tag, else `latest`, as in Flux. */
export async function resolveArtifact(
  parts: OciParts,
  request: ArtifactRequest,
  signal: AbortSignal,
): Promise<Resolved> {
  const name = nameOf(request.url);
  const layer = request.layer ?? "archive";
  if (request.digest !== undefined)
    return resolved(parts, name, { reference: request.digest, moving: false }, layer, signal);
  if (request.range !== undefined) {
    const tags = matchingTags(await parts.registry.tags(name, signal), request.filter);
    const tag = chooseVersion(
      tags.filter((one) => readSemver(one) !== undefined),
      request.range,
    );
    if (tag === undefined) throw noTag(name, `no tag in the range ${quoted(request.range)}`);
    return resolved(parts, name, { reference: tag, version: tag, moving: true }, layer, signal);
  }
  const tag = request.tag ?? "latest";
  const moving = readSemver(tag) === undefined;
  return resolved(parts, name, { reference: tag, version: tag, moving }, layer, signal);
}

interface Reference {
  readonly reference: string;
  readonly version?: string;
  readonly moving: boolean;
}

async function resolved(
  { registry, write, limits }: OciParts,
  name: string,
  { reference, version, moving }: Reference,
  kind: "chart" | "archive",
  signal: AbortSignal,
): Promise<Resolved> {
  const manifest = await registry.manifest(name, reference, signal);
  if (manifest === undefined) throw noTag(name, quoted(reference));
  const { digest } = manifest;
  return {
    revision: digest,
    version,
    moving,
    bring: async (both) => {
      const layer = layerOf(manifest, name, kind);
      const packed = await registry.blob(name, layer.digest, limits.downloadBytes, both);
      if (packed === undefined) throw noTag(name, `the layer ${layer.digest}`);
      const unpackIt = kind === "chart" ? unpackChart : unpack;
      return { tree: await write(await unpackIt(packed, `${name}:${reference}`, limits), both) };
    },
  };
}

/** A chart's layer by its type; of an artifact the first, as Flux takes it. */
function layerOf(manifest: RawManifest, name: string, kind: "chart" | "archive"): Layer {
  const parsed = manifestSchema.safeParse(parseJson(manifest.body));
  if (!parsed.success) throw new UserError("refused", `${name} is no artifact: it has no layers`);
  const { layers } = parsed.data;
  const found = kind === "chart" ? layers.find(({ mediaType }) => mediaType === chartLayer) : layers[0];
  if (found !== undefined) return found;
  throw new UserError("refused", `${name} is no chart: it has no layer of the type ${chartLayer}`, {
    fix: "Push it with `helm push`.",
  });
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}

function nameOf(url: string): string {
  const { host, pathname } = secureUrl(url, "oci:");
  return `${host}${pathname.replace(/\/+$/, "")}`;
}

function tagOf(version: string): string {
  return version.replaceAll("+", "_");
}

function noTag(name: string, what: string): UserError {
  return new UserError("not-found", `${name} has ${what.startsWith("no ") ? what : `not ${what}`}`);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
