import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import type { OperationReport } from "../../model/deploy.ts";
import { UserError } from "../../model/errors.ts";
import { mapLimit } from "../../model/map-limit.ts";
import { deploymentsOf, type SharedDeployment } from "./deployments.ts";
import {
  isNews,
  keyOf,
  progressOf,
  type Reported,
  type ReportedApps,
  readReported,
  writeReported,
} from "./reported.ts";
import { type Told, toldOf } from "./told.ts";
import { type ReportPorts, type Rest, type Run, startRun, type Written, writeReport } from "./write-report.ts";

/**
 * Brings GitHub up to date with where the deploys of an environment stand: Deployments and their statuses, the commit's
 * status, the check, comments where people have to know, and the status comments of what is deployed. `reports` are all
 * of the environment. Idempotent; costs no REST call where nothing is new. The statuses of Deployments are written
 * last: what has one that is up to date has all the rest.
 */
export async function reportDeploys(
  ports: ReportPorts,
  context: RepositoryContext,
  environment: string,
  reports: readonly OperationReport[],
): Promise<void> {
  const now = ports.clock();
  const before = await readReported(ports.records, context.where.repository, environment);
  const news = newsOf(reports, before, now);
  if (news.length === 0) return;
  try {
    const said = await reportNews(startRun(ports, context, environment, before), reports, news);
    await writeReported(ports.records, context.where.repository, environment, said, now);
  } catch (error) {
    // Deploys go on where GitHub refuses to show them, such as before the App's new permissions are accepted.
    if (!(error instanceof UserError)) throw error;
    ports.log.warn({ environment, reason: error.message, fix: error.fix }, "cannot say on GitHub how a deploy goes");
  }
}

/** Targets that are rendered at once: their renders are known from before. */
const rendersAtOnce = 4;

/** What there is to say; with one that failed all that did, as they share a comment. */
function newsOf(reports: readonly OperationReport[], before: ReportedApps, now: number): readonly OperationReport[] {
  const news = new Set(reports.filter((one) => isNews(one, before.get(one.operation.app), now)));
  const isFailure = [...news].some(({ status }) => status.state === "failed");
  return reports.filter((one) => news.has(one) || (isFailure && one.status.state === "failed"));
}

/** Says it, and gives what is said by now. */
async function reportNews(
  run: Run,
  reports: readonly OperationReport[],
  news: readonly OperationReport[],
): Promise<ReportedApps> {
  const { ports, context, environment, before } = run;
  const told = await mapLimit(news, rendersAtOnce, (one) => toldOf(ports, context, one));
  const byName = Map.groupBy(told, ({ operation }) => deploymentName(context, environment, operation.app));
  const shared: SharedDeployment[] = [];
  for (const [name, deploys] of byName) shared.push(...(await deploymentsOf(ports, context, name, deploys)));
  const rest = restOf(reports, before, new Set(told.map(({ operation }) => operation.app)));
  const written = await writeReport(run, shared, rest);
  const present = new Set(reports.map(({ operation }) => operation.app));
  const said = new Map([...before].filter(([app]) => present.has(app)));
  for (const one of shared)
    for (const deploy of one.deploys) said.set(deploy.operation.app, entryOf(run, one, deploy, written));
  return said;
}

/** The GitHub environment that the gates of promotions look at, where they look at Deployments. */
function deploymentName({ config }: RepositoryContext, environment: string, app: string): string {
  const { health } = settingsFor(config, app, environment);
  return health.kind === "deployment" ? health.name : environment;
}

function restOf(reports: readonly OperationReport[], before: ReportedApps, news: ReadonlySet<string>): readonly Rest[] {
  return reports.flatMap((report) => {
    const said = before.get(report.operation.app);
    if (said === undefined || news.has(report.operation.app)) return [];
    return [{ deploy: { ...report, version: said.version, digest: "" }, before: said }];
  });
}

function entryOf({ now }: Run, { deployment }: SharedDeployment, deploy: Told, { waits, current }: Written): Reported {
  return {
    key: keyOf(deploy),
    progress: current.has(deployment.id) ? progressOf(deploy.status) : "",
    at: now,
    deployment: deployment.id,
    sha: deployment.sha,
    version: deploy.version,
    waits: waits.get(deploy.operation.app),
  };
}
