import type { z } from "zod";
import type { KeyPath } from "../../model/problem.ts";
import { imageSchema } from "../schema/images.ts";
import { type Environment, environmentSchema } from "../schema/schema.ts";

/** One entry of a list as far as it can be read: `parsed` only where the schema accepts it. */
interface Entry<T> {
  readonly path: KeyPath;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly parsed: T | undefined;
}

/** A configuration that may still be wrong, as the cross-field rules look at it: what can be read is there, so that they find all they can. */
export interface Draft {
  readonly environments: readonly Entry<Environment>[];
  /** Names of environments, wrong ones included. */
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

/** Takes out of any value what looks like a configuration, no more entries than the schema allows. */
export function draftOf(value: unknown): Draft {
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

/** The value as text, `undefined` when it is something else. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The texts of a list with their index; nothing when it is no list. */
export function texts(value: unknown): readonly { readonly text: string; readonly index: number }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown, index) => (typeof item === "string" ? [{ text: item, index }] : []));
}

/** The value as a map; empty when it is none. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value));
}

function entries<T>(value: unknown, key: string, most: number, schema: z.ZodType<T> | undefined): readonly Entry<T>[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, most).map((item: unknown, index) => ({
    path: [key, index],
    raw: record(item),
    parsed: schema?.safeParse(item).data,
  }));
}
