import { z } from "zod";
import { UserError } from "../model/errors.ts";
import { yamlValues } from "../model/yaml-values.ts";

/** A version of a chart in a repository's index. */
export interface IndexedChart {
  readonly version: string;
  /** As written: absolute, or relative to the index. */
  readonly url: string;
  /** Hex sha-256 of the archive, where the index says it. */
  readonly digest: string | undefined;
}

const entrySchema = z.object({
  version: z.coerce.string(),
  urls: z.array(z.string()).min(1),
  digest: z.string().nullish(),
});
const entriesSchema = z.object({ entries: z.record(z.string(), z.array(z.unknown())) });
/** Over this, an index is read only in the form in which Helm writes it. */
const largestWhole = 1024 * 1024;
/** What is said of one version of a chart: its description, its keywords, its annotations. */
const largestItem = 256 * 1024;
const longestVersion = 512;

/** The versions of a chart in an index, and how one of them is read. */
export interface ChartVersions {
  readonly versions: readonly string[];
  read(version: string): IndexedChart | undefined;
}

/**
 * Finds a chart in the text of an `index.yaml`. Indexes have tens of thousands of entries: only the part about the
 * chart is looked at, and only the version that is taken is parsed. Throws a `refused` UserError for what is no index.
 */
export function chartVersions(text: string, chart: string, repository: string): ChartVersions {
  const items = text.trimStart().startsWith("{") ? undefined : itemsOf(text, chart);
  // Whoever writes an index by hand may write it in any style of YAML.
  const odd = items?.some(({ version }) => version === undefined) === true && text.length <= largestWhole;
  if (items === undefined || odd) return wholeIndex(text, chart, repository);
  const byVersion = new Map(items.flatMap((item) => (item.version === undefined ? [] : [[item.version, item.text]])));
  return {
    versions: [...byVersion.keys()],
    read: (version) => {
      const item = byVersion.get(version);
      if (item === undefined) return undefined;
      if (item.length > largestItem)
        throw new UserError("limit", `What the index of ${repository} says of ${chart} ${version} is too long`);
      return entryOf(parseYaml(item, repository), version);
    },
  };
}

interface Item {
  readonly version: string | undefined;
  readonly text: string;
}

/** The items below `entries` → `chart` where the index is in block style; `undefined` where it is not seen to be. */
function itemsOf(text: string, chart: string): readonly Item[] | undefined {
  const entries = /^entries:[ \t]*\r?\n/m.exec(text);
  if (entries === null) return undefined;
  const start = entries.index + entries[0].length;
  const indent = /^( +)\S/.exec(text.slice(start, start + 100))?.[1];
  if (indent === undefined) return undefined;
  const name = chart.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const key = new RegExp(`^${indent}(?:${name}|"${name}"|'${name}'):[ \\t]*([^\\r\\n]*)\\r?\\n`, "m");
  const found = key.exec(text.slice(start));
  if (found === null) return new RegExp(`^${indent}\\S+:[ \\t]*\\r?\\n`, "m").test(text.slice(start)) ? [] : undefined;
  if (found[1] !== "") return undefined;
  const rest = text.slice(start + found.index + found[0].length);
  const dash = /^( *)- /.exec(rest)?.[1];
  if (dash === undefined || dash.length < indent.length) return undefined;
  const end = new RegExp(`^(?:(?! {${dash.length}})(?! *\\r?$)|${dash}(?=[^ \\r\\n-]))`, "m").exec(rest)?.index;
  const lines = rest.slice(0, end);
  const cuts = [...lines.matchAll(new RegExp(`^${dash}- `, "gm"))].map(({ index }) => index);
  return cuts.map((at, index) => itemOf(lines.slice(at, cuts[index + 1]), dash.length + 2));
}

function itemOf(text: string, indent: number): Item {
  const key = new RegExp(`^(?: {${indent}}|${" ".repeat(indent - 2)}- )version:`, "m").exec(text);
  const start = key === null ? -1 : key.index + key[0].length;
  // No version is longer, and no expression takes long on so few letters.
  const [line = ""] = start < 0 ? [] : text.slice(start, start + longestVersion).split("\n", 1);
  const written = /^[ \t]*(.+?)[ \t]*(?: #.*)?\r?$/.exec(line)?.[1];
  return { version: written?.replace(/^(["'])(.*)\1$/, "$2"), text };
}

function entryOf(value: unknown, version: string): IndexedChart | undefined {
  const entry = entrySchema.safeParse(Array.isArray(value) ? value[0] : value);
  if (!entry.success || entry.data.version !== version) return undefined;
  return { version, url: entry.data.urls[0] ?? "", digest: entry.data.digest ?? undefined };
}

function wholeIndex(text: string, chart: string, repository: string): ChartVersions {
  if (text.length > largestWhole && !text.trimStart().startsWith("{"))
    throw new UserError("limit", `The index of ${repository} is too large to be read: it is not as Helm writes it`);
  const parsed = entriesSchema.safeParse(parseYaml(text, repository));
  if (!parsed.success) throw notAnIndex(repository);
  const found = Object.hasOwn(parsed.data.entries, chart) ? (parsed.data.entries[chart] ?? []) : [];
  const entries = found.flatMap((value) => {
    const entry = entrySchema.safeParse(value);
    return entry.success ? [[entry.data.version, value] as const] : [];
  });
  const byVersion = new Map(entries);
  return { versions: [...byVersion.keys()], read: (version) => entryOf(byVersion.get(version), version) };
}

function parseYaml(text: string, repository: string): unknown {
  const value = text.trimStart().startsWith("{") ? parseJson(text) : yamlValues(text)[0];
  if (value === undefined) throw new UserError("refused", `The index of ${repository} cannot be read`);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notAnIndex(repository: string): UserError {
  return new UserError("refused", `${repository} has no index of charts: what it sends is no index.yaml`, {
    fix: "Name the folder that index.yaml is in.",
  });
}
