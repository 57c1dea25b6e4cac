// GOPROXY, read as the go command reads it.

import { TOOLCHAIN_MODULE, ToolchainError } from "./release.ts";

/** One place that modules come from. */
export interface Source {
  /** Without a slash at its end, and without user and password: those are in `authorization`. */
  readonly url: string;
  readonly authorization: string | undefined;
  /** When the next source is asked: on `missing` (404, 410) only, or on `any` failure. */
  readonly next: "missing" | "any";
}

/** What an unset GOPROXY means to the go command: the proxy of the domain that Go's own modules have. */
const DEFAULT = `https://proxy.${TOOLCHAIN_MODULE.split("/")[0]}`;

/**
 * The sources that GOPROXY names, in order. `off` ends the list; so does `direct`, since a toolchain comes from a proxy
 * alone here.
 */
export function parseGoProxy(value: string | undefined): readonly Source[] {
  const sources: Source[] = [];
  for (const [, text = "", separator] of (value?.trim() || DEFAULT).matchAll(/([^,|]+)([,|]?)/g)) {
    const name = text.trim();
    if (name === "off" || name === "direct") break;
    if (name === "") continue;
    sources.push({ ...parseSource(name), next: separator === "|" ? "any" : "missing" });
  }
  return sources;
}

function parseSource(text: string): Omit<Source, "next"> {
  if (!/^(https?|file):\/\//.test(text) || !URL.canParse(text)) {
    throw new ToolchainError(`GOPROXY names ${withoutCredentials(text)}, which is no http, https or file address`);
  }
  const url = new URL(text);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const credentials = [username, password].map((part) => decoded(part, text)).join(":");
  return {
    url: url.href.replace(/\/+$/, ""),
    authorization: credentials === ":" ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`,
  };
}

function decoded(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ToolchainError(`GOPROXY names ${withoutCredentials(text)}, whose user or password has a % for no %25`);
  }
}

function withoutCredentials(text: string): string {
  return text.replace(/^.*@/, "…@");
}
