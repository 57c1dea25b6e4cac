/** The parts of `name[:tag][@digest]`. What is missing is empty. */
export interface ImageReference {
  /** With the registry and its port, without tag and digest. */
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
}

const maxCharacters = 1_000;
const tagShape = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestShape = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;
const hostShape = /^[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?$/;
const partShape = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Reads a reference as the OCI distribution specification writes it; a registry's port is not a tag. `undefined` for
 * other text, such as URLs and templates.
 */
export function parseImage(text: string): ImageReference | undefined {
  if (text.length > maxCharacters) return undefined;
  const at = text.indexOf("@");
  const digest = at < 0 ? "" : text.slice(at + 1);
  const before = at < 0 ? text : text.slice(0, at);
  const colon = before.indexOf(":", before.lastIndexOf("/") + 1);
  const tag = colon < 0 ? "" : before.slice(colon + 1);
  const name = colon < 0 ? before : before.slice(0, colon);
  if (!isName(name) || (at >= 0 && !digestShape.test(digest)) || (colon >= 0 && !tagShape.test(tag))) return undefined;
  return { name, tag, digest };
}

/** Only the first of several parts is a registry, which may have a port. */
function isName(name: string): boolean {
  const parts = name.split("/");
  return parts.every((part, index) => (index === 0 && parts.length > 1 ? hostShape : partShape).test(part));
}

/** The reference as text. */
export function printImage({ name, tag, digest }: ImageReference): string {
  return `${name}${tag === "" ? "" : `:${tag}`}${digest === "" ? "" : `@${digest}`}`;
}

/** What follows the name: `1.4.0`, `1.4.0@sha256:…`, `@sha256:…`; empty when nothing does. */
export function versionOf({ tag, digest }: Pick<ImageReference, "tag" | "digest">): string {
  return `${tag}${digest === "" ? "" : `@${digest}`}`;
}
