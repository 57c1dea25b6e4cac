import type { Scene } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { UserError } from "../../model/errors.ts";
import type { Waiting } from "../../model/state.ts";
import { eachTold } from "./for-each-branch.ts";
import { healthOf, type Observed } from "./health.ts";
import { carry } from "./open.ts";
import type { PromotionPorts } from "./ports.ts";
import { resolve } from "./promotion-context.ts";
import { describeMade, refusal } from "./reply-text.ts";
import { touchedApps } from "./touched.ts";

/** Opens the promotions that people asked for before their pull request was merged, once it is and the source is healthy. */
export async function fulfilWaiting(ports: PromotionPorts, scene: Scene, observed: Observed): Promise<void> {
  await eachTold(ports, (await wishesOf(ports, scene)).slice(0, 100), "a wish", async (wish) => {
    scene.signal.throwIfAborted();
    const said = await fulfil(ports, scene, observed, wish).catch((error: unknown) => {
      if (error instanceof UserError) return refusal(error);
      throw error;
    });
    if (said === undefined) return;
    await scene.github.upsertComment(wish.pullRequest, `waited-${markerWord(wish.environment)}`, said);
    await ports.state.record(
      scene.where,
      { ...common(ports, wish), kind: "done-waiting", pullRequest: wish.pullRequest },
      scene.signal,
    );
    await ports.queue.add({ type: "status-comment", ...scene.where, pullRequest: wish.pullRequest });
  });
}

/** What people wait for. A file that somebody broke says nothing, which goes to the log. */
export async function wishesOf({ log }: PromotionPorts, { state, where }: Scene): Promise<readonly Waiting[]> {
  try {
    return await state.waiting();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.warn({ error, repository: where.repository }, `nobody knows what waits: ${error.message}`);
    return [];
  }
}

/** What is to be said of the wish; `undefined` while it waits on. */
async function fulfil(
  ports: PromotionPorts,
  scene: Scene,
  observed: Observed,
  wish: Waiting,
): Promise<string | undefined> {
  const pull = await scene.github.pullRequest(wish.pullRequest);
  if (pull.base.ref !== scene.base || (pull.state === "open" && !pull.merged)) return undefined;
  if (!pull.merged)
    return `\`/promote ${wish.environment}\` falls away: the pull request was closed without being merged.`;
  if (pull.mergeCommit !== undefined && !(await scene.repository.isAncestor(pull.mergeCommit, scene.head)))
    return undefined;
  const apps = wish.apps.length > 0 ? wish.apps : await touchedApps(ports, scene, pull, wish.environment);
  const { pairs, from } = await resolve(ports, scene, wish.environment, apps);
  for (const { app, source } of pairs) {
    if (!settingsFor(scene.config, app, wish.environment).gates.healthy) continue;
    const { health } = settingsFor(scene.config, app, from);
    const { state } = await healthOf(ports, scene, observed, { source, commit: scene.head, health });
    if (state !== "healthy") return undefined;
  }
  const made = await carry(ports, scene, {
    kind: "promotion",
    environment: wish.environment,
    from,
    pairs,
    commit: scene.head,
    whenMoved: "follow",
    actor: wish.by,
    origin: wish.pullRequest,
  });
  if (made.pull !== undefined) {
    const { pullRequest: _, ...about } = wish;
    const asked = {
      ...about,
      kind: "requested",
      id: `asked-${wish.pullRequest}-${wish.environment}-${wish.at}`,
    } as const;
    await ports.state.record(
      scene.where,
      { ...asked, apps: pairs.map(({ app }) => app), pullRequest: made.pull.number, commit: scene.head },
      scene.signal,
    );
  }
  return `As \`${wish.by}\` asked before the merge: ${describeMade(made, wish.environment)}`;
}

function common(ports: PromotionPorts, wish: Waiting) {
  return {
    id: `waited-${wish.pullRequest}-${wish.environment}-${wish.at}`,
    at: new Date(ports.clock()).toISOString(),
    by: "sluice",
    environment: wish.environment,
    apps: wish.apps,
  };
}

/** A marker is a word of small letters, digits and dashes. */
function markerWord(text: string): string {
  return Buffer.from(text).toString("hex").slice(0, 60);
}
