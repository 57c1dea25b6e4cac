import { environmentAndApps, LIMITS } from "../../../change/command-arguments.ts";
import { appsMeant, environmentMeant } from "../../../change/names-meant.ts";
import { baseOfCall, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { assertAllowed, byAllow } from "../../../change/rights.ts";
import { settingsFor } from "../../../config/index.ts";
import type { Arguments, Command, CommandCall } from "../../../model/command.ts";
import { UserError } from "../../../model/errors.ts";
import { sentenceList } from "../../../model/text/lists.ts";
import { code, inert } from "../../../model/text/markdown.ts";
import { deployGroups } from "../groups.ts";
import type { ReconcilePorts } from "../ports.ts";
import { recordRequest } from "../requests.ts";

/** `/reconcile`. */
export const reconcileCommand: Command<ReconcilePorts> = {
  name: "reconcile",
  usage: "<env> [app…]",
  words: [1, LIMITS.apps + 1],
  flags: [{ name: "prune", summary: "also deletes what a deploy has refused to delete by itself, because it is much" }],
  summary: "Deploys what the base branch has to an environment now",
  details: [
    "Use it to try a failed deploy again, or to deploy at once what was changed elsewhere. With no app named, it means every app of `<env>` that Sluice deploys.",
    "What somebody changed in the cluster by hand is put back. On the issue about drift the command works too.",
    "What is deployed is always the head of the base branch. A hold is not passed: `/release` ends it.",
  ].join("\n"),
  examples: [
    { line: "/reconcile staging", does: "deploys every app of `staging`" },
    { line: "/reconcile prod webapp", does: "deploys this one" },
  ],
  onIssues: true,
  ...byAllow,
  run: (given, call, ports) => reconcile(ports, call, given),
};

async function reconcile(ports: ReconcilePorts, call: CommandCall, { words, flags }: Arguments): Promise<string> {
  const named = environmentAndApps("reconcile", words);
  const github = await ports.github(call.installationId, call.repository);
  const where = { installationId: call.installationId, repository: call.repository };
  const context = await openContext(ports, where, await baseOfCall(github, call), call.signal);
  const environment = environmentMeant(context.config, named.environment);
  const apps = deployedApps(context, environment, appsMeant(context, environment, named.apps));
  await assertAllowed(context, call, environment, named.apps.length === 0 ? [] : apps);
  await assertFree(ports, context, environment, apps);
  await recordRequest(
    ports.records,
    call.repository,
    { environment, apps },
    {
      id: call.id,
      at: call.at,
      ...(flags.prune === true && { prune: true }),
    },
  );
  await ports.queue.add({ type: "reconcile", ...where, defaultBranch: context.base, environment });
  const commit = `[${code(context.head.slice(0, 7))}](${context.url}/commit/${context.head})`;
  return `⏳ **Deploying ${inert(sentenceList(apps))} to ${inert(environment)}:** ${inert(context.base)} at ${commit}. The result comes as a GitHub deployment.`;
}

/** The apps that are meant; each must be one that Sluice deploys there. */
export function deployedApps(
  context: RepositoryContext,
  environment: string,
  named: readonly string[],
): readonly string[] {
  settingsFor(context.config, "", environment);
  const deployed = deployGroups(context, environment).flatMap(({ targets }) => targets.map(({ app }) => app));
  if (deployed.length === 0)
    throw new UserError("config", `Sluice deploys nothing to \`${environment}\``, {
      fix: `add \`deploy\` to it in .sluice.yaml`,
    });
  const missing = named.filter((app) => !deployed.includes(app));
  if (missing.length === 0) return named.length > 0 ? named : deployed;
  throw new UserError("not-found", `Sluice does not deploy ${sentenceList(missing)} to \`${environment}\``, {
    fix: `it deploys ${sentenceList(deployed)} there`,
  });
}

async function assertFree(
  { clock }: ReconcilePorts,
  { state }: RepositoryContext,
  environment: string,
  apps: readonly string[],
): Promise<void> {
  for (const app of apps) {
    const hold = (await state.holds(environment, app, clock())).find(({ cause }) => cause === "person");
    if (hold === undefined) continue;
    const place = hold.environmentWide ? environment : `${environment}/${app}`;
    throw new UserError("refused", `\`${place}\` is on hold by ${hold.by}`, {
      fix: `end it with \`/release ${place}\``,
    });
  }
}
