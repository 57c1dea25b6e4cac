import type { Scene } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import type { PullRequest } from "../../model/github.ts";
import type { ComputedPromotion } from "../compute.ts";
import type { PromotionPair } from "../resolve.ts";
import { parseBranch, promotionBranch } from "../text/branch.ts";
import { type PromotionRecord, parseRecord } from "../text/metadata.ts";
import { eachTold } from "./for-each-branch.ts";
import { healthOf, type Observed } from "./health.ts";
import { carry, planFor } from "./open.ts";
import type { PromotionPorts } from "./ports.ts";
import { resolve } from "./promotion-context.ts";

/** Opens what promotes by itself: apps with `promote.auto`, not on hold, whose source is healthy where that is asked for. One pull request per target. */
export async function promoteAutomatically(ports: PromotionPorts, scene: Scene, observed: Observed): Promise<void> {
  await eachTold(ports, scene.config.environments, "an environment that promotes by itself", async ({ name, from }) => {
    const automatic = scene.targets.targets.some(
      ({ app, environment }) => environment === name && isAutomatic(scene, app, name),
    );
    if (from === undefined || !automatic) return;
    const { pairs } = await resolve(ports, scene, name, []);
    const ready: PromotionPair[] = [];
    for (const pair of pairs) {
      scene.signal.throwIfAborted();
      if (isAutomatic(scene, pair.app, name) && (await isReady(ports, scene, observed, pair, name, from)))
        ready.push(pair);
    }
    if (ready.length > 0) await open(ports, scene, observed, ready, name, from);
  });
}

function isAutomatic(scene: Scene, app: string, environment: string): boolean {
  return settingsFor(scene.config, app, environment).promote.auto;
}

async function isReady(
  ports: PromotionPorts,
  scene: Scene,
  observed: Observed,
  { app, source }: PromotionPair,
  environment: string,
  from: string,
): Promise<boolean> {
  if ((await scene.state.hold(environment, app, ports.clock())) !== undefined) return false;
  const rollback = promotionBranch("rollback", environment, [app]);
  if (scene.branches.has(rollback) && (await observed.pull(rollback))?.state === "open") return false;
  if (!settingsFor(scene.config, app, environment).gates.healthy) return true;
  const { health } = settingsFor(scene.config, app, from);
  return (await healthOf(ports, scene, observed, { source, commit: scene.head, health })).state === "healthy";
}

async function open(
  ports: PromotionPorts,
  scene: Scene,
  observed: Observed,
  pairs: readonly PromotionPair[],
  environment: string,
  from: string,
): Promise<void> {
  const about = { kind: "promotion", environment, from, commit: scene.head, whenMoved: "follow" } as const;
  const computed = await planFor(ports, scene, { ...about, pairs });
  const planned = pairs.filter(({ app }) =>
    computed.plan.targets.some((target) => target.app === app && target.outcome === "planned"),
  );
  if (planned.length === 0) return;
  const known = await openRecords(ports, scene, observed, environment);
  await eachTold(ports, planned, "a promotion that opens by itself", async (pair) => {
    scene.signal.throwIfAborted();
    const pull = await observed.pull(promotionBranch("promotion", environment, [pair.app]));
    const closed = pull?.state === "closed" && !pull.merged ? recordIn(ports, pull) : undefined;
    const carried = known.some((record) => hasAll(record, pair.app, computed));
    if (!carried && !(closed !== undefined && meant(closed, pair.app, computed)))
      await carry(ports, scene, { ...about, pairs: [pair] });
  });
}

/** What the open promotions to an environment carry; those of several apps are among them. */
async function openRecords(
  ports: PromotionPorts,
  scene: Scene,
  observed: Observed,
  environment: string,
): Promise<readonly PromotionRecord[]> {
  const records: PromotionRecord[] = [];
  for (const branch of scene.branches.keys()) {
    const facts = parseBranch(branch);
    if (facts?.kind !== "promotion" || facts.environment !== environment) continue;
    const pull = await observed.pull(branch);
    const record = pull?.state === "open" ? recordIn(ports, pull) : undefined;
    if (record !== undefined) records.push(record);
  }
  return records;
}

function recordIn({ seal }: PromotionPorts, pull: PullRequest): PromotionRecord | undefined {
  return parseRecord(pull.body, pull.head.ref, seal);
}

/** Whether the record carries this app as it is planned now: the same versions and the same render. */
function hasAll(record: PromotionRecord, app: string, computed: ComputedPromotion): boolean {
  const carried = record.targets.find((target) => target.app === app);
  return carried?.digest === computed.renders.get(app)?.after.digest && sameMoves(record, app, computed);
}

/** A person who closes the pull request of a version means it: only another version opens one again by itself. Where there are no versions the render tells. */
function meant(record: PromotionRecord, app: string, computed: ComputedPromotion): boolean {
  const moves = record.targets.find((target) => target.app === app)?.images ?? [];
  return moves.length === 0 ? hasAll(record, app, computed) : sameMoves(record, app, computed);
}

function sameMoves(record: PromotionRecord, app: string, { plan }: ComputedPromotion): boolean {
  const text = (target: { readonly images: PromotionRecord["targets"][number]["images"] } | undefined) =>
    JSON.stringify(target?.images.map(({ image, to }) => [image, to]));
  const carried = record.targets.find((target) => target.app === app);
  return carried !== undefined && text(carried) === text(plan.targets.find((target) => target.app === app));
}
