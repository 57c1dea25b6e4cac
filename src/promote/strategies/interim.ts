import type { KeyPath } from "../../edit/splice/index.ts";

export interface ImageName {
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
}

export function parseImage(text: string): ImageName | undefined {
  const [before = "", digest = ""] = text.split("@");
  const colon = before.indexOf(":", before.lastIndexOf("/") + 1);
  const name = colon < 0 ? before : before.slice(0, colon);
  return name === "" || /\s/.test(text) ? undefined : { name, tag: colon < 0 ? "" : before.slice(colon + 1), digest };
}

export function parseKey(key: string): KeyPath {
  return key.split(".");
}
