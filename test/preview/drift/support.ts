import type { Metrics } from "../../../src/model/observe.ts";
import type { Drift, Preview } from "../../../src/model/preview.ts";
import type { Renderer } from "../../../src/model/render.ts";
import { computePreview } from "../../../src/preview/compute.ts";
import { createRenderer } from "../../../src/render/renderer.ts";
import { patient, realEngine } from "../../render/support/engines.ts";
import { deployment, gitopsFiles } from "../../support/gitops.ts";
import { type FileChanges, memoryCommits } from "../../support/memory-commits.ts";

type Files = FileChanges;

export const stagingFile = "apps/web/overlays/staging/kustomization.yaml";
export const prodFile = "apps/web/overlays/prod/kustomization.yaml";
export const baseDeployment = "apps/web/base/deployment.yaml";

/** An overlay of `web` that sets the version of its image. */
export function overlay(environment: string, tag: string, more = ""): string {
  return `namespace: ${environment}\nresources:\n  - ../../base\nimages:\n  - name: ghcr.io/acme/web\n    newTag: ${tag}\n${more}`;
}

/** `web` in staging and prod, both at 1.3.0. */
export function alignedFiles(): Record<string, string> {
  return {
    ...gitopsFiles(),
    [baseDeployment]: deployment({ replicas: 2, cpu: "100m" }),
    [stagingFile]: overlay("staging", "1.3.0"),
    [prodFile]: overlay("prod", "1.3.0"),
  };
}

/** A repository that a test writes to and previews. */
export interface World {
  /** Commits on `main` and gives the commit. */
  land(files: Files, message?: string): string;
  /** Previews a commit on top of `from` (by default the tip of `main`) against `main`. */
  preview(files: Files, from?: string): Promise<Preview>;
  /** What the preview says of environments; one without a word on it fails the test. */
  drift(files: Files, from?: string): Promise<Drift>;
}

/** Worlds that share one engine. */
export interface Worlds {
  /** A world whose `main` has these files. */
  open(files?: Files): World;
  /** Renders that an engine ran, as opposed to those that were kept. */
  engineRuns(): number;
  close(): Promise<void>;
}

/** Starts no engine until something is rendered. */
export function openWorlds(): Worlds {
  let runs = 0;
  const onRender: Metrics["render"] = (_kind, source) => {
    if (source === "engine") runs += 1;
  };
  const renderer = createRenderer({ binary: realEngine(), limits: patient, workers: 1, onRender });
  return {
    open: (files = alignedFiles()) => worldOf(files, renderer),
    engineRuns: () => runs,
    close: () => renderer.close(),
  };
}

function worldOf(begin: Files, renderer: Renderer): World {
  const { repository, commit } = memoryCommits();
  const land: World["land"] = (files, message = "Change") => {
    const sha = commit(repository.branches.get("main"), files, message);
    repository.branches.set("main", sha);
    return sha;
  };
  land(begin, "Begin");
  const preview: World["preview"] = async (files, from = repository.branches.get("main")) => {
    const head = commit(from, files, "A pull request");
    const outcome = await computePreview(
      { repository, base: "main", head, fingerprintKey: new Uint8Array(32), signal: AbortSignal.timeout(600_000) },
      { renderer },
    );
    if (outcome.kind !== "preview") throw new Error(JSON.stringify(outcome.problems));
    return outcome.preview;
  };
  return {
    land,
    preview,
    async drift(files, from) {
      const { drift } = await preview(files, from);
      if (drift === undefined) throw new Error("the preview says nothing of environments");
      return drift;
    },
  };
}
