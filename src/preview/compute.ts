import type { ScanMemo } from "../discovery/index.ts";
import { breathe } from "../model/breathe.ts";
import { mapLimit } from "../model/map-limit.ts";
import type { Renderer, RenderSource } from "../model/render.ts";
import type { Sources } from "../model/sources.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import type { Repository } from "../model/tree.ts";
import { type PlanReads, type RepositoryIdentity, resolveTargets } from "../targets/index.ts";
import { type ComparedTarget, type ComparedTrees, previewPair } from "./affected.ts";
import { assemble } from "./assemble.ts";
import { Budget } from "./budget.ts";
import { withoutPhantoms } from "./discovered.ts";
import { findDrift } from "./drift/find-drift.ts";
import { readHeadConfig } from "./head-config.ts";
import { joinMoved } from "./moved.ts";
import { type Commits, type PreviewOutcome, readConfig } from "./outcome.ts";
import { pairTargets } from "./plan.ts";
import { againRenderer } from "./random.ts";

/** What is compared, and how. */
export interface PreviewRequest {
  readonly repository: Repository;
  /** Revisions; the configuration is read from `base`. */
  readonly base: string;
  readonly head: string;
  /** Used instead of the base's `.sluice.yaml`. */
  readonly configText?: string;
  /** Key of the fingerprints that stand for secret values. */
  readonly fingerprintKey: Uint8Array;
  /** How much may be held at once; see `previewBytes`, the default. */
  readonly maxBytes?: number;
  /** What the repository goes by in objects of controllers. Absent: nothing of it is known. */
  readonly identity?: RepositoryIdentity;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: PreviewProgress) => void;
}

/** Targets under way: more than there are engines, so that none of them waits for a target. */
const atOnce = 64;

/** How far a preview has come: targets done of those that there are. */
export interface PreviewProgress {
  readonly phase: "targets" | "render";
  readonly done: number;
  readonly total: number;
}

/** What a comparison reads through. */
export interface PreviewReads {
  readonly renderer: Renderer;
  /** What is remote of what controllers read. */
  readonly sources?: Sources;
  /** Keeps what discovery learns of files, for the next preview of the same process. */
  readonly memo?: ScanMemo;
}

/**
 * Compares the renders of every target at the merge base and at the head. Only what a change can have touched is
 * rendered; see docs/ARCHITECTURE.md. Rejects with the ports' errors and when `signal` aborts; a broken configuration
 * and targets that do not render are results.
 */
export async function computePreview(request: PreviewRequest, ports: PreviewReads): Promise<PreviewOutcome> {
  const commits = await findCommits(request);
  const trees = await openTrees(request.repository, commits);
  const configText = request.configText ?? (await readConfig(trees.tip.tree));
  const reads = readsOf(request, ports);
  const [before, after] = await Promise.all([
    resolveTargets(configText, trees.base, reads),
    resolveTargets(configText, trees.head, reads),
  ]);
  const broken = after.problems.filter((problem) => problem.severity === "error");
  if (broken.length > 0) return { kind: "config", commits, problems: broken };
  const { repository, fingerprintKey, signal } = request;
  const { plan, config } = after;
  const budget = new Budget(request.maxBytes);
  const compared = joinMoved(await compareAll(request, ports.renderer, trees, before.plan, plan, budget));
  const { ignore = [], exclude = [] } = config?.preview ?? {};
  const preview = await assemble({
    ...{ commits, compared, trees, plan, fingerprintKey, ignore, exclude },
    ...{ budget, again: againRenderer(ports.renderer, trees, signal) },
    changed: await repository.changedPaths(commits.mergeBase, commits.head),
    warnings: after.problems,
    headConfig: request.configText === undefined ? await readHeadConfig(trees, reads) : undefined,
  });
  const drift = await findDrift({
    ...{ repository, compared, trees, plan, config, fingerprintKey, ignore, signal },
    renderer: ports.renderer,
    base: commits.base,
    targets: preview.targets,
  });
  const comment = config?.preview.comment ?? "changes";
  return { kind: "preview", commits, comment, preview: drift === undefined ? preview : { ...preview, drift } };
}

function readsOf({ identity, signal }: PreviewRequest, ports: PreviewReads): PlanReads {
  return { ...ports, repository: identity ?? { urls: [], branches: [] }, signal };
}

async function openTrees(repository: Repository, { mergeBase, head, base }: Commits): Promise<ComparedTrees> {
  const source = async (commit: string): Promise<RenderSource> => {
    return { tree: await repository.tree(commit), objects: repository.objects };
  };
  const [atMergeBase, atHead, atTip] = await Promise.all([source(mergeBase), source(head), source(base)]);
  return { base: atMergeBase, head: atHead, tip: atTip };
}

async function findCommits(request: PreviewRequest): Promise<Commits> {
  const [base, head] = await Promise.all([
    request.repository.resolve(request.base),
    request.repository.resolve(request.head),
  ]);
  const mergeBase = await request.repository.mergeBase(base, head);
  return { base, head, mergeBase: mergeBase ?? base, unrelated: mergeBase === undefined };
}

async function compareAll(
  request: PreviewRequest,
  renderer: Renderer,
  trees: ComparedTrees,
  before: TargetPlan,
  after: TargetPlan,
  budget: Budget,
): Promise<readonly ComparedTarget[]> {
  const all = pairTargets(before.targets, after.targets);
  const pairs = after.source === "discovered" ? await withoutPhantoms(all, trees) : all;
  let done = 0;
  request.onProgress?.({ phase: "targets", done, total: pairs.length });
  return mapLimit(pairs, atOnce, async (pair) => {
    const result = await previewPair(pair, renderer, trees, request.signal, budget);
    done += 1;
    request.onProgress?.({ phase: "render", done, total: pairs.length });
    // Those that were rendered before wait for nothing.
    await breathe();
    return result;
  });
}
