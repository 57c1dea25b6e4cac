// GOPROXY, read as the go command reads it.

import { ToolchainError } from "./release.ts";

/** One place that modules come from. */
export interface Source {
  /** Without a slash at its end, and without user and password: those are in `authorization`. */
  readonly url: string;
  readonly authorization: string | undefined;
  /** When the next source is asked: on `missing` (404, 410) only, or on `any` failure. */
  readonly next: "missing" | "any";
}

/** What an unset GOPROXY means to the go command. */
const DEFAULT = "https://proxy.golang.org,direct";

/** Where the module `golang.org/toolchain` is published: what `direct` means for it. */
const ORIGIN = "https://go.dev/dl/mod";

/** The sources that GOPROXY names, in order. `off` ends the list; so does `direct`, which is the last source. */
export function parseGoProxy(value: string | undefined): readonly Source[] {
  const sources: Source[] = [];
  for (const [, text = "", separator] of (value?.trim() || DEFAULT).matchAll(/([^,|]+)([,|]?)/g)) {
    const name = text.trim();
    if (name === "off") break;
    if (name === "") continue;
    sources.push({ ...parseSource(name === "direct" ? ORIGIN : name), next: separator === "|" ? "any" : "missing" });
    if (name === "direct") break;
  }
  return sources;
}

function parseSource(text: string): Omit<Source, "next"> {
  if (!/^(https?|file):\/\//.test(text) || !URL.canParse(text)) {
    throw new ToolchainError(`GOPROXY names ${text.replace(/^.*@/, "…@")}, which is no http, https or file address`);
  }
  const url = new URL(text);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    url: url.href.replace(/\/+$/, ""),
    authorization: username === "" ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`,
  };
}
