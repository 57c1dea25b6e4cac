import type { Followed, FollowedUnit, Follower, FollowProblem, KnownObject, World } from "../../discovery/follower.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { Render } from "../../model/render.ts";
import { type FolderSpec, type RenderSpec, specText } from "../../model/target.ts";
import { mayDeclare } from "./may-declare.ts";
import { isKept, keyOf, knownObject } from "./objects.ts";
import type { Pins } from "./pins.ts";
import type { ClaimedFolder, RootedRender } from "./readers.ts";

/** A render that a plan looked into. */
export type RenderOf = (spec: RenderSpec) => Promise<Render>;

/** One object of a controller with what it deploys. */
export interface WalkedUnit {
  readonly object: KnownObject;
  readonly unit: FollowedUnit;
  /** The key of the object in whose render it stands, or the text of the entry's spec. */
  readonly parent: string;
  readonly problems: readonly FollowProblem[];
}

/** What is known of a cluster besides its objects. */
export type ClusterSetting = Omit<World, "object" | "objects" | "source">;

/** Rounds after which a cluster whose objects change each other is left as it is. */
const maxRounds = 16;

/** Renders at once. */
const atOnce = 32;

/** Objects that one cluster may have: a render may make more than anybody can look at. */
const maxUnits = 20_000;

interface Placed {
  readonly known: KnownObject;
  readonly parent: string;
}

/**
 * One cluster: what its entries and everything below them declare. Objects come from renders only. Each round follows
 * every object that is known and looks into what they deploy, until a round learns nothing new. An object that two
 * renders have is the first one's; one that an entry and a render have is the render's, as the controller applies it.
 */
export class ClusterWalk {
  readonly #setting: ClusterSetting;
  readonly #followers: readonly Follower[];
  readonly #pins: Pins;
  readonly #render: RenderOf;
  readonly #entries: FolderSpec[] = [];
  #units: ReadonlyMap<string, WalkedUnit> = new Map();
  readonly #problems = new Map<string, FollowProblem & Pick<KnownObject, "file" | "line">>();

  constructor(setting: ClusterSetting, followers: readonly Follower[], pins: Pins, render: RenderOf) {
    this.#setting = setting;
    this.#followers = followers;
    this.#pins = pins;
    this.#render = render;
  }

  get setting(): ClusterSetting {
    return this.#setting;
  }

  get entries(): readonly FolderSpec[] {
    return this.#entries;
  }

  get units(): ReadonlyMap<string, WalkedUnit> {
    return this.#units;
  }

  /** What people must know of objects without a unit, and of the whole. */
  get problems(): readonly (FollowProblem & Pick<KnownObject, "file" | "line">)[] {
    return [...this.#problems.values()];
  }

  /** Adds entries and walks again. */
  async walk(entries: readonly FolderSpec[]): Promise<void> {
    this.#entries.push(...entries);
    for (let round = 0; round < maxRounds; round += 1) {
      const before = new Map([...this.#units].map(([key, { unit }]) => [key, specText(unit.render)]));
      await this.#round();
      const isSettled =
        before.size === this.#units.size &&
        [...this.#units].every(([key, { unit }]) => before.get(key) === specText(unit.render));
      if (isSettled) return;
    }
    this.#problems.set("settle", {
      message: "The objects of controllers here change each other without an end",
      fix: `Sluice shows them as they are after ${maxRounds} rounds. Look for objects that two renders have.`,
    });
  }

  async #round(): Promise<void> {
    const world = await this.#world();
    this.#problems.clear();
    const objects = [...world.placed.values()].filter(({ known }) => this.#followerOf(known) !== undefined);
    if (objects.length > maxUnits) this.#tooMany(objects.length);
    const units = await mapLimit(objects.slice(0, maxUnits), atOnce, (one) => this.#follow(one, world));
    this.#units = new Map(units.flatMap((unit) => (unit === undefined ? [] : [[keyOf(unit.object), unit] as const])));
  }

  #tooMany(amount: number): void {
    this.#problems.set("many", {
      message: `One cluster has ${amount} objects of controllers`,
      fix: `Sluice follows the first ${maxUnits}.`,
    });
  }

  #followerOf({ group, kind }: KnownObject): Follower | undefined {
    return this.#followers.find((follower) => follower.follows(group, kind));
  }

  async #follow({ known, parent }: Placed, world: KnownWorld): Promise<WalkedUnit | undefined> {
    const follower = this.#followerOf(known);
    let followed: Followed = {};
    for (let asked = 0; asked < 4 && follower !== undefined; asked += 1) {
      followed = follower.follow(known, world);
      if (followed.needs === undefined) break;
      await this.#pins.ask(followed.needs);
    }
    const { unit, problems = [] } = followed;
    if (unit !== undefined) return { object: known, unit, parent, problems };
    for (const problem of problems) {
      const { file, line } = known;
      const place = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
      this.#problems.set(`${keyOf(known)} ${problem.message}`, { ...problem, ...place });
    }
    return undefined;
  }

  /** The objects of all renders that are known by now, each below the first that has it. */
  async #world(): Promise<KnownWorld> {
    const looked = [...this.#units].filter(([, { unit }]) => mayDeclare(unit));
    const below = await mapLimit(looked, atOnce, ([key, { unit }]) => this.#objectsOf(unit.render, key, false));
    const applied = await mapLimit(this.#entries, atOnce, (entry) => this.#objectsOf(entry, specText(entry), true));
    const placed = new Map<string, Placed>();
    for (const one of [...below.flat(), ...applied.flat()]) {
      const key = keyOf(one.known);
      const there = placed.get(key);
      // An object is not declared by itself where anything else declares it.
      if (there === undefined || there.parent === key) placed.set(key, one);
    }
    return new KnownWorld(this.#setting, this.#withMade(placed), this.#pins);
  }

  /** With the objects that controllers make of others without a render, as far as nothing else declares them. */
  #withMade(placed: Map<string, Placed>): ReadonlyMap<string, Placed> {
    const world = new KnownWorld(this.#setting, placed, this.#pins);
    for (const one of [...placed.values()]) {
      const { objects = [] } = this.#followerOf(one.known)?.follow(one.known, world) ?? {};
      for (const object of objects) {
        const { file, line } = one.known;
        const place = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }), entry: true };
        const made = knownObject(object, place);
        if (made !== undefined && !placed.has(keyOf(made)))
          placed.set(keyOf(made), { known: made, parent: one.parent });
      }
    }
    return placed;
  }

  async #objectsOf(spec: RenderSpec, parent: string, isEntry: boolean): Promise<readonly Placed[]> {
    const render = await this.#render(spec);
    const resources = render.ok ? render.resources() : (render.partial?.resources() ?? []);
    return resources.flatMap(({ object, file }) => {
      const known = knownObject(object, {
        ...(file === undefined ? {} : { file }),
        ...(isEntry ? { entry: true } : {}),
      });
      return known !== undefined && isKept(known) ? [{ known, parent }] : [];
    });
  }

  /**
   * Folders of the repository that something reads at another revision, each with the entry that it comes from. The
   * root says nothing about what is below it.
   */
  elsewhere(): readonly ClaimedFolder[] {
    return [...this.#units].flatMap(([key, { unit }]) =>
      (unit.elsewhere ?? []).flatMap(({ path }) => (path === "" ? [] : [{ folder: path, root: this.#rootOf(key) }])),
    );
  }

  /** The renders that may declare something, each with the text of the entry's spec that it comes from. */
  async rooted(): Promise<readonly RootedRender[]> {
    const looked = [...this.#units].filter(([, { unit }]) => mayDeclare(unit));
    return mapLimit(looked, atOnce, async ([key, { unit }]) => {
      return { spec: unit.render, render: await this.#render(unit.render), root: this.#rootOf(key) };
    });
  }

  /** The entry above an object; of objects that declare each other, one of them. */
  #rootOf(key: string): string {
    const seen = new Set<string>();
    let at = key;
    for (let unit = this.#units.get(at); unit !== undefined && !seen.has(at); unit = this.#units.get(at)) {
      seen.add(at);
      at = unit.parent;
    }
    return at;
  }
}

class KnownWorld implements World {
  readonly placed: ReadonlyMap<string, Placed>;
  readonly #pins: Pins;
  readonly #kinds: ReadonlyMap<string, readonly KnownObject[]>;
  readonly own: World["own"];
  readonly variables: World["variables"];
  readonly clusters: World["clusters"];
  readonly cluster?: string;
  readonly facts?: NonNullable<World["facts"]>;

  constructor(setting: ClusterSetting, placed: ReadonlyMap<string, Placed>, pins: Pins) {
    this.placed = placed;
    this.#pins = pins;
    this.own = setting.own;
    this.variables = setting.variables;
    this.clusters = setting.clusters;
    if (setting.cluster !== undefined) this.cluster = setting.cluster;
    if (setting.facts !== undefined) this.facts = setting.facts;
    this.#kinds = Map.groupBy(
      [...placed.values()].map(({ known }) => known),
      ({ group, kind }) => `${group}/${kind}`,
    );
  }

  object(name: Parameters<World["object"]>[0]): KnownObject | undefined {
    return this.placed.get(keyOf(name))?.known;
  }

  objects(group: string, kind: string): readonly KnownObject[] {
    return this.#kinds.get(`${group}/${kind}`) ?? [];
  }

  source(request: Parameters<World["source"]>[0]): ReturnType<World["source"]> {
    return this.#pins.answer(request);
  }
}
