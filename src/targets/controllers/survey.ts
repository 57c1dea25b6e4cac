import { argoCdFollower, type EntryCandidate, type Follower, fileSpec, fluxFollower } from "../../discovery/index.ts";
import { parentPath } from "../../model/paths.ts";
import type { Render, RenderSource } from "../../model/render.ts";
import type { FetchPolicy, MovingSource } from "../../model/sources.ts";
import { type FolderSpec, type RenderSpec, specText } from "../../model/target.ts";
import type { PlanReads } from "../reads.ts";
import type { ClusterStandIn } from "./clusters.ts";
import { standInOf } from "./clusters.ts";
import { byRank, clusterOf, firstEntries } from "./entries.ts";
import { keyOf, knownObject } from "./objects.ts";
import { Pins } from "./pins.ts";
import { Readers } from "./readers.ts";
import { ClusterWalk } from "./walk.ts";

const followers: readonly Follower[] = [argoCdFollower, fluxFollower];

/** A render that was looked into. */
export interface Looked {
  readonly spec: RenderSpec;
  readonly render: Promise<Render>;
}

/** What the controllers of a tree read. */
export interface Survey {
  readonly clusters: readonly ClusterWalk[];
  /** The renders that were looked into, by the text of their spec. */
  readonly renders: ReadonlyMap<string, Looked>;
  /** Whether all that was fetched is there and stays the same tomorrow. */
  readonly isSteady: boolean;
  /** Sources that may be something else tomorrow. */
  readonly moving: readonly MovingSource[];
  /** The entries that no render of a cluster contains: people apply them. */
  readonly applied: readonly { readonly cluster: ClusterWalk; readonly spec: FolderSpec }[];
}

/** Rounds in which entries turn out to be read by others; each costs a walk of what is rendered already. */
const maxRounds = 8;

/**
 * Walks all clusters of a tree: the surest entries first, then those that no render has read by then. Where the text of
 * the files did not tell that others read an entry, that is seen in the renders, and everything is walked without it.
 */
export async function surveyControllers(
  candidates: readonly EntryCandidate[],
  source: RenderSource,
  reads: PlanReads,
  standIns: readonly ClusterStandIn[],
): Promise<Survey> {
  const kept = { renders: new Map(), pins: new Pins(reads.sources, source.policy ?? trusted, reads.signal) };
  const late = new Set<EntryCandidate>();
  for (let round = 1; ; round += 1) {
    const surveyor = new Surveyor(source, reads, standIns, kept);
    for (let left = candidates; left.length > 0; ) {
      const early = left.filter((one) => !late.has(one));
      const first = firstEntries(early.length === 0 ? left : early);
      await surveyor.enter(first);
      left = await surveyor.unread(left.filter((one) => !first.includes(one)));
    }
    const more = round < maxRounds ? (await surveyor.readByOthers()).filter((one) => !late.has(one)) : [];
    if (more.length === 0) return surveyor.survey();
    for (const one of more) late.add(one);
  }
}

/** Fetching of what the base branch has is not asked about. */
const trusted: FetchPolicy = { mayFetch: async () => true };

/** What stays the same when a tree is walked again. */
interface Kept {
  readonly renders: Map<string, Looked>;
  readonly pins: Pins;
}

interface Entry {
  readonly cluster: ClusterWalk;
  readonly spec: FolderSpec;
  readonly candidates: readonly EntryCandidate[];
}

class Surveyor {
  readonly #reads: PlanReads;
  readonly #source: RenderSource;
  readonly #standIns: readonly ClusterStandIn[];
  readonly #kept: Kept;
  readonly #clusters = new Map<string, ClusterWalk>();
  readonly #declared = new Map<ClusterWalk, Set<string>>();
  readonly #entries: Entry[] = [];

  constructor(source: RenderSource, reads: PlanReads, standIns: readonly ClusterStandIn[], kept: Kept) {
    this.#source = source;
    this.#reads = reads;
    this.#standIns = standIns;
    this.#kept = kept;
  }

  readonly #render = (spec: RenderSpec): Promise<Render> => {
    const { renders } = this.#kept;
    const key = specText(spec);
    const there = renders.get(key);
    if (there !== undefined) return there.render;
    const render = this.#reads.renderer.render(spec, this.#source, this.#reads.signal);
    renders.set(key, { spec, render });
    return render;
  };

  /** Adds entries to their clusters, single files of one folder together, and walks these. */
  async enter(candidates: readonly EntryCandidate[]): Promise<void> {
    const entered = new Map<ClusterWalk, FolderSpec[]>();
    for (const { spec, members } of joined(candidates)) {
      const files = members.flatMap((one) => one.files);
      const points = members.flatMap((one) => one.points);
      const cluster = await this.#clusterOf(spec, clusterOf(files, points));
      entered.set(cluster, [...(entered.get(cluster) ?? []), spec]);
      this.#entries.push({ cluster, spec, candidates: members });
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
    const made = new ClusterWalk(setting, followers, this.#kept.pins, this.#render);
    this.#clusters.set(key, made);
    return made;
  }

  /** The candidates of which no render read all files. */
  async unread(candidates: readonly EntryCandidate[]): Promise<readonly EntryCandidate[]> {
    const readers = await this.#readers();
    return candidates.filter((one) => !isRead(one, readers, () => true));
  }

  /** The entries that are none: all of their files are read by what comes from others, which stay entries. */
  async readByOthers(): Promise<readonly EntryCandidate[]> {
    const readers = await this.#readers();
    const gone = new Set<string>();
    const last = this.#entries.toSorted((a, b) => byRank(likeliest(b), likeliest(a)));
    return last.flatMap(({ spec, candidates }) => {
      const own = specText(spec);
      const found = candidates.filter((one) => isRead(one, readers, (root) => root !== own && !gone.has(root)));
      if (found.length === candidates.length) gone.add(own);
      return found;
    });
  }

  async #readers(): Promise<Readers> {
    const clusters = [...this.#clusters.values()];
    const all = await Promise.all(clusters.map((cluster) => cluster.rooted()));
    return new Readers(
      all.flat(),
      clusters.flatMap((cluster) => cluster.elsewhere()),
    );
  }

  async survey(): Promise<Survey> {
    const readers = await this.#readers();
    const applied = this.#entries.filter(
      ({ candidates }) => !candidates.every((one) => isRead(one, readers, () => true)),
    );
    const { renders, pins } = this.#kept;
    return {
      clusters: [...this.#clusters.values()],
      renders,
      isSteady: pins.isSteady(),
      moving: pins.moving(),
      applied: applied.map(({ cluster, spec }) => ({ cluster, spec })),
    };
  }
}

/**
 * Whether what comes from these entries reads every file of a candidate. Another folder may use the same base, so a
 * kustomization must be read itself.
 */
function isRead(one: EntryCandidate, readers: Readers, by: (root: string) => boolean): boolean {
  const { files, renders, kustomization = [] } = one;
  const folder = renders[0]?.path ?? "";
  return [...files, kustomization].flat().every((file) => [...readers.of(file, folder)].some(by));
}

function likeliest({ candidates }: Entry): EntryCandidate {
  const [first = { renders: [], files: [], points: [] }] = candidates.toSorted(byRank);
  return first;
}

interface Joined {
  readonly spec: FolderSpec;
  readonly members: readonly EntryCandidate[];
}

/** Single files of one folder are one entry. */
function joined(candidates: readonly EntryCandidate[]): readonly Joined[] {
  const single = candidates.filter(({ renders }) => renders.every(({ kind }) => kind === "plain"));
  const folders = Map.groupBy(single, ({ files }) => parentPath(files[0] ?? ""));
  const whole = candidates.filter((one) => !single.includes(one));
  return [
    ...[...folders].map(([folder, members]) => {
      const files = members.flatMap((one) => one.files);
      return { spec: fileSpec(folder, files), members };
    }),
    ...whole.flatMap((one) => one.renders.map((spec) => ({ spec, members: [one] }))),
  ];
}
