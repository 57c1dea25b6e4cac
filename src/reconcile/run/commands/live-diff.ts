import { environmentAndApps } from "../../../change/command-arguments.ts";
import { appsMeant, environmentMeant } from "../../../change/names-meant.ts";
import { baseOfCall, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { assertAllowed } from "../../../change/rights.ts";
import type { CommandCall, CommandCase } from "../../../model/command.ts";
import { UserError } from "../../../model/errors.ts";
import { type ComparedApp, liveDiffReply, type UncomparedApp } from "../../text/live-diff.ts";
import { compareTargets } from "../compare-live.ts";
import { type DeployGroup, deployGroups } from "../groups.ts";
import { objectDriftOf } from "../object-drift.ts";
import type { ReconcilePorts } from "../ports.ts";
import { deployedApps } from "./reconcile.ts";

/**
 * `/diff live <env> [app…]`: what runs beside what the base branch has. For those who may deploy there: what a cluster
 * has is not for everybody who can read the repository.
 */
export const liveDiffCase: CommandCase<ReconcilePorts> = {
  command: "diff",
  async run({ words: [first, ...words] }, call, ports) {
    return first === "live" ? liveDiff(ports, call, words) : undefined;
  },
};

async function liveDiff(ports: ReconcilePorts, call: CommandCall, words: readonly string[]): Promise<string> {
  if (words.length === 0)
    throw new UserError("usage", "no environment is named", {
      fix: "write `/diff live <env>`, such as `/diff live prod`",
    });
  const named = environmentAndApps("diff live", words);
  const github = await ports.github(call.installationId, call.repository);
  const where = { installationId: call.installationId, repository: call.repository };
  const context = await openContext(ports, where, await baseOfCall(github, call), call.signal);
  const environment = environmentMeant(context.config, named.environment);
  const apps = deployedApps(context, environment, appsMeant(context, environment, named.apps));
  await assertAllowed(context, call, environment, named.apps.length === 0 ? [] : apps);
  const compared: ComparedApp[] = [];
  const uncompared: UncomparedApp[] = [];
  for (const group of groupsOf(context, environment, apps)) {
    const result = await compareGroup(ports, context, environment, group);
    compared.push(...result.compared);
    uncompared.push(...result.uncompared);
  }
  const { base, head, url: repositoryUrl } = context;
  return liveDiffReply({ environment, base, head, repositoryUrl, compared, uncompared }, ports.clock());
}

function groupsOf(context: RepositoryContext, environment: string, apps: readonly string[]): readonly DeployGroup[] {
  return deployGroups(context, environment)
    .map((group) => ({ ...group, targets: group.targets.filter(({ app }) => apps.includes(app)) }))
    .filter(({ targets }) => targets.length > 0);
}

interface Compared {
  readonly compared: readonly ComparedApp[];
  readonly uncompared: readonly UncomparedApp[];
}

async function compareGroup(
  ports: ReconcilePorts,
  context: RepositoryContext,
  environment: string,
  group: DeployGroup,
): Promise<Compared> {
  const result = await compareTargets(ports, context, environment, group, "all");
  const missing = (app: string, why: UncomparedApp["why"]): UncomparedApp => ({ app, why });
  if (result === undefined || "busy" in result)
    return { compared: [], uncompared: group.targets.map(({ app }) => missing(app, "unseen")) };
  if (result.faults.length > 0) throw result.faults[0];
  const compared = [...result.apps].map(([app, { live, drifted, unknown }]): ComparedApp => {
    return {
      app,
      live,
      unknown: unknown.length,
      objects: drifted.flatMap((one) => objectDriftOf(app, one, ports.fingerprintKey) ?? []),
    };
  });
  const left = group.targets.filter(({ app }) => !result.apps.has(app));
  return { compared, uncompared: left.map(({ app }) => missing(app, "refused")) };
}
