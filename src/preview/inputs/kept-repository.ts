import { LRUCache } from "lru-cache";
import { UserError } from "../../model/errors.ts";
import { canonicalJson } from "../../model/json.ts";
import { KeyedMutex } from "../../model/keyed-mutex.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { RenderSource, Trace } from "../../model/render.ts";
import { type RenderSpec, specText } from "../../model/target.ts";
import type { TargetPlan } from "../../model/target-plan.ts";
import type { ChangedPath, Repository } from "../../model/tree.ts";
import { type PlanReads, planHolds, type ResolvedTargets, resolveTargets } from "../../targets/index.ts";
import type { NamedPathsMemo } from "./static-steps.ts";
import { staticTraces } from "./static-trace.ts";
import { TraceIndex } from "./trace-index.ts";

/** One side of a comparison. */
export interface Moment {
  readonly commit: string;
  readonly source: RenderSource;
}

/** Two commits of a repository, and by which configuration their targets are found. */
export interface Comparison {
  readonly repository: Pick<Repository, "changedPaths">;
  readonly base: Moment;
  readonly head: Moment;
  /** What differs between the two. */
  readonly changed: readonly ChangedPath[];
  readonly configText: string | undefined;
  readonly reads: PlanReads;
}

/** Whether what a render reads is the same at the base and at the head, for the specs of the base. */
export interface Inputs {
  /** The texts of those specs of which that is not sure. */
  readonly touched: ReadonlySet<string>;
  /** `unknown`: that takes a look at its own trace. */
  of(spec: RenderSpec): "same" | "changed" | "unknown";
  /** Keeps the trace of a spec at the base. */
  learn(spec: RenderSpec, trace: Trace): void;
}

/** What a comparison begins with. */
export interface Prepared {
  readonly before: ResolvedTargets;
  /** The same object as `before` where the change cannot have changed it. */
  readonly after: ResolvedTargets;
  readonly inputs: Inputs;
}

const allSame: Inputs = { touched: new Set(), of: () => "same", learn: () => undefined };

interface KeptPlan {
  readonly moment: Moment;
  /** The configuration, and what the repository goes by. */
  readonly asked: string;
  readonly resolved: ResolvedTargets;
}

const maxPlans = 4;
/** Lookups that are kept of one repository. */
const maxLookups = 600_000;
const maxNamed = 50_000;
/** With more paths than this that differ from the base before, nothing of it is used. */
const maxChanged = 20_000;
const atOnce = 64;

/** What is kept of one repository: plans of targets, and what targets read at the base that was compared last. */
export class KeptRepository {
  readonly #turns = new KeyedMutex();
  readonly #index = new TraceIndex();
  readonly #named: NamedPathsMemo = new LRUCache<string, { readonly paths: readonly string[] | undefined }>({
    // With `max` it would make room for all of them at once, which a run of the command line has no use for.
    ...{ maxSize: maxNamed, sizeCalculation: () => 1 },
  });
  /** Specs that nothing is known of without their own trace. */
  #untold = new Set<string>();
  /** Plans whose specs are all told or untold, but for those that are open again. */
  #plansTold = new WeakSet<TargetPlan>();
  readonly #open = new Map<string, RenderSpec>();
  readonly #specs = new Map<string, RenderSpec>();
  #at: Moment | undefined;
  #plans: readonly KeptPlan[] = [];

  /** How many lookups are kept. */
  get lookups(): number {
    return this.#index.lookups;
  }

  /** The targets on both sides, and which of them the change can have touched. */
  async prepare(comparison: Comparison): Promise<Prepared> {
    const before = await this.#planAt(comparison.base, comparison);
    const after = await this.#planAtHead(before, comparison);
    const inputs = await this.#turns.run("", () => this.#inputs(before.plan, comparison));
    return { before, after, inputs };
  }

  async #planAt(moment: Moment, { repository, configText, reads }: Comparison): Promise<ResolvedTargets> {
    const asked = canonicalJson([configText ?? null, reads.repository.urls, reads.repository.branches]);
    const near = this.#plans.find((kept) => kept.asked === asked);
    const changed = near && (await changedSince(near.moment, moment, repository));
    const change = near && changed && { before: near.moment.source.tree, after: moment.source, changed };
    // What moves, or could not be fetched, is asked for again.
    const isSteady = near?.resolved.plan.madeFrom?.isSteady !== false;
    const holds = near && change && isSteady && (await planHolds(near.resolved.plan, change, reads));
    const resolved = holds ? near.resolved : await resolveTargets(configText, moment.source, reads);
    const others = this.#plans.filter((kept) => kept.asked !== asked);
    this.#plans = [{ moment, asked, resolved }, ...others].slice(0, maxPlans);
    return resolved;
  }

  async #planAtHead(before: ResolvedTargets, comparison: Comparison): Promise<ResolvedTargets> {
    const { base, head, changed, configText, reads } = comparison;
    const change = { before: base.source.tree, after: head.source, changed };
    if (await planHolds(before.plan, change, reads)) return before;
    return resolveTargets(configText, head.source, reads);
  }

  async #inputs(plan: TargetPlan, { repository, base, head, changed }: Comparison): Promise<Inputs> {
    await this.#moveTo(base, repository);
    if (base.source.tree.oid === head.source.tree.oid) return allSame;
    await this.#tell(plan, base.source);
    const { exact, possible } = await this.#index.touched(changed, head.source.tree);
    const undecided = possible.union(this.#untold);
    return {
      touched: exact.union(undecided),
      of: (spec) => {
        const name = specText(spec);
        if (exact.has(name)) return "changed";
        // A target that only the head has may be compared with what its files gave before: nothing is known of that.
        return undecided.has(name) || !this.#index.has(name) ? "unknown" : "same";
      },
      learn: (spec, trace) => {
        if (this.#at?.source.tree.oid === base.source.tree.oid) this.#add(specText(spec), trace, true);
      },
    };
  }

  /** Makes what is kept hold in another base: what its changes touch is looked at again. */
  async #moveTo(base: Moment, repository: Comparison["repository"]): Promise<void> {
    const changed = this.#at && (await changedSince(this.#at, base, repository));
    if (changed === undefined) this.#clear();
    else if (changed.length > 0) {
      const { exact, possible } = await this.#index.touched(changed, base.source.tree);
      for (const name of [...exact, ...possible, ...this.#untold]) this.#forget(name);
    }
    this.#at = base;
  }

  #forget(name: string): void {
    const spec = this.#specs.get(name);
    this.#index.remove(name);
    this.#untold.delete(name);
    if (spec !== undefined) this.#open.set(name, spec);
  }

  #clear(): void {
    this.#index.clear();
    this.#specs.clear();
    this.#open.clear();
    this.#untold = new Set();
    this.#plansTold = new WeakSet();
  }

  /** Looks at what targets can read, of which that is not known yet. */
  async #tell(plan: TargetPlan, source: RenderSource): Promise<void> {
    if (!this.#plansTold.has(plan)) {
      for (const { render } of plan.targets) {
        const name = specText(render);
        if (!this.#index.has(name) && !this.#untold.has(name)) this.#open.set(name, render);
      }
    }
    const traces = staticTraces(source, this.#named);
    await mapLimit([...this.#open], atOnce, async ([name, spec]) => {
      const trace = await traces.of(spec);
      this.#specs.set(name, spec);
      if (trace === undefined) this.#untold.add(name);
      else this.#add(name, trace, false);
      this.#open.delete(name);
    });
    this.#plansTold.add(plan);
  }

  #add(name: string, trace: Trace, isExact: boolean): void {
    if (this.#index.lookups + trace.length > maxLookups) {
      if (!isExact) this.#untold.add(name);
      return;
    }
    this.#index.add(name, trace, isExact);
    this.#untold.delete(name);
  }
}

/** What differs between two moments; `undefined` where that is too much, or the first one is gone. */
async function changedSince(
  from: Moment,
  to: Moment,
  repository: Comparison["repository"],
): Promise<readonly ChangedPath[] | undefined> {
  if (from.source.tree.oid === to.source.tree.oid) return [];
  try {
    const changed = await repository.changedPaths(from.commit, to.commit);
    return changed.length > maxChanged ? undefined : changed;
  } catch (error) {
    if (error instanceof UserError && error.kind === "not-found") return undefined;
    throw error;
  }
}
