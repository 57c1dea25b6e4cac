import { UserError } from "../model/errors.ts";
import type { GitHub, PullRequest } from "../model/github.ts";
import { mapLimit } from "../model/map-limit.ts";
import { isAtOrBelow } from "../model/paths.ts";
import type { Renderer, RenderSource } from "../model/render.ts";
import type { RenderSpec, Target } from "../model/target.ts";
import { sentenceList, thousands } from "../model/text/lists.ts";
import { inert } from "../model/text/markdown.ts";
import type { Repository } from "../model/tree.ts";
import { type PlanReads, resolveTargets } from "../targets/index.ts";
import { readConfig } from "./outcome.ts";
import { isReached, reachOf } from "./reach.ts";

/** What names the places of a pull request of which nothing is fetched. */
export interface ForkReads {
  readonly github: Pick<GitHub, "changedFiles">;
  readonly renderer: Pick<Renderer, "known">;
  /** What the plan of targets needs. */
  readonly plan: PlanReads;
  /** The repository, with its base branch and nothing of the fork. */
  open(base: string): Promise<Repository>;
}

/** Targets that are looked at at once. */
const atOnce = 16;

/** The targets of the base branch whose files a pull request from a fork changes by GitHub's list, production first. */
export async function touchedByFork(pull: PullRequest, reads: ForkReads): Promise<readonly Target[]> {
  try {
    const base = `refs/heads/${pull.base.ref}`;
    const repository = await reads.open(base);
    const source = { tree: await repository.tree(await repository.resolve(base)), objects: repository.objects };
    const { plan } = await resolveTargets(await readConfig(source.tree), source, reads.plan);
    if (plan.targets.length === 0) return [];
    const files = await reads.github.changedFiles(pull.number);
    const touched = await mapLimit(plan.targets, atOnce, async ({ render }) => {
      const isRead = await inputsOf(render, source, reads.renderer);
      return files.some((file) => isAtOrBelow(file, render.path) || isRead(file));
    });
    return plan.targets.filter((_, index) => touched[index]).toReversed();
  } catch (error) {
    // The sentence is no more than a help: the pull request gets its answer without it.
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** Where no render is known yet, all that the target's files name counts. */
async function inputsOf(
  render: RenderSpec,
  source: RenderSource,
  renderer: ForkReads["renderer"],
): Promise<(file: string) => boolean> {
  const trace = await renderer.known(render, source);
  if (trace === undefined) {
    const reached = await reachOf(render, source);
    return (file) => isReached(file, reached);
  }
  const read = new Set(trace.map(([path]) => path));
  return (file) => read.has(file);
}

const maxApps = 3;

/** `It changes files of **webapp** in prod and staging.` */
export function touchedText(targets: readonly Target[]): string {
  const apps = [...Map.groupBy(targets, ({ app }) => app)];
  if (apps.length === 0) return "";
  const names = apps.slice(0, maxApps).map(([app, own]) => {
    const environments = own.map(({ environment }) => environment).filter((name) => name !== "default");
    const where = environments.length === 0 ? "" : ` in ${sentenceList(environments.map(inert), 4)}`;
    return `**${inert(app)}**${where}`;
  });
  const more = apps.length > maxApps ? [`${thousands(apps.length - maxApps)} more apps`] : [];
  return `It changes files of ${sentenceList([...names, ...more])}. `;
}
