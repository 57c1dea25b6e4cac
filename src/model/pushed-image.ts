import type { PushedImage } from "./images.ts";
import { imageAddress } from "./registry.ts";

/** One push as a sender reports it. */
export interface ReportedPush {
  /** With the port, where there is one. */
  readonly host: string;
  readonly repository: string;
  readonly tag?: string | null | undefined;
  readonly digest?: string | null | undefined;
}

const hostPattern = /^(?:[a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9])?|\[[0-9a-f:]{2,45}\])(?::[0-9]{1,5})?$/;
const part = "[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*";
const repositoryPattern = new RegExp(`^${part}(?:/${part})*$`);
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** The longest name that container runtimes take. */
const maxName = 255;

/**
 * Whether names of images can begin with this host: one without a dot and a port would be read as a part of a name on
 * Docker Hub.
 */
export function isImageHost(host: string | null | undefined): host is string {
  if (host === null || host === undefined) return false;
  const lower = host.toLowerCase();
  return hostPattern.test(lower) && (/[.:]/.test(lower) || lower === "localhost");
}

/**
 * The push in our words; `undefined` when the name is none that an image can have. A tag or a digest that cannot be one
 * is left out: what is true is asked of the registry.
 */
export function pushedImage(event: ReportedPush): PushedImage | undefined {
  if (!isImageHost(event.host)) return undefined;
  const { host, repository } = imageAddress(`${event.host}/${event.repository}`);
  const image = `${host}/${repository}`;
  if (image.length > maxName || !repositoryPattern.test(repository)) return undefined;
  const tag = typeof event.tag === "string" && tagPattern.test(event.tag) ? event.tag : undefined;
  const digest = typeof event.digest === "string" && digestPattern.test(event.digest) ? event.digest : undefined;
  return { image, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/**
 * An image's full name with a host, tag and digest, as people write it in one text: `ghcr.io/acme/web:1.2.3@sha256:…`.
 */
export function splitReference(text: string): {
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
} {
  const [before = "", digest] = text.split("@");
  const colon = before.lastIndexOf(":");
  const tagged = colon > before.lastIndexOf("/");
  return {
    name: tagged ? before.slice(0, colon) : before,
    ...(tagged && { tag: before.slice(colon + 1) }),
    ...(digest !== undefined && { digest }),
  };
}

/** The host and the repository of a name that begins with a host. */
export function splitHost(name: string): { readonly host: string; readonly repository: string } {
  const slash = name.indexOf("/");
  return slash < 0 ? { host: "", repository: name } : { host: name.slice(0, slash), repository: name.slice(slash + 1) };
}
