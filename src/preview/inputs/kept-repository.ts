import { LRUCache } from "lru-cache";
import { UserError } from "../../model/errors.ts";
import { canonicalJson } from "../../model/json.ts";
import { KeyedMutex } from "../../model/keyed-mutex.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { RenderSource, Trace } from "../../model/render.ts";
import { type RenderSpec, specText, type Target } from "../../model/target.ts";
import type { ChangedPath, Repository } from "../../model/tree.ts";
import { type PlanReads, planHolds, type ResolvedTargets, resolveTargets } from "../../targets/index.ts";
import { type NamedPathsMemo, staticTraces } from "./static-trace.ts";
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

/** Whether what a spec's render reads is the same at the base and at the head. */
export interface Inputs {
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
/** A base that differs in more paths from the one before begins anew. */
const maxChanged = 20_000;
const atOnce = 64;

/** What is kept of one repository: plans of targets, and what targets read at the base that was compared last. */
export class KeptRepository {
  readonly #turns = new KeyedMutex();
  readonly #index = new TraceIndex();
  readonly #named: NamedPathsMemo = new LRUCache<string, { readonly paths: readonly string[] | undefined }>({
    max: maxNamed,
  });
  /** Specs that nothing can be told of without their own trace. */
  #untold = new Set<string>();
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
    const inputs = await this.#turns.run("", () => this.#inputs(before.plan.targets, comparison));
    return { before, after, inputs };
  }

  async #planAt(moment: Moment, { repository, configText, reads }: Comparison): Promise<ResolvedTargets> {
    const asked = canonicalJson([configText ?? null, reads.repository.urls, reads.repository.branches]);
    const near = this.#plans.find((kept) => kept.asked === asked);
    const changed = near && (await changedSince(near.moment, moment, repository));
    const change = near && changed && { before: near.moment.source.tree, after: moment.source.tree, changed };
    const holds = near && change && (await planHolds(near.resolved.plan, change, reads.memo));
    const resolved = holds ? near.resolved : await resolveTargets(configText, moment.source, reads);
    const others = this.#plans.filter((kept) => kept.asked !== asked);
    this.#plans = [{ moment, asked, resolved }, ...others].slice(0, maxPlans);
    return resolved;
  }

  async #planAtHead(before: ResolvedTargets, comparison: Comparison): Promise<ResolvedTargets> {
    const { base, head, changed, configText, reads } = comparison;
    const change = { before: base.source.tree, after: head.source.tree, changed };
    if (await planHolds(before.plan, change, reads.memo)) return before;
    return resolveTargets(configText, head.source, reads);
  }

  async #inputs(targets: readonly Target[], { repository, base, head, changed }: Comparison): Promise<Inputs> {
    await this.#moveTo(base, repository);
    if (base.source.tree.oid !== head.source.tree.oid) await this.#tell(targets, base.source);
    const { exact, possible } = await this.#index.touched(changed, head.source.tree);
    const same = base.source.tree.oid === head.source.tree.oid;
    const told = new Set(
      targets.flatMap(({ render }) => (this.#index.has(specText(render)) ? [specText(render)] : [])),
    );
    return {
      of: (spec) => {
        const name = specText(spec);
        if (same) return "same";
        if (exact.has(name)) return "changed";
        return possible.has(name) || !told.has(name) ? "unknown" : "same";
      },
      learn: (spec, trace) => {
        if (this.#at?.source.tree.oid === base.source.tree.oid) this.#add(specText(spec), trace, true);
      },
    };
  }

  /** Makes what is kept hold in another base: what its changes touch is forgotten. */
  async #moveTo(base: Moment, repository: Comparison["repository"]): Promise<void> {
    const changed = this.#at && (await changedSince(this.#at, base, repository));
    if (changed === undefined) this.#index.clear();
    else if (changed.length > 0) {
      const { exact, possible } = await this.#index.touched(changed, base.source.tree);
      for (const name of exact.union(possible)) this.#index.remove(name);
    }
    if (changed?.length !== 0) this.#untold = new Set();
    this.#at = base;
  }

  /** Looks at what targets can read, of which that is not known yet. */
  async #tell(targets: readonly Target[], source: RenderSource): Promise<void> {
    const open = new Map<string, RenderSpec>();
    for (const { render } of targets) {
      const name = specText(render);
      if (!this.#index.has(name) && !this.#untold.has(name)) open.set(name, render);
    }
    if (open.size === 0) return;
    const traces = staticTraces(source, this.#named);
    await mapLimit([...open], atOnce, async ([name, spec]) => {
      const trace = await traces.of(spec);
      if (trace === undefined) this.#untold.add(name);
      else this.#add(name, trace, false);
    });
  }

  #add(name: string, trace: Trace, isExact: boolean): void {
    if (this.#index.lookups + trace.length <= maxLookups) this.#index.add(name, trace, isExact);
    else if (!isExact) this.#untold.add(name);
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
