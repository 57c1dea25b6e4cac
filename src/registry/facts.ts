import { UserError } from "../model/errors.ts";
import type { ImageFacts } from "../model/registry.ts";
import type { Connection } from "./connection.ts";
import { type Content, getBlob, getManifest } from "./content.ts";
import {
  type Descriptor,
  type ImageConfig,
  imagesOf,
  type Labels,
  type Manifest,
  platformOf,
  readConfig,
  readManifest,
} from "./manifests.ts";

/** As many images of an index are asked when they were built. */
const maxChildren = 16;

const createdLabel = "org.opencontainers.image.created";

interface Reader {
  readonly connection: Connection;
  readonly repository: string;
  readonly signal: AbortSignal;
}

/** Everything about a manifest and what belongs to it. Errors as `readManifest` and `Connection` throw them. */
export async function factsOf(
  connection: Connection,
  repository: string,
  content: Content,
  signal: AbortSignal,
): Promise<ImageFacts> {
  const reader = { connection, repository, signal };
  const manifest = readManifest(content, nameOf(reader, content.digest));
  return manifest.kind === "index" ? indexFacts(reader, content, manifest) : imageFacts(reader, content, manifest);
}

type Index = Extract<Manifest, { kind: "index" }>;
type Image = Extract<Manifest, { kind: "image" }>;

async function imageFacts(reader: Reader, { digest }: Content, manifest: Image): Promise<ImageFacts> {
  const config = await readImageConfig(reader, manifest);
  const labels = { ...config.labels, ...manifest.annotations };
  return {
    digest,
    mediaType: manifest.mediaType,
    platforms: config.platform === undefined ? [] : [config.platform],
    created: builtAt(config.created) ?? builtAt(labels[createdLabel]),
    labels,
  };
}

async function indexFacts(reader: Reader, { digest }: Content, index: Index): Promise<ImageFacts> {
  const children = imagesOf(index.children);
  const [first, ...others] = children;
  if (first === undefined) throw new UserError("input", `${nameOf(reader, digest)} is an index without images`);
  const written = builtAt(index.annotations[createdLabel]);
  const unknown = children.some(({ platform }) => platformOf(platform) === undefined);
  const read = written === undefined || unknown ? others.slice(0, maxChildren - 1) : [];
  const facts = await Promise.all([first, ...read].map((child) => childFacts(reader, child)));
  const platforms = children.map(({ platform }, place) => platformOf(platform) ?? facts[place]?.platforms[0]);
  const built = facts.flatMap(({ created }) => created ?? []).toSorted();
  return {
    digest,
    mediaType: index.mediaType,
    platforms: [...new Set(platforms.filter((platform) => platform !== undefined))],
    created: written ?? built.at(-1),
    labels: { ...facts[0]?.labels, ...index.annotations },
  };
}

async function childFacts(reader: Reader, { digest }: Descriptor): Promise<ImageFacts> {
  const { connection, repository, signal } = reader;
  const name = nameOf(reader, digest);
  const content = await getManifest(connection, repository, digest, signal);
  if (content === undefined) throw new UserError("not-found", `${name}, which belongs to an image, does not exist`);
  const manifest = readManifest(content, name);
  if (manifest.kind === "index")
    throw new UserError("input", `${name} is an index in an index, which Sluice does not read`);
  return imageFacts(reader, content, manifest);
}

async function readImageConfig(reader: Reader, { config }: Image): Promise<ImageConfig> {
  const { connection, repository, signal } = reader;
  const name = nameOf(reader, config.digest);
  const content = await getBlob(connection, repository, config.digest, signal);
  if (content === undefined) throw new UserError("not-found", `${name}, an image's configuration, does not exist`);
  return readConfig(content, name);
}

function nameOf({ connection, repository }: Reader, digest: string): string {
  return `${connection.endpoint.host}/${repository}@${digest}`;
}

/** ISO 8601 in UTC; `undefined` for what is no time, and for the epochs that reproducible builds write (1970, 1980). */
function builtAt(text: string | undefined): string | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return time >= Date.UTC(1981, 0, 1) ? new Date(time).toISOString() : undefined;
}

/** About how much room facts take, in characters. */
export function weightOf(facts: ImageFacts): number {
  const labels: Labels = facts.labels;
  return 500 + Object.entries(labels).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}
