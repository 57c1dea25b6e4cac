import { baseOf, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { code, inert } from "../../../diff/index.ts";
import { UserError } from "../../../model/errors.ts";
import type { PullRequest } from "../../../model/github.ts";
import type { PromotionCall } from "../../../model/promotion.ts";
import { parsePromotion } from "../../text/metadata.ts";
import { observe } from "../health.ts";
import { openPromotion, type PromotionResult } from "../open.ts";
import type { PromotionPorts } from "../ports.ts";
import { describeResult } from "../reply-text.ts";
import { rollbackPairs } from "../rollback-pairs.ts";
import { type RollbackPoint, rollbackPoint } from "../rollback-point.ts";
import { touchedTargets, wantsOf } from "../touched.ts";
import { assertAllowed } from "./rights.ts";

/** What was wished for. */
export interface RollbackWish {
  readonly environment: string;
  readonly apps: readonly string[];
  readonly to?: string;
}

/** `/rollback`: the pull requests that restore an earlier version, one for each target, and a hold on automation there. */
export async function rollback(ports: PromotionPorts, call: PromotionCall, wish: RollbackWish): Promise<string> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const where = { installationId: call.installationId, repository: call.repository };
  const context = await openContext(ports, where, baseOf(pull), call.signal, wantsOf(pull));
  await assertAllowed(context, call, wish.environment, wish.apps);
  const apps = wish.apps.length > 0 ? wish.apps : await appsOf(ports, context, pull, wish.environment);
  if (wish.apps.length === 0) await assertAllowed(context, call, wish.environment, apps);
  const observed = observe(context.github);
  const said: string[] = [];
  const held: string[] = [];
  for (const pair of rollbackPairs(context, wish.environment, apps)) {
    const point = await rollbackPoint(ports, context, observed, pair.target, wish.to);
    const result = await openPromotion(ports, context, {
      kind: "rollback",
      environment: wish.environment,
      from: wish.environment,
      pairs: [pair],
      commit: point.commit,
      actor: call.actor,
      origin: pull.number,
    });
    if (result.pull !== undefined) {
      await holdBack(ports, context, call, wish.environment, pair.app, result, point);
      held.push(`${wish.environment}/${pair.app}`);
    }
    said.push(`${describeResult(result, wish.environment)} (${inert(point.why)})`);
  }
  if (held.length === 0) return said.join("; ");
  // What is open already is held from now on.
  await ports.queue.add({ type: "promotions", ...where, defaultBranch: context.base });
  const places = held.map((place) => code(place)).join(", ");
  return `${said.join("; ")}. Automation of ${places} is on hold until somebody comments \`/release\` or promotes something newer`;
}

async function appsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  environment: string,
): Promise<readonly string[]> {
  const metadata = pull.fork ? undefined : parsePromotion(pull.body, pull.head.ref, ports.signer);
  if (metadata !== undefined) return metadata.apps;
  const there = new Set(
    context.targets.targets.flatMap((target) => (target.environment === environment ? [target.app] : [])),
  );
  const apps = [...new Set((await touchedTargets(ports, context, pull)).map(({ app }) => app))].filter((app) =>
    there.has(app),
  );
  if (apps.length > 0) return apps;
  throw new UserError("refused", `this pull request touches no app of \`${environment}\``, {
    fix: `name the apps: \`/rollback ${environment} app\``,
  });
}

async function holdBack(
  ports: PromotionPorts,
  context: RepositoryContext,
  call: PromotionCall,
  environment: string,
  app: string,
  { pull, metadata }: PromotionResult,
  point: RollbackPoint,
): Promise<void> {
  const versions = metadata?.targets.find((target) => target.app === app)?.images ?? [];
  await ports.state.record(
    context.where,
    {
      kind: "rolled-back",
      id: `${call.id}-${app}`,
      at: new Date(call.at).toISOString(),
      by: call.actor,
      environment,
      apps: [app],
      commit: point.commit,
      versions: { [app]: versions },
      ...(pull === undefined ? {} : { pullRequest: pull.number }),
    },
    call.signal,
  );
}
