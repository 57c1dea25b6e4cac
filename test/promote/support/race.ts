import type { PullRequest } from "../../../src/model/github.ts";
import { orderOf } from "../../../src/model/versions.ts";
import { appFiles, type PromotionWorld, promotionWorld, worldConfig } from "./memory-world.ts";

const steps = 8;
const soakMinutes = 30;

/** What people did, as one who only watches knows it. */
interface Witness {
  readonly random: () => number;
  readonly world: PromotionWorld;
  readonly gates: Gates;
  readonly trail: string[];
  /** What staging had, with when it began. */
  readonly source: { readonly version: string; readonly at: number }[];
  /** Versions that were deployed to staging, with their state. */
  readonly deployments: { readonly version: string; state: "success" | "failure"; readonly at: number }[];
  /** What prod had, and whether a person set it. */
  readonly target: { readonly version: string; readonly at: number; readonly person: boolean }[];
  /** `NUMBER FROM TO` of what was approved. */
  readonly approved: Set<string>;
  /** When somebody last asked for a promotion, by its number. */
  readonly asked: Map<number, number>;
  released: number;
  held: boolean;
  merges: number;
  /** Errors that the watcher found. */
  readonly wrong: string[];
}

interface Gates {
  readonly approvals: number;
  readonly healthy: boolean;
  readonly soak: boolean;
  readonly ordered: boolean;
  readonly automatic: boolean;
}

/** Plays one interleaving; `wrong` is what Sluice merged and nobody meant. */
export async function playRace(
  seed: number,
): Promise<{ readonly wrong: readonly string[]; readonly trail: readonly string[]; readonly merged: number }> {
  const witness = begin(seed);
  await witness.world.merge({ "docs/first.md": "x" });
  for (let step = 0; step < steps && witness.wrong.length === 0; step += 1) await act(witness);
  return { wrong: witness.wrong, trail: witness.trail, merged: witness.merges };
}

function begin(seed: number): Witness {
  const random = randomOf(seed);
  const gates: Gates = {
    approvals: random() < 0.4 ? 1 : 0,
    healthy: random() < 0.3,
    soak: random() < 0.2,
    ordered: random() < 0.6,
    automatic: random() < 0.7,
  };
  const soak = gates.soak ? `, soak: ${soakMinutes}m` : "";
  const prod = `gates: { approvals: ${gates.approvals}, healthy: ${gates.healthy}, findings: none${soak} }
promote: { merge: automatic, auto: ${gates.automatic} }`;
  const first = name(gates, 0);
  const files = {
    ".sluice.yaml": worldConfig(prod),
    ...appFiles("web", "staging", first),
    ...appFiles("web", "prod", first),
  };
  const witness: Witness = {
    random,
    world: promotionWorld({ files, comments: false, onMerge: (pull) => watch(witness, pull) }),
    gates,
    trail: [JSON.stringify(gates)],
    source: [{ version: first, at: 0 }],
    deployments: [],
    target: [{ version: first, at: 0, person: false }],
    approved: new Set(),
    asked: new Map(),
    released: 0,
    held: false,
    merges: 0,
    wrong: [],
  };
  return witness;
}

/** The version of a number; tags without an order are words. */
function name({ ordered }: Gates, number: number): string {
  return ordered ? `1.${number}.0` : `build-${(number * 7_919).toString(36)}x`;
}

const acts: readonly (readonly [weight: number, act: (witness: Witness) => Promise<void>])[] = [
  [5, forward],
  [2, back],
  [3, hotfix],
  [5, approve],
  [3, deploy],
  [2, wait],
  [1, rollback],
  [1, hold],
  [2, release],
  [1, pushToBranch],
  [4, promote],
  [1, elsewhere],
];
const weights = acts.reduce((sum, [weight]) => sum + weight, 0);

async function act(witness: Witness): Promise<void> {
  let left = witness.random() * weights;
  for (const [weight, one] of acts) {
    left -= weight;
    if (left > 0) continue;
    witness.trail.push(one.name);
    return one(witness);
  }
}

/** A person's commit on `main`; Sluice hears of it at once, or only with what comes next. */
async function commit(witness: Witness, files: Readonly<Record<string, string>>): Promise<void> {
  const { world, random } = witness;
  await world.push("main", files, "bob");
  if (random() < 0.7) await world.settle();
}

async function forward(witness: Witness): Promise<void> {
  const version = name(witness.gates, witness.source.length + 2 + Math.floor(witness.random() * 2) * 20);
  await setSource(witness, version);
}

async function back(witness: Witness): Promise<void> {
  const before = witness.source[Math.floor(witness.random() * witness.source.length)];
  if (before !== undefined) await setSource(witness, before.version);
}

async function setSource(witness: Witness, version: string): Promise<void> {
  if (witness.source.at(-1)?.version === version) return;
  witness.trail.push(version);
  witness.source.push({ version, at: witness.world.now() + 1_000 });
  await commit(witness, appFiles("web", "staging", version));
}

async function hotfix(witness: Witness): Promise<void> {
  const { random, gates, target } = witness;
  const old = target[Math.floor(random() * target.length)]?.version ?? "";
  const version = random() < 0.3 ? old : `${target.at(-1)?.version}${gates.ordered ? ".1" : "-fix"}`;
  if (version === target.at(-1)?.version) return;
  witness.trail.push(version);
  target.push({ version, at: witness.world.now() + 1_000, person: true });
  await commit(witness, appFiles("web", "prod", version));
}

async function approve(witness: Witness): Promise<void> {
  const [pull] = witness.world.promotions("open");
  if (pull === undefined) return;
  const [, from, to] = / (\S+) → (\S+)/.exec(pull.title) ?? [];
  witness.approved.add(`${pull.number} ${from} ${to}`);
  await witness.world.approve(pull, witness.random() < 0.5 ? "bob" : "grace");
}

async function deploy(witness: Witness): Promise<void> {
  const state = witness.random() < 0.85 ? "success" : "failure";
  const version = witness.source.at(-1)?.version ?? "";
  witness.deployments.push({ version, state, at: witness.world.now() + 1_000 });
  witness.trail.push(state);
  await witness.world.deploy("staging", state);
}

async function wait({ world, random }: Witness): Promise<void> {
  await world.pass(random() < 0.5 ? 10 : soakMinutes + 1);
}

async function rollback({ world }: Witness): Promise<void> {
  await world.say("/rollback prod web", "ada", anyPull(world));
}

async function hold(witness: Witness): Promise<void> {
  witness.held = true;
  await witness.world.say("/hold prod/web for now", "ada", anyPull(witness.world));
}

async function release(witness: Witness): Promise<void> {
  witness.released = witness.world.now() + 1_000;
  witness.held = false;
  await witness.world.say("/release prod/web", "ada", anyPull(witness.world));
}

async function pushToBranch({ world, random }: Witness): Promise<void> {
  const [pull] = world.promotions("open");
  if (pull === undefined) return;
  const files = random() < 0.5 ? appFiles("web", "prod", "9.9.9") : { "docs/by-hand.md": "x" };
  await world.push(pull.head.ref, files, "mallory");
  await world.settle();
}

async function promote(witness: Witness): Promise<void> {
  const { world, asked } = witness;
  const at = world.now() + 1_000;
  for (const { number } of world.promotions("open")) asked.set(number, at);
  asked.set(world.github.pulls.size + 1, at);
  await world.say("/promote prod web", "ada", anyPull(world));
}

async function elsewhere(witness: Witness): Promise<void> {
  await commit(witness, { "docs/elsewhere.md": String(witness.world.now()) });
}

function anyPull(world: PromotionWorld): PullRequest {
  const merged = [...world.github.pulls.values()].find(({ head }) => head.ref.startsWith("change-"));
  if (merged === undefined) throw new Error("there is no pull request of a person");
  return merged;
}

/** Holds a merge of Sluice's against everything that people did. */
function watch(witness: Witness, pull: PullRequest): void {
  witness.merges += 1;
  const { world, target, gates, wrong } = witness;
  const [, from = "", to = ""] = / (\S+) → (\S+)/.exec(pull.title) ?? [];
  witness.trail.push(`merge ${from} → ${to}`);
  const has = target.at(-1);
  if (has?.version !== from) wrong.push(`it says ${from}, and prod has ${has?.version}`);
  if (pull.head.ref.startsWith("sluice/promote/")) {
    if (orderOf(to, from) === "older") wrong.push("it goes back");
    if (!isInSource(witness, to)) wrong.push(`${to} is not in staging, nor was it verified there`);
    if (gates.approvals > 0 && !witness.approved.has(`${pull.number} ${from} ${to}`))
      wrong.push("nobody approved this");
    if (witness.held) wrong.push("it is held");
    if (has?.person === true && !isMeant(witness, pull, to)) wrong.push("it undoes what a person did");
  }
  target.push({ version: to, at: world.now(), person: pull.head.ref.startsWith("sluice/rollback/") });
}

/** Staging has it, or had it, healthy for as long as is asked, and only went forward from it. */
function isInSource({ source, deployments, gates, world }: Witness, version: string): boolean {
  const last = source.findLastIndex((one) => one.version === version);
  if (last < 0) return false;
  const known = new Set(source.slice(0, last).map((one) => one.version));
  const back = source
    .slice(last + 1)
    .some(
      (one) =>
        orderOf(one.version, version) === "older" ||
        (orderOf(one.version, version) === "unknown" && known.has(one.version)),
    );
  if (back) return false;
  if (!gates.healthy && !gates.soak) return true;
  const at = deployments.findLastIndex((one) => one.version === version && one.state === "success");
  if (at < 0) return false;
  if (!gates.soak) return true;
  const first =
    deployments.findLastIndex((one, index) => index < at && !(one.version === version && one.state === "success")) + 1;
  const end = deployments[at + 1]?.at ?? world.now();
  return end - (deployments[first]?.at ?? end) >= soakMinutes * 60_000;
}

/** Somebody asked for it, approved it or released the target since; or the source has passed what the person set. */
function isMeant(witness: Witness, pull: PullRequest, to: string): boolean {
  const { target, asked, gates, released, source } = witness;
  const set = target.at(-1);
  if (set === undefined) return true;
  if ((asked.get(pull.number) ?? 0) >= set.at || gates.approvals > 0 || released >= set.at) return true;
  const tookBack =
    target.slice(0, -1).some(({ version }) => version === set.version) ||
    source.some(({ version, at }) => at <= set.at && version === set.version);
  const moved = source.some(({ version, at }) => version === to && at > set.at);
  return tookBack ? moved : orderOf(to, set.version) === "newer";
}

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
