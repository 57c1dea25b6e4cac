import type { Trace } from "../model/render.ts";
import type { ObjectReader } from "../model/tree.ts";
import { isAboutSecret, type SaidOfSecrets, saidOfSecrets } from "./secret-documents.ts";

const withheld = "‹withheld›";
const readable = /(?:\.(?:ya?ml|json|env|properties|txt|toml|ini|conf)|kustomization|\.env[^/]*)$/i;
const maxFiles = 500;
const maxBytes = 256 * 1024;
/** Shorter than this, a value is found in any text. */
const least = 4;
/** This many characters of a value in a row are no chance: a message may quote a part. */
const partLength = 8;
const maxValues = 5_000;

/**
 * The message without any value of a Secret that stands in the files that a render looked up, in clear text, as base64
 * or in part. A second net: what a renderer quotes by its own words is known only for some messages.
 */
export async function withoutSecretValues(message: string, trace: Trace, objects: ObjectReader): Promise<string> {
  const files = new Map<string, string>();
  for (const lookup of trace) {
    if (lookup[1] !== "file" || !readable.test(lookup[0]) || files.size >= maxFiles) continue;
    const object = await objects.read(lookup[2]).catch(() => undefined);
    if (object !== undefined && object.bytes.byteLength <= maxBytes)
      files.set(lookup[0], Buffer.from(object.bytes).toString("utf8"));
  }
  return withhold(message, secretValues(files));
}

/** The values of Secrets in these files, by path, whether or not they can be parsed. */
export function secretValues(files: ReadonlyMap<string, string>): ReadonlySet<string> {
  const values = new Set<string>();
  const generated = new Set<string>();
  for (const text of files.values()) {
    const said = isAboutSecret(text) ? (saidOfSecrets(text) ?? guessed(text)) : { values: [], files: [] };
    for (const value of said.values) add(value, values);
    for (const name of said.files) generated.add(name);
  }
  for (const [path, text] of files) {
    if ([...generated].some((name) => path === name || path.endsWith(`/${name}`)))
      for (const line of linesIn(text)) add(line, values);
  }
  return values;
}

/** What looks like a value of a Secret, line by line: too much rather than too little. */
function guessed(text: string): SaidOfSecrets {
  const values = text.split(/^---/m).flatMap((part) => (isAboutSecret(part) ? valuesIn(part) : []));
  return { values, files: /\bsecretGenerator\b/.test(text) ? itemsIn(text) : [] };
}

/** Keys whose values say what something is, and no secret. */
const open =
  /^(?:apiVersion|kind|name|namespace|type|op|path|fieldPath|fieldPaths|group|version|resources|bases|patches|target|options|index|delimiter|immutable)$/;

function valuesIn(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const [, key, value] = /^[\s-]*["']?([^:"'\s]+)["']?\s*:\s+(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) return open.test(key) ? [] : [value];
    return [/^\s*-\s+(?:[^=\s]+=)?(.*)$/.exec(line)?.[1] ?? line];
  });
}

function linesIn(text: string): readonly string[] {
  return text.split("\n").map((line) => /^[^=]*=(.*)$/.exec(line)?.[1] ?? line);
}

function itemsIn(text: string): readonly string[] {
  return [...text.matchAll(/^\s*-\s+["']?(?:[^="'\s]+=)?([\w./-]+)["']?\s*$/gm)].map(([, name = ""]) =>
    name.replace(/^(?:\.{0,2}\/)+/, ""),
  );
}

function add(raw: string, values: Set<string>): void {
  const value = raw
    .trim()
    .replace(/\s+#.*$/, "")
    .replace(/^(["'])(.*)\1$/, "$2");
  if (value.length < least || values.size > maxValues || /^(?:true|false|null|[\w.-]+:)$/.test(value)) return;
  values.add(value);
  values.add(Buffer.from(value).toString("base64"));
  const decoded = Buffer.from(value, "base64");
  const isEncoded = decoded.length >= least && decoded.toString("base64") === value;
  if (isEncoded && decoded.toString("utf8").isWellFormed()) values.add(decoded.toString("utf8").trim());
}

/** The text without these values, and without stretches of them. */
export function withhold(text: string, values: ReadonlySet<string>): string {
  const hidden = new Uint8Array(text.length);
  for (const value of values) for (const part of partsOf(value)) hide(text, part, hidden);
  let said = "";
  for (let at = 0; at < text.length; at += 1) {
    if (hidden[at] === 0) said += text[at];
    else if (at === 0 || hidden[at - 1] === 0) said += withheld;
  }
  return said;
}

/** The value and its stretches; of an address only what follows its host, which stands in many messages. */
function partsOf(value: string): readonly string[] {
  if (value.length <= partLength) return value.length < least ? [] : [value];
  const from = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*$|[^/@\s]*\/)/i.exec(value)?.[0].length ?? 0;
  const stretches = Math.max(0, value.length - from - partLength + 1);
  return [value, ...Array.from({ length: stretches }, (_, at) => value.slice(from + at, from + at + partLength))];
}

function hide(text: string, part: string, hidden: Uint8Array): void {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) hidden.fill(1, at, at + part.length);
}
