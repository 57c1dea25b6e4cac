import { z } from "zod";
import type { HeaderHook } from "../../../model/hooks.ts";
import { isImageHost, type ReportedPush, splitHost, splitReference } from "../../../model/pushed-image.ts";
import { type Adapter, ignored, type Reading, type RequestHead } from "../adapter.ts";
import { pushedReading } from "../read-pushes.ts";
import { checkHeader } from "../secrets.ts";
import { saidByAcr } from "./acr.ts";
import { readHarbor } from "./harbor.ts";

const text = z.string().nullish();
const envelope = z.object({
  specversion: z.string(),
  id: z.string(),
  type: z.string(),
  source: z.string(),
  data: z.unknown(),
});
type Envelope = z.infer<typeof envelope>;

/** What zot says of an image; the reference of one without a tag is its digest. */
const zot = z.object({ name: z.string(), reference: z.string(), digest: text });

/** What CDEvents say of an artifact: a package URL. */
const cdEvent = z.object({ subject: z.object({ id: z.string() }) });

/** The words that others use. */
const generic = z.object({
  image: text,
  repository: text,
  repositoryName: text,
  tag: text,
  imageTag: text,
  digest: text,
  imageDigest: text,
  host: text,
  registry: text,
  registryUrl: text,
});

/**
 * CloudEvents 1.0, structured and binary: of Harbor, of Azure Container Registry, of zot, CDEvents of published
 * artifacts, and any whose data names `image` (or `repository`), `tag` and `digest`. The specification has no way for a
 * sender to prove itself: a secret comes in a header.
 */
export const cloudEvents: Adapter<HeaderHook> = {
  handshake: true,
  checkHead: (head, { header, secrets }) => checkHeader(head, header, secrets),
  read(body, head, { host }) {
    const parsed = envelope.safeParse(head.header("ce-type") === undefined ? body : binary(body, head));
    if (!parsed.success) return ignored("not an event in the form of CloudEvents");
    const event = parsed.data;
    // An id is unique for its source only.
    const id = `${event.source}\n${event.id}`;
    if (event.type.startsWith("harbor.")) return withId(readHarbor(event, host), id);
    const said = saidBy(event, host);
    if (typeof said === "string") return ignored(said, id);
    if (!isImageHost(said.host)) return ignored("the event tells no host: set `host` for this hook", id);
    return pushedReading(id, [said]);
  },
};

function binary(data: unknown, head: RequestHead): unknown {
  const [specversion, id, type, source] = ["specversion", "id", "type", "source"].map((name) =>
    head.header(`ce-${name}`),
  );
  return { specversion, id, type, source, data };
}

function withId(reading: Reading, id: string): Reading {
  return reading.kind === "pushed" || reading.kind === "ignored" ? { ...reading, id } : reading;
}

function saidBy({ type, source, data }: Envelope, given: string | undefined): ReportedPush | string {
  if (type.startsWith("Microsoft.ContainerRegistry.")) return saidByAcr(data, given).said;
  if (type.startsWith("dev.cdevents.")) return saidByCdEvent(type, data);
  if (/\.image\.(?:deleted|lint_failed)$/.test(type)) return `an event of the kind ${type.slice(0, 64)}`;
  const fromZot = zot.safeParse(data);
  if (fromZot.success) {
    const { name: repository, reference, digest } = fromZot.data;
    if (reference.includes(":")) return "the push has no tag";
    return { host: given ?? hostOf(source), repository, tag: reference, digest };
  }
  return saidByOthers(data, given ?? hostOf(source)) ?? `an event of the kind ${type.slice(0, 64)}`;
}

/** `pkg:oci/web@sha256%3A…?repository_url=ghcr.io/acme/web&tag=1.2.3`, as the package URL specification has it. */
function saidByCdEvent(type: string, data: unknown): ReportedPush | string {
  const id = cdEvent.safeParse(data).data?.subject.id ?? "";
  if (!type.startsWith("dev.cdevents.artifact.published.") || !id.startsWith("pkg:oci/") || !URL.canParse(id)) {
    return `an event of the kind ${type.slice(0, 64)}`;
  }
  const { pathname, searchParams } = new URL(id);
  const [, digest] = pathname.replace(/%3a/i, ":").split("@");
  const place = (searchParams.get("repository_url") ?? "").replace(/^https?:\/\//, "");
  return { ...splitHost(place), tag: searchParams.get("tag"), digest };
}

function saidByOthers(data: unknown, otherwise: string): ReportedPush | undefined {
  const parsed = generic.safeParse(data);
  if (!parsed.success) return undefined;
  const { image, repository, repositoryName, tag, imageTag, digest, imageDigest, host, registry, registryUrl } =
    parsed.data;
  const name = splitReference(image ?? repository ?? repositoryName ?? "");
  if (name.name === "") return undefined;
  const claimed = hostOf(host ?? registry ?? registryUrl ?? "");
  const full = splitHost(name.name);
  const place = isImageHost(full.host) ? full : { host: claimed === "" ? otherwise : claimed, repository: name.name };
  return { ...place, tag: tag ?? imageTag ?? name.tag, digest: digest ?? imageDigest ?? name.digest };
}

/** The host of a URL, or of a text that begins with one. */
function hostOf(place: string): string {
  const { host } = splitHost(`${place.replace(/^https?:\/\//, "")}/`);
  return isImageHost(host) ? host : "";
}
