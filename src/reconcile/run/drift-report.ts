import { createHash } from "node:crypto";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import type { EnvironmentDrift } from "../../model/deploy.ts";
import { eventId } from "../../model/events.ts";
import type { OwnIssue } from "../../model/github-repository.ts";
import { canonicalJson } from "../../model/json.ts";
import {
  type DriftContext,
  driftClosedComment,
  driftHealedComment,
  driftIssue,
  type FieldPlace,
} from "../text/drift-issue.ts";
import type { ReportPorts } from "./write-report.ts";

/** What was found, and what became of it. */
export interface DriftReport {
  readonly drift: EnvironmentDrift;
  /** What differed was set back: the environment matches Git by now. */
  readonly healed: boolean;
  /** Where what was set back is set in Git, in the order of the objects, where that is known. */
  readonly places?: readonly (FieldPlace | undefined)[];
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
  const { drift, healed } = report;
  const { repository } = context.where;
  const id = `${repository.owner}/${repository.name}/${drift.environment}`.toLowerCase();
  const differs = fingerprintOf(drift);
  const now = healed ? clean : differs;
  const before = (await ports.records.get(kind, id))?.value;
  if (before === now && !(healed && differs !== clean)) return;
  const run = { ports, context, report, differs, now: ports.clock() };
  const issue = await context.github.ownIssue(markerOf(drift.environment));
  if (differs === clean) await closeIssue(run, issue);
  else if (healed) await sayHealed(run, issue);
  else await showDrift(run, issue);
  await ports.records.put(kind, { id, at: run.now, keys: [], value: now }, keepMs);
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
function fingerprintOf({ objects }: EnvironmentDrift): string {
  if (objects.length === 0) return clean;
  return hash(
    canonicalJson(
      objects.map(({ change: { kind: of, namespace, name, diff, action } }) => [of, namespace, name, action, diff]),
    ),
  );
}

const hidden = /^<!-- differs (\d+) ([0-9a-z]+) -->\n/;

/** What the issue keeps for the next run: since when it differs, and in what. */
function hiddenOf(issue: OwnIssue | undefined): { readonly since: number; readonly differs: string } | undefined {
  const [, since, differs] = hidden.exec(issue?.body ?? "") ?? [];
  return since === undefined || differs === undefined ? undefined : { since: Number(since), differs };
}

async function showDrift(run: Run, issue: OwnIssue | undefined): Promise<OwnIssue | undefined> {
  const { context, report, differs, now } = run;
  const said = hiddenOf(issue);
  // Whoever closed it has seen this.
  if (issue?.state === "closed" && said?.differs === differs) return undefined;
  const moments = report.drift.objects.flatMap(({ at }) => at ?? []);
  const since = issue?.state === "open" && said !== undefined ? said.since : Math.min(now, ...moments);
  const { title, body } = driftIssue(report.drift, driftContext(run, since), now);
  const text = { title, body: `<!-- differs ${since} ${differs} -->\n${body}` };
  const marker = markerOf(report.drift.environment);
  if (issue === undefined) announceDrift(run, "drift.found", await context.github.openIssue(marker, text));
  else if (issue.state === "closed" || said?.differs !== differs)
    announceDrift(
      run,
      "drift.found",
      await context.github.updateIssue(issue.number, marker, { ...text, state: "open" }),
    );
  return context.github.ownIssue(marker);
}

function driftContext({ context, report: { drift } }: Run, since: number): DriftContext {
  const { base, url: repositoryUrl, config } = context;
  const selfHeal = drift.objects.some(({ app }) => {
    const { deploy } = settingsFor(config, app, drift.environment);
    return deploy?.engine === "apply" && deploy.selfHeal;
  });
  return { base, repositoryUrl, since, selfHeal };
}

/** Whoever changed it must learn that it is gone: in the issue, which is opened for it where there is none. */
async function sayHealed(run: Run, before: OwnIssue | undefined): Promise<void> {
  const { context, report, now } = run;
  const issue = before?.state === "open" ? before : await showDrift(run, before);
  if (issue === undefined) return;
  const text = driftHealedComment(report.drift, driftContext(run, now), report.places ?? [], now);
  await context.github.upsertComment(issue.number, `healed-${hash(`${run.differs} ${hiddenOf(issue)?.since}`)}`, text);
  await close(run, issue);
  announceDrift(run, "drift.healed", issue);
}

async function closeIssue(run: Run, issue: OwnIssue | undefined): Promise<void> {
  if (issue?.state !== "open") return;
  const text = driftClosedComment(run.report.drift.environment, run.now, undefined, run.now);
  await run.context.github.upsertComment(issue.number, `closed-${hash(String(hiddenOf(issue)?.since))}`, text);
  await close(run, issue);
  announceDrift(run, "drift.closed", issue);
}

/** Closed by Sluice: the next difference opens it again, even the same one. */
async function close({ context, report: { drift } }: Run, { number, title, body }: OwnIssue): Promise<void> {
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
