import { settingsFor } from "../../config/index.ts";
import type { PromotionPair } from "../resolve.ts";
import { promotionBranch } from "../text/branch.ts";
import { parseRecord } from "../text/record.ts";
import { healthOf, type Observed } from "./health.ts";
import { carry, planFor } from "./make.ts";
import type { PromotionPorts } from "./ports.ts";
import { resolve, type Scene } from "./scene.ts";

/** Opens what promotes by itself: apps with `promote.auto`, not on hold, whose source is healthy where that is asked for. One pull request per target. */
export async function promoteAutomatically(ports: PromotionPorts, scene: Scene, observed: Observed): Promise<void> {
  for (const { name, from } of scene.config.environments) {
    if (
      from === undefined ||
      !scene.targets.targets.some(({ app, environment }) => environment === name && isAutomatic(scene, app, name))
    )
      continue;
    const { pairs } = await resolve(ports, scene, name, []);
    const ready: PromotionPair[] = [];
    for (const pair of pairs) {
      if (isAutomatic(scene, pair.app, name) && (await isReady(ports, scene, observed, pair, name, from)))
        ready.push(pair);
    }
    if (ready.length > 0) await open(ports, scene, ready, name, from);
  }
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
  if (scene.branches.has(promotionBranch("rollback", environment, [app]))) return false;
  if (!settingsFor(scene.config, app, environment).gates.healthy) return true;
  const { health } = settingsFor(scene.config, app, from);
  return (await healthOf(ports, scene, observed, { source, commit: scene.head, health })).state === "healthy";
}

async function open(
  ports: PromotionPorts,
  scene: Scene,
  pairs: readonly PromotionPair[],
  environment: string,
  from: string,
): Promise<void> {
  const about = { kind: "promotion", environment, from, commit: scene.head } as const;
  const { plan } = await planFor(ports, scene, { ...about, pairs });
  for (const target of plan.targets) {
    const pair = pairs.find(({ app }) => app === target.app);
    if (target.outcome !== "planned" || pair === undefined) continue;
    if (await closedByPerson(ports, scene, environment, target.app, JSON.stringify(target.images))) continue;
    await carry(ports, scene, { ...about, pairs: [pair] });
  }
}

/** A person who closes the pull request of a version means it: only another version opens one again by itself. */
async function closedByPerson(
  ports: PromotionPorts,
  scene: Scene,
  environment: string,
  app: string,
  images: string,
): Promise<boolean> {
  const branch = promotionBranch("promotion", environment, [app]);
  const pull = await scene.github.pullRequestOf(branch);
  if (pull === undefined || pull.state === "open" || pull.merged) return false;
  const record = parseRecord(pull.body, branch, ports.seal);
  return record !== undefined && JSON.stringify(record.targets[0]?.images) === images;
}
