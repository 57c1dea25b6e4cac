import { argoCdFollower, type EntryCandidate, type Follower, fileSpec, fluxFollower } from "../../discovery/index.ts";
import { parentPath } from "../../model/paths.ts";
import type { Render, RenderSource } from "../../model/render.ts";
import type { FetchPolicy, MovingSource } from "../../model/sources.ts";
import { type FolderSpec, type RenderSpec, specText } from "../../model/target.ts";
import type { PlanReads } from "../reads.ts";
import type { ClusterStandIn } from "./clusters.ts";
import { clusterAt, standInOf } from "./clusters.ts";
import { clusterOf, firstEntries } from "./entries.ts";
import { keyOf, knownObject } from "./objects.ts";
import { Pins } from "./pins.ts";
import { ClusterWalk } from "./walk.ts";

const followers: readonly Follower[] = [argoCdFollower, fluxFollower];

/** What the controllers of a tree read. */
export interface Survey {
  readonly clusters: readonly ClusterWalk[];
  /** The renders that were looked into, by the text of their spec. */
  readonly renders: ReadonlyMap<string, Promise<Render>>;
  /** Sources that may be something else tomorrow. */
  readonly moving: readonly MovingSource[];
  /** The entries that no render of a cluster contains: people apply them. */
  readonly applied: readonly { readonly cluster: ClusterWalk; readonly spec: FolderSpec }[];
}

/** Walks all clusters of a tree: the surest entries first, then those that no render has read by then. */
export async function surveyControllers(
  candidates: readonly EntryCandidate[],
  source: RenderSource,
  reads: PlanReads,
  standIns: readonly ClusterStandIn[],
): Promise<Survey> {
  const surveyor = new Surveyor(source, reads, standIns);
  for (let left = candidates; left.length > 0; ) {
    const first = firstEntries(left);
    await surveyor.enter(first);
    left = await surveyor.unread(left.filter((one) => !first.includes(one)));
  }
  return surveyor.survey();
}

/** Fetching of what the base branch has is not asked about. */
const trusted: FetchPolicy = { mayFetch: async () => true };

class Surveyor {
  readonly #reads: PlanReads;
  readonly #source: RenderSource;
  readonly #standIns: readonly ClusterStandIn[];
  readonly #pins: Pins;
  readonly #clusters = new Map<string, ClusterWalk>();
  readonly #declared = new Map<ClusterWalk, Set<string>>();
  readonly #renders = new Map<string, Promise<Render>>();
  readonly #entries: { readonly cluster: ClusterWalk; readonly spec: FolderSpec; readonly files: readonly string[] }[] =
    [];

  constructor(source: RenderSource, reads: PlanReads, standIns: readonly ClusterStandIn[]) {
    this.#source = source;
    this.#reads = reads;
    this.#standIns = standIns;
    this.#pins = new Pins(reads.sources, source.policy ?? trusted, reads.signal);
  }

  readonly #render = (spec: RenderSpec): Promise<Render> => {
    const key = specText(spec);
    const render = this.#renders.get(key) ?? this.#reads.renderer.render(spec, this.#source, this.#reads.signal);
    this.#renders.set(key, render);
    return render;
  };

  /** Adds entries to their clusters, single files of one folder together, and walks these. */
  async enter(candidates: readonly EntryCandidate[]): Promise<void> {
    const entered = new Map<ClusterWalk, FolderSpec[]>();
    for (const { spec, files, points } of joined(candidates)) {
      const cluster = await this.#clusterOf(spec, clusterAt(spec.path, this.#standIns) ?? clusterOf(files, points));
      entered.set(cluster, [...(entered.get(cluster) ?? []), spec]);
      this.#entries.push({ cluster, spec, files });
    }
    for (const [cluster, specs] of entered) await cluster.walk(specs);
  }

  /**
   * The cluster of an entry: what its path names. Where another entry has an object of the same name, it is another
   * cluster.
   */
  async #clusterOf(spec: FolderSpec, name: string | undefined): Promise<ClusterWalk> {
    const render = await this.#render(spec);
    const objects = (render.ok ? render.resources() : []).flatMap(({ object }) => {
      const known = knownObject(object, {});
      return known !== undefined && followers.some((one) => one.follows(known.group, known.kind)) ? [keyOf(known)] : [];
    });
    const shared = this.#cluster(name ?? "", name);
    const taken = this.#declared.get(shared) ?? new Set();
    const cluster = objects.some((key) => taken.has(key)) ? this.#cluster(specText(spec), name) : shared;
    this.#declared.set(cluster, new Set([...(this.#declared.get(cluster) ?? []), ...objects]));
    return cluster;
  }

  #cluster(key: string, name: string | undefined): ClusterWalk {
    const there = this.#clusters.get(key);
    if (there !== undefined) return there;
    const setting = { ...standInOf(name, this.#standIns), own: this.#reads.repository };
    const made = new ClusterWalk(setting, followers, this.#pins, this.#render);
    this.#clusters.set(key, made);
    return made;
  }

  /** The candidates of which some file was read by no render, with just these files. */
  async unread(candidates: readonly EntryCandidate[]): Promise<readonly EntryCandidate[]> {
    const left: EntryCandidate[] = [];
    for (const one of candidates) if (!(await this.#isRead(one.files, [...this.#clusters.values()]))) left.push(one);
    return left;
  }

  async #isRead(files: readonly string[], clusters: readonly ClusterWalk[]): Promise<boolean> {
    for (const file of files) {
      const read = await Promise.all(clusters.map((cluster) => cluster.reads(file)));
      if (!read.includes(true)) return false;
    }
    return true;
  }

  async survey(): Promise<Survey> {
    const applied: { readonly cluster: ClusterWalk; readonly spec: FolderSpec }[] = [];
    for (const { cluster, spec, files } of this.#entries) {
      if (!(await this.#isRead(files, [cluster]))) applied.push({ cluster, spec });
    }
    return { clusters: [...this.#clusters.values()], renders: this.#renders, moving: this.#pins.moving(), applied };
  }
}

/** Single files of one folder are one entry. */
function joined(candidates: readonly EntryCandidate[]) {
  const single = candidates.filter(({ renders }) => renders.every(({ kind }) => kind === "plain"));
  const folders = Map.groupBy(single, ({ files }) => parentPath(files[0] ?? ""));
  const whole = candidates.filter((one) => !single.includes(one));
  return [
    ...[...folders].map(([folder, members]) => {
      const files = members.flatMap((one) => one.files);
      return { spec: fileSpec(folder, files), files, points: members.flatMap((one) => one.points) };
    }),
    ...whole.flatMap(({ renders, files, points }) => renders.map((spec) => ({ spec, files, points }))),
  ];
}
