import { checkName, environmentAndApps, LIMITS } from "../../../change/command-arguments.ts";
import { appsMeant, environmentMeant } from "../../../change/names-meant.ts";
import { baseOf, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { assertAllowed, byAllow } from "../../../change/rights.ts";
import { code, inert } from "../../../diff/index.ts";
import type { Arguments, Command, CommandCall } from "../../../model/command.ts";
import { UserError } from "../../../model/errors.ts";
import type { PullRequest } from "../../../model/github.ts";
import { sentenceList } from "../../../model/text/lists.ts";
import { promotionOf } from "../../text/metadata.ts";
import { observe } from "../health.ts";
import { openPromotion, type PromotionResult } from "../open.ts";
import type { PromotionPorts } from "../ports.ts";
import { describeResult } from "../reply-text.ts";
import { rollbackPairs } from "../rollback-pairs.ts";
import { type RollbackPoint, rollbackPoint } from "../rollback-point.ts";
import { touchedTargets, wantsOf } from "../touched.ts";

/** What `/rollback` asks for. */
export interface RollbackRequest {
  readonly environment: string;
  /** Empty: those that the pull request touched. */
  readonly apps: readonly string[];
  /** A version or a commit; absent: the last healthy one before the present. */
  readonly to?: string;
}

/** `/rollback`. */
export const rollbackCommand: Command<PromotionPorts> = {
  name: "rollback",
  usage: "<env> [app…]",
  words: [1, LIMITS.apps + 1],
  flags: [
    {
      name: "to",
      value: "version or sha",
      summary: "this version, or the one of this commit, instead of the last healthy one",
    },
  ],
  summary: "Opens a pull request that restores the last healthy version, and puts automation on hold",
  details: [
    "Opens a pull request for each app that restores the last healthy version. At once it puts automation on hold there: no promotion opens by itself,",
    "and Sluice merges no image update. New tags still get their pull requests. The hold ends with `/release`, or when somebody promotes a newer version.",
    "With no app named, it means the apps that this pull request changes; on a promotion, its own apps.",
  ].join("\n"),
  examples: [
    { line: "/rollback prod webapp", does: "goes back to the last healthy version of `webapp`" },
    { line: "/rollback prod webapp --to 1.4.0", does: "goes back to this version" },
    { line: "/rollback prod webapp --to 3f2a91c", does: "goes back to what `prod` had at this commit" },
  ],
  ...byAllow,
  run: (given, call, ports) => rollback(ports, call, rollbackRequest(given)),
};

/** What the words ask for. */
export function rollbackRequest({ words, flags: { to } }: Arguments): RollbackRequest {
  return { ...environmentAndApps("rollback", words), ...(typeof to === "string" && { to: checkName(to, "version") }) };
}

/** Opens the pull requests that restore an earlier version, one for each target, and holds automation there. */
async function rollback(ports: PromotionPorts, call: CommandCall, asked: RollbackRequest): Promise<string> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const where = { installationId: call.installationId, repository: call.repository };
  const context = await openContext(ports, where, baseOf(pull), call.signal, wantsOf(pull));
  const environment = environmentMeant(context.config, asked.environment);
  await assertAllowed(context, call, environment, asked.apps);
  const request = { ...asked, environment, apps: appsMeant(context, environment, asked.apps) };
  await assertAllowed(context, call, environment, request.apps);
  const apps = request.apps.length > 0 ? request.apps : await appsOf(ports, context, pull, environment);
  if (request.apps.length === 0) await assertAllowed(context, call, request.environment, apps);
  const observed = observe(context);
  const said: string[] = [];
  const held: string[] = [];
  for (const pair of rollbackPairs(context, request.environment, apps)) {
    const point = await rollbackPoint(ports, context, observed, pair.target, { to: request.to });
    if (point === undefined) {
      said.push(`**Nothing to do:** ${inert(environment)} has ${inert(pair.app)} ${inert(request.to ?? "")} already.`);
      continue;
    }
    const result = await openPromotion(ports, context, {
      kind: "rollback",
      environment: request.environment,
      from: request.environment,
      pairs: [pair],
      commit: point.commit,
      actor: call.actor,
      origin: pull.number,
    });
    if (result.pull !== undefined) {
      await holdBack(ports, context, call, request.environment, pair.app, result, point);
      held.push(`${request.environment}/${pair.app}`);
    }
    said.push(`${describeResult(result)} Why this one: ${inert(point.why)}.`);
  }
  if (held.length === 0) return said.join("\n\n");
  // What is open already is held from now on.
  await ports.queue.add({ type: "promotions", ...where, defaultBranch: context.base });
  const releases = sentenceList(held.map((place) => code(`/release ${place}`)));
  const hold = `⏸️ **On hold:** nothing promotes or updates ${inert(sentenceList(held))} until ${releases}, or until someone promotes a newer version by hand.`;
  return [...said, hold].join("\n\n");
}

async function appsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  environment: string,
): Promise<readonly string[]> {
  const metadata = promotionOf(pull, ports.signer);
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
  call: CommandCall,
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
