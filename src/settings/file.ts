import { z } from "zod";
import { readYaml } from "../config/yaml.ts";
import type { HookSettings } from "../model/hooks.ts";
import { byPlace, type ConfigProblem, type Remark, wrong } from "../model/problem.ts";
import type { RegistrySettings } from "../model/registry.ts";
import { explainSettings } from "./explain.ts";
import { hookSchema } from "./hooks.ts";
import { registrySchema } from "./registries.ts";
import { type SecretSources, secretSchema } from "./secret.ts";

/** What `sluice.server.yaml` says: what is not in the environment because it comes in lists. */
export interface ServerFile {
  readonly hooks: readonly HookSettings[];
  readonly registries: readonly RegistrySettings[];
}

/** The file as people write it. `secret` reads a reference to a secret. */
export function serverFileSchema(secret: z.ZodType<string, unknown>) {
  return z.strictObject({
    hooks: z.array(hookSchema(secret)).default([]).meta({
      description: "Receivers of registries' events, each at `/registry/<name>`.",
    }),
    registries: z.array(registrySchema(secret)).default([]).meta({
      description: "How registries are reached that need more than what `docker login` has kept.",
    }),
  });
}

/** A file without any settings. */
export const emptyServerFile: ServerFile = { hooks: [], registries: [] };

/** Reads the text of a `sluice.server.yaml`; an empty one is fine. All that is wrong at once, by place; no value is ever quoted. */
export function readServerFile(
  text: string,
  sources: SecretSources,
):
  | { readonly ok: true; readonly settings: ServerFile }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] } {
  const read = readYaml(text, sources.file);
  if (!read.ok) return { ok: false, problems: read.problems.map(withoutSource) };
  if (read.value === null || read.value === undefined) return { ok: true, settings: emptyServerFile };
  const schema = serverFileSchema(secretSchema(sources));
  const parsed = schema.safeParse(read.value);
  const remarks = parsed.success ? twice(parsed.data) : explainSettings(parsed.error.issues, read.value, schema);
  if (parsed.success && remarks.length === 0) return { ok: true, settings: parsed.data };
  return { ok: false, problems: remarks.map(read.locate).sort(byPlace) };
}

/** The parser ends some messages with what stands in the file. */
function withoutSource(problem: ConfigProblem): ConfigProblem {
  return { ...problem, message: problem.message.split(": ").slice(0, 2).join(": ") };
}

/** Two receivers cannot stand at one address, and a registry has one way to be reached. */
function twice({ hooks, registries }: ServerFile): readonly Remark[] {
  return [
    ...repeated(hooks.map(({ name }) => name)).map((at) =>
      wrong(["hooks", at, "name"], `\`hooks[${at}]\` has the name of an earlier one`, "Give each a name of its own."),
    ),
    ...repeated(registries.map(({ host }) => host)).map((at) =>
      wrong(["registries", at, "host"], `\`registries[${at}]\` has the host of an earlier one`, "Keep one of the two."),
    ),
  ];
}

/** Where a text stands that stood before. */
function repeated(texts: readonly string[]): readonly number[] {
  return texts.flatMap((text, at) => (texts.indexOf(text) < at ? [at] : []));
}
