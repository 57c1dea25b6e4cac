import { z } from "zod";

import type { Store } from "./store.ts";

/** A tag as the page shows it. */
export interface TaggedImage {
  readonly tag: string;
  readonly digest: string;
  /** ISO 8601. */
  readonly created: string;
  readonly platforms: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const named = z.object({ digest: z.string() });
const manifest = z.object({ config: named.optional(), manifests: z.array(named).default([]) });
const config = z.object({
  created: z.string().default(""),
  os: z.string().default(""),
  architecture: z.string().default(""),
  variant: z.string().optional(),
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).default({}),
});
type Config = z.infer<typeof config>;

/** The tags of a repository with what their images say of themselves, the newest image first. */
export function taggedImages(store: Store, name: string): TaggedImage[] {
  const images = (store.tags(name) ?? []).map((tag) => taggedImage(store, name, tag));
  return images.sort((a, b) => b.created.localeCompare(a.created));
}

function taggedImage(store: Store, name: string, tag: string): TaggedImage {
  const configs = configsOf(store, name, tag);
  return {
    tag,
    digest: store.manifest(name, tag)?.digest ?? "",
    created: configs[0]?.created ?? "",
    platforms: configs.map(platformOf).filter((one) => one !== ""),
    labels: configs[0]?.config.Labels ?? {},
  };
}

function platformOf({ os, architecture, variant }: Config): string {
  return [os, architecture, variant].filter(Boolean).join("/");
}

function configsOf(store: Store, name: string, reference: string): Config[] {
  const parsed = manifest.safeParse(json(store.manifest(name, reference)?.bytes));
  if (!parsed.success) return [];
  const { manifests, config: own } = parsed.data;
  if (own === undefined) return manifests.flatMap((one) => configsOf(store, name, one.digest));
  const read = config.safeParse(json(store.blob(name, own.digest)));
  return read.success ? [read.data] : [];
}

function json(bytes: Buffer | undefined): unknown {
  try {
    return JSON.parse(bytes?.toString("utf8") ?? "null");
  } catch {
    // What is no JSON, such as a signature, is shown without facts.
    return undefined;
  }
}

const VERSION = /^(v?)(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/;

/** The tag that a person would push next: one patch above the highest version there is. */
export function nextTag(tags: readonly string[]): string {
  const versions = tags.flatMap((tag) => {
    const [, prefix = "", ...numbers] = VERSION.exec(tag) ?? [];
    return numbers.length === 0 ? [] : [{ prefix, numbers: numbers.map(Number) }];
  });
  const [highest] = versions.sort((a, b) => compare(b.numbers, a.numbers));
  if (!highest) return "1.0.0";
  const [major = 0, minor = 0, patch = 0] = highest.numbers;
  return `${highest.prefix}${major}.${minor}.${patch + 1}`;
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((number, at) => number - (b[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
