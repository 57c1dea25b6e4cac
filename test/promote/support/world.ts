import { onTestFinished } from "vitest";
import { type LocalRepository, openRepository } from "../../../src/git/repository.ts";
import type { TargetPromotion } from "../../../src/model/promotion.ts";
import type { Renderer } from "../../../src/model/render.ts";
import type { TreeChange } from "../../../src/model/tree.ts";
import { type ComputedPromotion, computePromotion } from "../../../src/promote/compute.ts";
import { resolvePromotion } from "../../../src/promote/resolve.ts";
import { sharedRenderer } from "../../render/support/engines.ts";
import { launcher } from "../../support/launcher.ts";
import { planReads } from "../../support/plan-reads.ts";
import { type TempGit, tempGit } from "../../support/temp-git.ts";

/** A real repository that promotions are planned in. */
export interface World {
  readonly temp: TempGit;
  readonly repository: LocalRepository;
  readonly renderer: Renderer;
  /** Plans a promotion at `HEAD`; versions are read there too, or at `commit`. */
  promote(wish?: {
    readonly to?: string;
    readonly apps?: readonly string[];
    readonly commit?: string;
  }): Promise<ComputedPromotion>;
}

/** A repository with these files as its first commit. It is removed when the test is over. */
export function world(files: Readonly<Record<string, string>>): World {
  const temp = tempGit();
  temp.commit(files, "Begin");
  const repository = openRepository(temp.dir, { start: launcher.start });
  onTestFinished(async () => {
    await repository.close();
    temp.remove();
  });
  const renderer = sharedRenderer();
  return {
    temp,
    repository,
    renderer,
    async promote({ to = "prod", apps = [], commit } = {}) {
      const base = await repository.resolve("HEAD");
      const { from, plan, pairs } = await resolvePromotion({ repository, base, to, apps, reads: planReads() });
      return computePromotion({
        repository,
        base,
        sourceCommit: commit ?? base,
        pairs,
        from,
        to,
        allTargets: plan.targets,
        renderer,
        signal: AbortSignal.timeout(600_000),
      });
    },
  };
}

/** The only target of a plan. */
export function only({ plan }: ComputedPromotion): TargetPromotion {
  const [target, ...more] = plan.targets;
  if (target === undefined || more.length > 0) throw new Error(`${plan.targets.length} targets`);
  return target;
}

/** The text of a file as a plan writes it. */
export function written({ changes }: { readonly changes: readonly TreeChange[] }, path: string): string | undefined {
  const change = changes.find((one) => one.path === path);
  return change?.kind === "write" ? new TextDecoder().decode(change.bytes) : undefined;
}

/** A `.sluice.yaml` of staging and prod. `prod` is added to prod's entry, as lines without indentation. */
export function config(path: string, prod: readonly string[] = []): string {
  const lines = prod.map((line) => `    ${line}\n`).join("");
  return `version: 1
environments:
  - name: staging
    path: ${path.replaceAll("ENV", "staging")}
  - name: prod
    path: ${path.replaceAll("ENV", "prod")}
    from: staging
${lines}`;
}

/** A Deployment with one container for each image. */
export function deployment(name: string, ...images: readonly string[]): string {
  const containers = images.map((image, index) => `        - name: c${index}\n          image: ${image}\n`);
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
${containers.join("")}`;
}
