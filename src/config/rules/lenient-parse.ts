import type { z } from "zod";
import type { KeyPath, Remark } from "../../model/problem.ts";
import { type Environment, environmentSchema } from "../schema/config.ts";
import { imageSchema } from "../schema/images.ts";

/** One entry of a list. `parsed` is there if the schema accepts it. */
interface Entry<T> {
  readonly path: KeyPath;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly parsed: T | undefined;
}

/** The readable parts of a configuration that may have errors, so that cross-field rules find as much as possible. */
export interface LenientConfig {
  readonly environments: readonly Entry<Environment>[];
  /** Names of environments, including invalid ones. */
  readonly names: readonly string[];
  readonly images: readonly Entry<z.output<typeof imageSchema>>[];
  readonly notify: readonly Entry<undefined>[];
  /** App, environment and override of each entry of `apps`. */
  readonly overrides: readonly {
    readonly app: string;
    readonly environment: string;
    readonly path: KeyPath;
    readonly raw: unknown;
  }[];
}

/** Checks a whole configuration, valid or not, for what its schema cannot see. */
export type Rule = (config: LenientConfig) => readonly Remark[];

/** Limit for the remarks of one rule, and for a list in a wrong file. */
export const maxRemarks = 100;

/** Reads whatever looks like a configuration from any value, with no more entries than the schema allows. */
export function parseLeniently(value: unknown): LenientConfig {
  const root = record(value);
  const environments = entries(root.environments, "environments", 200, environmentSchema);
  return {
    environments,
    names: environments.flatMap(({ raw }) => text(raw.name) ?? []),
    images: entries(root.images, "images", 2_000, imageSchema),
    notify: entries(root.notify, "notify", 100, undefined),
    overrides: Object.entries(record(root.apps)).flatMap(([app, settings]) =>
      Object.entries(record(record(settings).environments)).map(([environment, raw]) => ({
        app,
        environment,
        path: ["apps", app, "environments", environment],
        raw,
      })),
    ),
  };
}

/** The value if it is text. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The texts in a list with their indexes; empty if the value is no list. */
export function texts(value: unknown): readonly { readonly text: string; readonly index: number }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown, index) => (typeof item === "string" ? [{ text: item, index }] : []));
}

/** The value as a map; empty if it is none. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value));
}

function entries<T>(value: unknown, key: string, max: number, schema: z.ZodType<T> | undefined): readonly Entry<T>[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, max).map((item: unknown, index) => ({
    path: [key, index],
    raw: record(item),
    parsed: schema?.safeParse(item).data,
  }));
}
