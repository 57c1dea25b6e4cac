import { overlay } from "../edit/overlay.ts";
import { UserError } from "../model/errors.ts";
import type { LineEdit, PromotionPlan, TargetPromotion, VersionChange } from "../model/promotion.ts";
import type { Render, Renderer, RenderSource } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import type { Repository, TreeChange } from "../model/tree.ts";
import { already, assemblePlan, doesNotRender, planned, refusedBy, unexplained, wouldTouch } from "./plan.ts";
import { prove } from "./proof.ts";
import type { PromotionPair } from "./resolve.ts";
import { type FileChange, fileChanges, lineEditsOf } from "./strategies/file-changes.ts";
import { strategyOf } from "./strategies/index.ts";
import { includes } from "./strategies/own.ts";
import { openReaders, type Readers } from "./strategies/readers.ts";
import type { Side, StrategyPlan } from "./strategies/strategy.ts";
import { count, listed } from "./strategies/words.ts";
import { changedImages } from "./versions.ts";

/** What is to be carried where. */
export interface PromotionInput {
  readonly repository: Repository;
  /** The commit whose files are edited. */
  readonly base: string;
  /** Where the versions are read. */
  readonly sourceCommit: string;
  readonly pairs: readonly PromotionPair[];
  readonly from: string;
  readonly to: string;
  /** Every target of the repository at the base: none of the others may change. */
  readonly allTargets: readonly Target[];
  readonly renderer: Renderer;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: PromotionProgress) => void;
}

/** How far a plan has come. */
export interface PromotionProgress {
  readonly phase: "plan" | "readers";
  readonly done: number;
  readonly total: number;
}

/** A target's renders at the base, and with the whole plan carried out. */
export interface BeforeAndAfter {
  readonly before: Render;
  readonly after: Render;
}

/** A plan with everything that carries it out. */
export interface ComputedPromotion {
  readonly plan: PromotionPlan;
  /** Of the files at the base; sorted by path. */
  readonly changes: readonly TreeChange[];
  /** The root tree of the base with the changes applied. */
  readonly tree: string;
  /** By app; planned targets only. */
  readonly renders: ReadonlyMap<string, BeforeAndAfter>;
  /** Apps of planned targets whose render does not change at all. */
  readonly unchanged: readonly string[];
}

/** How many targets are worked on at once; the renderer has its own bound. */
const atOnce = 16;

/** How many changed lines of whole files a target lists. */
const mostLines = 500;

/**
 * Plans a promotion, proves it by rendering, and says what it does. A target that cannot be planned is refused with the reason and leaves the others alone. Rejects with the ports' errors
 * and when `signal` aborts. The same input gives the same plan.
 */
export async function computePromotion(input: PromotionInput): Promise<ComputedPromotion> {
  const { repository, renderer, signal, onProgress } = input;
  const [source, base] = await Promise.all([
    sourceAt(repository, input.sourceCommit),
    sourceAt(repository, input.base),
  ]);
  const readers = openReaders({
    targets: input.allTargets,
    renderer,
    base,
    signal,
    onProgress: (done, total) => onProgress?.({ phase: "readers", done, total }),
  });
  const work: Work = { source, base, renderer, signal, readers };
  let done = 0;
  const computed = await eachOf(input.pairs, atOnce, async (pair) => {
    const result = await computeTarget(pair, work);
    done += 1;
    onProgress?.({ phase: "plan", done, total: input.pairs.length });
    return result;
  });
  return conclude(input, work, computed);
}

interface Work {
  readonly source: RenderSource;
  readonly base: RenderSource;
  readonly renderer: Renderer;
  readonly signal: AbortSignal;
  readonly readers: Readers;
}

interface ComputedTarget {
  readonly pair: PromotionPair;
  readonly result: TargetPromotion;
  readonly changes: readonly TreeChange[];
  readonly renders?: BeforeAndAfter;
}

async function sourceAt(repository: Repository, commit: string): Promise<RenderSource> {
  return { tree: await repository.tree(commit), objects: repository.objects };
}

async function computeTarget(pair: PromotionPair, work: Work): Promise<ComputedTarget> {
  let wished: StrategyPlan["versions"] = [];
  try {
    const [source, target] = await Promise.all([
      sideAt(pair.source, work.source, work),
      sideAt(pair.target, work.base, work),
    ]);
    const wish = await strategyOf(pair.settings.strategy)({ pair, source, target, readers: work.readers });
    wished = wish.versions;
    const { changes } = wish;
    if (changes.length === 0) return { pair, result: already(pair.target, wish.notes), changes };
    const proven = await carryOut(target, wish, work);
    const result = planned(pair.target, {
      images: [...wish.versions, ...proven.images],
      edits: proven.edits,
      notes: [...wish.notes, ...proven.notes],
    });
    return { pair, result, changes, renders: proven.renders };
  } catch (error) {
    work.signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return { pair, result: refusedBy(pair.target, error, wished), changes: [] };
  }
}

async function sideAt(target: Target, at: RenderSource, { renderer, signal }: Work): Promise<Side> {
  const render = await renderer.render(target.render, at, signal);
  if (!render.ok) throw doesNotRender(`${target.id} does not render`, render.failure);
  return { target, at, render };
}

interface Proven {
  readonly renders: BeforeAndAfter;
  /** Images that change with whole files. */
  readonly images: readonly VersionChange[];
  readonly edits: readonly LineEdit[];
  readonly notes: readonly string[];
}

/** Renders the target with the changes, holds that to what was planned, and looks at everybody else who reads what changes. */
async function carryOut({ target, render: before }: Side, wish: StrategyPlan, work: Work): Promise<Proven> {
  const at = await overlay(work.base, wish.changes);
  const after = await work.renderer.render(target.render, at, work.signal);
  if (!after.ok) throw doesNotRender(`with the new version ${target.id} would not render`, after.failure);
  const files = await fileChanges(work.base.tree, at.tree, [...new Set(wish.changes.map(({ path }) => path))]);
  const others = await othersOf(target, files, at, work);
  const proof = wish.expected && prove(before.resources(), after.resources(), wish.expected);
  if (proof !== undefined && proof.unexplained.length > 0) throw unexplained(proof.unexplained);
  const edits = await lineEditsOf(work.base.tree, at.tree, files, mostLines + 1);
  return {
    renders: { before, after },
    images: wish.expected === undefined ? changedImages(before.resources(), after.resources()) : [],
    edits: edits.slice(0, mostLines),
    notes: [
      ...others,
      ...(edits.length > mostLines
        ? [`More than ${mostLines} lines change in ${count(files.length, "file")}; the first are listed.`]
        : []),
      ...(proof !== undefined && wish.expected?.beyond !== "nothing" && proof.others > 0
        ? [`${count(proof.others, "other field")} of the render change${proof.others === 1 ? "s" : ""} with it.`]
        : []),
    ],
  };
}

/**
 * Looks at the other targets that read what changes. Those that include this one's own folder and are in its environment change with it, which is said; any other one must render as
 * before.
 */
async function othersOf(
  target: Target,
  files: readonly FileChange[],
  at: RenderSource,
  { readers, renderer, base, signal }: Work,
): Promise<readonly string[]> {
  const paths = files.map(({ path }) => path);
  const touched = (await readers.touched(paths, at.tree)).filter(({ id }) => id !== target.id);
  const changed: Target[] = [];
  for (const other of touched) {
    const [before, after] = await Promise.all([
      renderer.render(other.render, base, signal),
      renderer.render(other.render, at, signal),
    ]);
    if (before.digest !== after.digest) changed.push(other);
  }
  const strangers = changed.filter((other) => !includes(other, target));
  if (strangers.length > 0) throw wouldTouch(paths, strangers);
  if (changed.length === 0) return [];
  const ids = listed(changed.map(({ id }) => id));
  return [
    `${ids} include${changed.length === 1 ? "s" : ""} \`${target.render.path}\` and change${changed.length === 1 ? "s" : ""} with it.`,
  ];
}

/** Puts the plan together. What all changes come to in one tree is rendered again only where another one's change plays into it. */
async function conclude(
  input: PromotionInput,
  work: Work,
  computed: readonly ComputedTarget[],
): Promise<ComputedPromotion> {
  const changes = computed
    .flatMap((one) => one.changes)
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const at = changes.length === 0 ? work.base : await overlay(work.base, changes);
  const renders = new Map<string, BeforeAndAfter>();
  for (const { pair, renders: own } of computed) {
    if (own === undefined) continue;
    const after = await work.renderer.render(pair.target.render, at, work.signal);
    renders.set(pair.app, { before: own.before, after: after.digest === own.after.digest ? own.after : after });
  }
  const targets = computed.map(({ result }) => result);
  return {
    plan: assemblePlan({ from: input.from, to: input.to, commit: input.sourceCommit }, targets),
    changes,
    tree: at.tree.oid,
    renders,
    unchanged: [...renders].flatMap(([app, { before, after }]) => (before.digest === after.digest ? [app] : [])),
  };
}

/** Maps a list with at most `most` at a time; the results are in the list's order. After a failure nothing more is begun. */
async function eachOf<T, R>(list: readonly T[], most: number, map: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const left = [...list.entries()].reverse();
  const worker = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [index, item] = next;
      try {
        results[index] = await map(item);
      } catch (error) {
        left.length = 0;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}
