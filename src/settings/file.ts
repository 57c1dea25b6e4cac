import { z } from "zod";
import { explainIssues } from "../config/problems/explain.ts";
import { inputJsonSchema } from "../config/problems/input-schema.ts";
import { readYaml } from "../config/yaml/read.ts";
import type { ClusterEntry } from "../model/deploy.ts";
import type { HookSettings } from "../model/hooks.ts";
import { byPlace, type ConfigProblem, type Remark, wrong } from "../model/problem.ts";
import type { PrometheusSettings } from "../model/prometheus.ts";
import type { RegistrySettings } from "../model/registry.ts";
import type { SourceSettings } from "../model/source-settings.ts";
import { clusterSchema } from "./clusters.ts";
import { hookSchema } from "./hooks.ts";
import { prometheusSchema } from "./prometheus.ts";
import { registrySchema } from "./registries.ts";
import { type SecretSources, secretSchema } from "./secret.ts";
import { sourcesSchema } from "./sources.ts";

/** The settings in `sluice.server.yaml`: those that come in lists, so that environment variables cannot hold them. */
export interface ServerFile {
  readonly hooks: readonly HookSettings[];
  readonly registries: readonly RegistrySettings[];
  readonly clusters: readonly ClusterEntry[];
  readonly prometheus: readonly PrometheusSettings[];
  readonly sources: SourceSettings;
}

/** The schema of the file as people write it. `secret` reads a reference to a secret. */
export function serverFileSchema(secret: z.ZodType<string, unknown>) {
  return z.strictObject({
    hooks: z.array(hookSchema(secret)).default([]).meta({
      description: "Receivers of events from registries, each at `/registry/<name>`.",
    }),
    registries: z.array(registrySchema(secret)).default([]).meta({
      description: "Registries that need more than the credentials that `docker login` stored.",
    }),
    clusters: z.array(clusterSchema(secret)).default([]).meta({
      description:
        "Kubernetes clusters, and what each repository may have in them. A repository can use no cluster and no namespace that is not given to it here.",
    }),
    prometheus: z.array(prometheusSchema(secret)).default([]).meta({
      description: "Prometheus servers that `rollback.verify` may ask, and for which repositories.",
    }),
    sources: sourcesSchema(secret).prefault({}).meta({
      description:
        "What renders read from elsewhere: repositories, charts, artifacts and files. See [remote sources](sources.md).",
    }),
  });
}

/** A file without settings. */
export const emptyServerFile: ServerFile = {
  hooks: [],
  registries: [],
  clusters: [],
  prometheus: [],
  sources: { allow: [], private: [], credentials: [], mirrors: [] },
};

/**
 * Reads the text of a `sluice.server.yaml`; it may be empty. Reports all problems at once, by place, and never quotes a
 * value.
 */
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
  const remarks = parsed.success ? twice(parsed.data) : explain(parsed.error.issues, read.value, schema);
  if (parsed.success && remarks.length === 0) return { ok: true, settings: parsed.data };
  return { ok: false, problems: remarks.map(read.locate).sort(byPlace) };
}

function explain(issues: readonly z.core.$ZodIssue[], value: unknown, schema: z.ZodType): readonly Remark[] {
  const page = "docs/server-settings.md";
  return explainIssues(issues, { value, schema: inputJsonSchema(schema), page, quotesValues: false });
}

/** Some messages of the YAML parser end with text from the file, which may be a secret. */
function withoutSource(problem: ConfigProblem): ConfigProblem {
  return { ...problem, message: problem.message.split(": ").slice(0, 2).join(": ") };
}

/** Two receivers cannot share an address, and a registry or a cluster has one entry. */
function twice({ hooks, registries, clusters, prometheus }: ServerFile): readonly Remark[] {
  return [
    ...repeated(hooks.map(({ name }) => name)).map((at) =>
      wrong(
        ["hooks", at, "name"],
        `\`hooks[${at}]\` has the same name as an earlier hook`,
        "Give each hook its own name.",
      ),
    ),
    ...repeated(registries.map(({ host }) => host)).map((at) =>
      wrong(
        ["registries", at, "host"],
        `\`registries[${at}]\` has the same host as an earlier entry`,
        "Keep one of the two.",
      ),
    ),
    ...repeated(clusters.map(({ name }) => name)).map((at) =>
      wrong(
        ["clusters", at, "name"],
        `\`clusters[${at}]\` has the same name as an earlier cluster`,
        "Give each cluster its own name.",
      ),
    ),
    ...repeated(prometheus.map(({ name }) => name)).map((at) =>
      wrong(
        ["prometheus", at, "name"],
        `\`prometheus[${at}]\` has the same name as an earlier entry`,
        "Give each Prometheus its own name.",
      ),
    ),
  ];
}

/** The indexes of texts that an earlier entry has too. */
function repeated(texts: readonly string[]): readonly number[] {
  return texts.flatMap((text, at) => (texts.indexOf(text) < at ? [at] : []));
}
