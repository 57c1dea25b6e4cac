import { z } from "zod";
import type { JsonObject } from "../../model/json.ts";

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** Where an object of Flux gets its files from. */
export const sourceReference = z.object({ kind: text, name: text, namespace: text });

/** A reference to a source. */
export type SourceReference = z.output<typeof sourceReference>;

function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((value) => value ?? []);
}

/** What is read of a `Kustomization`. */
export const kustomizationSchema = z.object({
  spec: z.object({
    path: text,
    sourceRef: sourceReference,
    prune: flag,
    suspend: flag,
    targetNamespace: text,
    kubeConfig: z.object({ secretRef: z.object({ name: text }).nullish() }).nullish(),
    postBuild: z.object({ substituteFrom: listOf(z.object({ kind: text, name: text, optional: flag })) }).nullish(),
  }),
});

/** A `Kustomization`, as far as it is read. */
export type Kustomization = z.output<typeof kustomizationSchema>;

const valuesReference = z.object({
  kind: text,
  name: text,
  valuesKey: text,
  targetPath: text,
  optional: flag,
  literal: flag,
});

/** One entry of `valuesFrom`. */
export type ValuesReference = z.output<typeof valuesReference>;

const chartSpec = z.object({ chart: text, version: text, sourceRef: sourceReference });

/** What is read of a `HelmRelease`. */
export const helmReleaseSchema = z.object({
  spec: z.object({
    chart: z.object({ spec: chartSpec }).nullish(),
    chartRef: sourceReference.nullish(),
    valuesFrom: listOf(valuesReference),
    suspend: flag,
    targetNamespace: text,
    kubeConfig: z.object({ secretRef: z.object({ name: text }).nullish() }).nullish(),
    driftDetection: z.object({ mode: text }).nullish(),
  }),
});

/** What is read of a `HelmChart`. */
export const helmChartSchema = z.object({ spec: chartSpec });

/** What is read of a `GitRepository`. */
export const gitRepositorySchema = z.object({
  spec: z.object({
    url: text,
    ref: z.object({ branch: text, tag: text, semver: text, name: text, commit: text }).nullish(),
    ignore: z.string().nullish(),
    recurseSubmodules: flag,
    include: listOf(z.json()),
  }),
});

/** A revision, as `GitRepository.spec.ref` has it. */
export type GitReference = NonNullable<z.output<typeof gitRepositorySchema>["spec"]["ref"]>;

/** What is read of an `OCIRepository`. */
export const ociRepositorySchema = z.object({
  spec: z.object({
    url: text,
    ref: z.object({ tag: text, semver: text, semverFilter: text, digest: text }).nullish(),
    ignore: z.string().nullish(),
  }),
});

const artifactCopy = z.object({ from: text, to: text, exclude: listOf(z.string()), strategy: text });

/** One entry of `copy` in an `ArtifactGenerator`. */
export type ArtifactCopy = z.output<typeof artifactCopy>;

/** What is read of an `ArtifactGenerator`. */
export const artifactGeneratorSchema = z.object({
  spec: z.object({
    sources: listOf(sourceReference.extend({ alias: text })),
    artifacts: listOf(z.object({ name: text, copy: listOf(artifactCopy) })),
  }),
});

/** An `ArtifactGenerator`, as far as it is read. */
export type ArtifactGenerator = z.output<typeof artifactGeneratorSchema>;

/** What is read of a `HelmRepository`. */
export const helmRepositorySchema = z.object({ spec: z.object({ url: text, type: text }) });

/** What is read of a `FluxInstance`. */
export const fluxInstanceSchema = z.object({
  spec: z.object({
    sync: z.object({ kind: text, url: text, ref: text, path: text, name: text, pullSecret: text }).nullish(),
    kustomize: z.object({ patches: listOf(jsonObject) }).nullish(),
  }),
});

/** What is read of a ConfigMap or a Secret: values that are no text are none. */
export const dataSchema = z.object({
  data: z.record(z.string(), z.json()).nullish(),
  stringData: z.record(z.string(), z.json()).nullish(),
  sops: z.json().optional(),
});

/** A `HelmRelease`, as far as it is read. */
export type HelmRelease = z.output<typeof helmReleaseSchema>;
