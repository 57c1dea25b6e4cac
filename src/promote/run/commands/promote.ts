import { baseOf, openScene, type Scene } from "../../../change/repository-context.ts";
import { code } from "../../../diff/index.ts";
import { UserError } from "../../../model/errors.ts";
import type { PullRequest } from "../../../model/github.ts";
import type { PromotionCall } from "../../../model/promotion.ts";
import { parseBranch } from "../../text/branch.ts";
import { parseRecord } from "../../text/metadata.ts";
import { carry, planFor } from "../open.ts";
import type { PromotionPorts } from "../ports.ts";
import { resolve } from "../promotion-context.ts";
import { describeMade, describePlan } from "../reply-text.ts";
import { touchedApps, wantsOf } from "../touched.ts";
import { assertAllowed } from "./rights.ts";

/** What was wished for. */
export interface PromoteWish {
  readonly environment: string;
  readonly apps: readonly string[];
  readonly dryRun: boolean;
}

/** `/promote`: opens or updates the promotion; on an open pull request it is remembered until the merge. */
export async function promote(ports: PromotionPorts, call: PromotionCall, wish: PromoteWish): Promise<string> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const where = { installationId: call.installationId, repository: call.repository };
  const scene = await openScene(ports, where, baseOf(pull), call.signal, wantsOf(pull));
  // First of all, so that whoever may not act learns nothing else.
  await assertAllowed(scene, call, wish.environment, wish.apps);
  const apps = wish.apps.length > 0 ? wish.apps : await appsOf(ports, scene, pull, wish.environment);
  const { pairs, from } = await resolve(ports, scene, wish.environment, apps);
  if (wish.apps.length === 0)
    await assertAllowed(
      scene,
      call,
      wish.environment,
      pairs.map(({ app }) => app),
    );
  const request = {
    kind: "promotion",
    environment: wish.environment,
    from,
    pairs,
    commit: scene.head,
    whenMoved: "follow",
    actor: call.actor,
    origin: pull.number,
  } as const;
  if (wish.dryRun) return describePlan((await planFor(ports, scene, request)).plan);
  if (pull.state === "open" && (pull.fork || parseBranch(pull.head.ref)?.environment !== wish.environment))
    return wait(ports, scene, call, wish, from);
  if (pull.state === "closed" && !pull.merged) {
    throw new UserError(
      "refused",
      "this pull request was closed without being merged, so there is nothing of it to promote",
      {
        fix: `comment on a merged one, or name the apps: \`/promote ${wish.environment} ${pairs[0]?.app ?? "app"}\``,
      },
    );
  }
  const made = await carry(ports, scene, request);
  if (made.pull !== undefined) await remember(ports, scene, call, wish.environment, made.pull, apps);
  return describeMade(made, wish.environment);
}

/** The apps that a comment without names means: those that the pull request touched, or those that a promotion carried. */
async function appsOf(
  ports: PromotionPorts,
  scene: Scene,
  pull: PullRequest,
  environment: string,
): Promise<readonly string[]> {
  const record = pull.fork ? undefined : parseRecord(pull.body, pull.head.ref, ports.seal);
  const apps = record?.apps ?? (await touchedApps(ports, scene, pull, environment));
  if (apps.length > 0) return apps;
  // An environment that does not exist, or promotes from nowhere, is what is wrong then.
  await resolve(ports, scene, environment, []);
  throw new UserError("refused", `this pull request touches no app that is promoted to \`${environment}\``, {
    fix: `name the apps: \`/promote ${environment} app\``,
  });
}

async function wait(
  ports: PromotionPorts,
  scene: Scene,
  call: PromotionCall,
  wish: PromoteWish,
  from: string,
): Promise<string> {
  await ports.state.record(
    scene.where,
    {
      kind: "waiting",
      id: call.id,
      at: new Date(call.at).toISOString(),
      by: call.actor,
      environment: wish.environment,
      apps: wish.apps,
      pullRequest: call.pullRequest,
    },
    call.signal,
  );
  await ports.queue.add({ type: "status-comment", ...scene.where, pullRequest: call.pullRequest });
  return `this pull request is not merged yet. The promotion to ${code(wish.environment)} opens by itself once it is merged and healthy in ${code(from)}`;
}

async function remember(
  ports: PromotionPorts,
  scene: Scene,
  call: PromotionCall,
  environment: string,
  pull: PullRequest,
  apps: readonly string[],
): Promise<void> {
  await ports.state.record(
    scene.where,
    {
      kind: "requested",
      id: call.id,
      at: new Date(call.at).toISOString(),
      by: call.actor,
      environment,
      apps,
      pullRequest: pull.number,
      commit: scene.head,
    },
    call.signal,
  );
  // What a rollback holds is free for what is asked for after it, which the history tells only now.
  const held = await Promise.all(apps.map((app) => scene.state.hold(environment, app, call.at)));
  if (held.some((hold) => hold !== undefined))
    await ports.queue.add({ type: "gates", ...scene.where, pullRequest: pull.number });
}
