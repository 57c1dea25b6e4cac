import { createHash } from "node:crypto";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import type { ContestedField, EnvironmentDrift, ObjectDrift } from "../../model/deploy.ts";
import { eventId } from "../../model/events.ts";
import type { IssueText, OwnIssue } from "../../model/github-repository.ts";
import { canonicalJson } from "../../model/json.ts";
import {
  type DriftContext,
  driftClosedComment,
  driftEndedComment,
  driftHealedComment,
  driftIssue,
} from "../text/drift-issue.ts";
import { fieldPlaceOf } from "./field-place.ts";
import type { ReportPorts } from "./write-report.ts";

/** What was found, and what became of it. */
export interface DriftReport {
  /** What differs now. */
  readonly drift: EnvironmentDrift;
  /** What differed, and was set back since the last report. */
  readonly undone?: readonly ObjectDrift[];
  /** When that was found, the same in every report of it. */
  readonly undoneAt?: number;
  /** What is left as it is, since somebody changes it again whenever it is set back. */
  readonly contested?: readonly ContestedField[];
}

const kind = "drift-report";
/** Nothing differs. */
const clean = "none";
/** How long it is trusted that the issue says what it said. */
const keepMs = 24 * 3_600_000;

/**
 * Brings the one issue of an environment up to date with how its cluster differs from Git: opens it, updates it in
 * place, says what was set back, closes it when it is gone, and opens it again when it comes back. An issue that a
 * person closed stays closed until something else differs. Costs no REST call where nothing changed.
 */
export async function reportDrift(ports: ReportPorts, context: RepositoryContext, report: DriftReport): Promise<void> {
  const { drift, undone = [] } = report;
  const id = reportIdOf(context, drift.environment);
  const differs = fingerprintOf(report);
  const before = (await ports.records.get(kind, id))?.value;
  if (before === differs && undone.length === 0) return;
  const run = { ports, context, report, differs, now: ports.clock() };
  const issue = await context.github.ownIssue(markerOf(drift.environment));
  const told = undone.length === 0 ? issue : await sayUndone(run, undone, issue);
  if (differs !== clean) await showDrift(run, told);
  else if (undone.length > 0) await close(run, told);
  else await closeIssue(run, told);
  await ports.records.put(kind, { id, at: run.now, keys: [], value: differs }, keepMs);
}

function reportIdOf({ where: { repository } }: RepositoryContext, environment: string): string {
  return `${repository.owner}/${repository.name}/${environment}`.toLowerCase();
}

interface Run {
  readonly ports: ReportPorts;
  readonly context: RepositoryContext;
  readonly report: DriftReport;
  /** Of what differs. */
  readonly differs: string;
  readonly now: number;
}

/** A word that markers may be made of. */
function markerOf(environment: string): string {
  return /^[a-z0-9-]+$/.test(environment) ? `drift-${environment}` : `drift-${hash(environment)}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** The same for the same differences, whenever they are seen. */
function fingerprintOf({ drift: { objects }, contested = [] }: Pick<DriftReport, "drift" | "contested">): string {
  if (objects.length === 0) return clean;
  const changes = objects.map(({ change: { kind: of, namespace, name, diff, action } }) => [
    of,
    namespace,
    name,
    action,
    diff,
  ]);
  const left = contested.map(({ app, kind: of, name, path = "", by = "" }) => [app, of, name, path, by]);
  return hash(canonicalJson(left.length === 0 ? changes : [changes, left]));
}

const hidden = /^<!-- differs (\d+) ([0-9a-z]+) -->\n/;

/** What the issue keeps for the next run: since when it differs, and in what. */
function hiddenOf(issue: OwnIssue | undefined): { readonly since: number; readonly differs: string } | undefined {
  const [, since, differs] = hidden.exec(issue?.body ?? "") ?? [];
  return since === undefined || differs === undefined ? undefined : { since: Number(since), differs };
}

async function showDrift(run: Run, issue: OwnIssue | undefined): Promise<void> {
  const { context, report, differs } = run;
  if (issue === undefined) return void (await openIssue(run));
  const said = hiddenOf(issue);
  // Whoever closed it has seen this; what is open says it already.
  if (said?.differs === differs) return;
  const since = issue.state === "open" && said !== undefined ? said.since : sinceOf(run);
  const marker = markerOf(report.drift.environment);
  const text = { ...textOf(run, since), state: "open" } as const;
  announceDrift(run, "drift.found", await context.github.updateIssue(issue.number, marker, text));
}

async function openIssue(run: Run): Promise<OwnIssue> {
  const { context, report } = run;
  const issue = await context.github.openIssue(markerOf(report.drift.environment), textOf(run, sinceOf(run)));
  announceDrift(run, "drift.found", issue);
  return issue;
}

/** When the first of it was changed, where the cluster knows that. */
function sinceOf({ report: { drift }, now }: Run): number {
  return Math.min(now, ...drift.objects.flatMap(({ at }) => at ?? []));
}

function textOf(run: Run, since: number): IssueText {
  const { title, body } = driftIssue(run.report.drift, driftContext(run, since), run.now);
  return { title, body: `<!-- differs ${since} ${run.differs} -->\n${body}` };
}

function driftContext({ context, report: { drift, contested = [] } }: Run, since: number): DriftContext {
  const { base, url: repositoryUrl, config } = context;
  const healed = drift.objects.filter(({ app }) => {
    const { deploy } = settingsFor(config, app, drift.environment);
    return deploy?.engine === "apply" && deploy.selfHeal;
  });
  const all = healed.length === drift.objects.length && contested.length === 0;
  return { base, repositoryUrl, since, contested, selfHeal: healed.length === 0 ? "off" : all ? "on" : "partly" };
}

/** Whoever changed it must learn that it is gone: in the issue, which is opened for it where there is none. */
async function sayUndone(run: Run, undone: readonly ObjectDrift[], before: OwnIssue | undefined): Promise<OwnIssue> {
  const { context, report, now } = run;
  const drift = { ...report.drift, objects: undone };
  const past = { ...run, report: { drift }, differs: fingerprintOf({ drift }) };
  const issue = before ?? (await openIssue(past));
  const places =
    undone.length === 1 ? await Promise.all(undone.map((one) => fieldPlaceOf(context, drift.environment, one))) : [];
  const text = driftHealedComment(drift, driftContext(past, now), places, now);
  await context.github.upsertComment(issue.number, `healed-${hash(`${past.differs} ${report.undoneAt}`)}`, text);
  announceDrift(past, "drift.healed", issue);
  return issue;
}

async function closeIssue(run: Run, issue: OwnIssue | undefined): Promise<void> {
  if (issue?.state !== "open") return;
  const text = driftClosedComment(run.report.drift.environment, run.now, undefined, run.now);
  await run.context.github.upsertComment(issue.number, `closed-${hash(String(hiddenOf(issue)?.since))}`, text);
  await close(run, issue);
  announceDrift(run, "drift.closed", issue);
}

/**
 * Closes the issue of an environment that is not compared any more: what it says would stay for ever, and nobody knows
 * whether it is so.
 */
export async function endDriftReport(
  ports: ReportPorts,
  context: RepositoryContext,
  environment: string,
): Promise<void> {
  const issue = await context.github.ownIssue(markerOf(environment));
  const now = ports.clock();
  if (issue?.state === "open") {
    const drift = { environment, head: context.head, comparedAt: now, objects: [] };
    const run = { ports, context, report: { drift }, differs: clean, now };
    const marker = `ended-${hash(String(hiddenOf(issue)?.since))}`;
    await context.github.upsertComment(issue.number, marker, driftEndedComment(environment));
    await close(run, issue);
  }
  const id = reportIdOf(context, environment);
  await ports.records.put(kind, { id, at: now, keys: [], value: clean }, keepMs);
}

/** Closed by Sluice: the next difference opens it again, even the same one. */
async function close({ context, report: { drift } }: Run, issue: OwnIssue | undefined): Promise<void> {
  if (issue === undefined) return;
  const { number, title, body } = issue;
  const text = body.replace(hidden, (_all, since: string) => `<!-- differs ${since} ${clean} -->\n`);
  await context.github.updateIssue(number, markerOf(drift.environment), { title, body: text, state: "closed" });
}

function announceDrift(
  { ports, context, report: { drift }, differs, now }: Run,
  what: "drift.found" | "drift.healed" | "drift.closed",
  { number, url }: OwnIssue,
): void {
  const { where } = context;
  const id = eventId(what, where.repository, drift.environment, number, differs);
  const { environment, objects } = drift;
  ports.events.announce({
    kind: what,
    id,
    at: now,
    ...where,
    environment,
    issue: number,
    url,
    resources: objects.length,
  });
}
