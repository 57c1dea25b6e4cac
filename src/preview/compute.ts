import type { ScanMemo } from "../discovery/index.ts";
import { breathe } from "../model/breathe.ts";
import { policyOfTree } from "../model/fetch-policy.ts";
import { mapLimit } from "../model/map-limit.ts";
import type { Renderer, RenderSource } from "../model/render.ts";
import type { Sources } from "../model/sources.ts";
import type { Repository } from "../model/tree.ts";
import type { PlanReads, RepositoryIdentity } from "../targets/index.ts";
import { type ComparedTarget, type ComparedTrees, previewPair } from "./affected.ts";
import { assemble } from "./assemble.ts";
import { Budget } from "./budget.ts";
import { findDrift } from "./drift/find-drift.ts";
import { readHeadConfig } from "./head-config.ts";
import { KeptPreviews } from "./inputs/kept-previews.ts";
import type { Prepared } from "./inputs/kept-repository.ts";
import { joinMoved } from "./moved.ts";
import { openPairs } from "./open-pairs.ts";
import { type Commits, type PreviewOutcome, readConfig } from "./outcome.ts";
import { possibleParents } from "./possible-parents.ts";
import { againRenderer } from "./random.ts";
import { withoutUnknown } from "./unknown.ts";

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
  /** Keeps the targets of a base and what they read, for the same. */
  readonly kept?: KeptPreviews;
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
  const changed = await request.repository.changedPaths(commits.mergeBase, commits.head);
  const { kept = new KeptPreviews() } = ports;
  const prepared = await kept.with(request.repository, (repository) =>
    repository.prepare({
      ...{ repository: request.repository, changed, configText, reads },
      base: { commit: commits.mergeBase, source: trees.base },
      head: { commit: commits.head, source: trees.head },
    }),
  );
  const { after } = prepared;
  const broken = after.problems.filter((problem) => problem.severity === "error");
  if (broken.length > 0) return { kind: "config", commits, problems: broken };
  const { repository, fingerprintKey, signal } = request;
  const { plan, config } = after;
  const budget = new Budget(request.maxBytes);
  const all = joinMoved(await compareAll(request, ports.renderer, trees, prepared, budget));
  const { compared, unknown } = withoutUnknown(all, await possibleParents(all, changed, trees.head));
  const { ignore = [], exclude = [] } = config?.preview ?? {};
  const preview = await assemble({
    ...{ commits, compared, unknown, trees, plan, fingerprintKey, ignore, exclude },
    ...{ budget, again: againRenderer(ports.renderer, trees, signal) },
    fetched: ports.sources?.objects,
    changed,
    warnings: after.problems,
    warningsBefore: prepared.before.problems,
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
  return { base: atMergeBase, head: { ...atHead, policy: policyOfTree(atTip.tree) }, tip: atTip };
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
  { signal, onProgress }: PreviewRequest,
  renderer: Renderer,
  trees: ComparedTrees,
  prepared: Prepared,
  budget: Budget,
): Promise<readonly ComparedTarget[]> {
  const { inputs } = prepared;
  const { compared, open } = await openPairs(prepared, trees);
  let done = compared.length - open.length;
  onProgress?.({ phase: "targets", done, total: compared.length });
  await mapLimit(open, atOnce, async ({ pair, index, moves }) => {
    const result = await previewPair(pair, { renderer, trees, inputs, signal }, budget);
    const before = pair.base === undefined ? {} : { before: pair.base };
    compared[index] = moves === undefined ? result : { ...before, ...result, moves };
    done += 1;
    onProgress?.({ phase: "render", done, total: compared.length });
    // Those that were rendered before wait for nothing.
    await breathe();
  });
  return compared;
}
