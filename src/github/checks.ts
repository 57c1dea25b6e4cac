import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { CheckReport } from "../model/github.ts";
import type { OwnCheck } from "../model/github-repository.ts";
import type { Clock } from "../model/observe.ts";
import {
  annotationsToAdd,
  assertReport,
  type CheckPart,
  type CheckState,
  checkParts,
  type PresentAnnotation,
  wireAnnotations,
} from "./check-report.ts";
import type { Client } from "./client.ts";
import { mayHaveHappened } from "./errors.ts";
import { FRESH_MS } from "./limits.ts";

const run = z.object({
  id: z.number(),
  html_url: z.string().nullable(),
  status: z.string(),
  conclusion: z.string().nullish(),
  external_id: z.string().nullish(),
  details_url: z.string().nullish(),
  output: z.object({
    title: z.string().nullish(),
    summary: z.string().nullish(),
    text: z.string().nullish(),
    annotations_count: z.number(),
  }),
});
type Run = z.infer<typeof run>;

const annotation = z.object({
  path: z.string(),
  start_line: z.number(),
  end_line: z.number(),
  annotation_level: z.string(),
  title: z.string().nullable(),
  message: z.string().nullable(),
});

const LIST = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
const CREATE = "POST /repos/{owner}/{repo}/check-runs";
const UPDATE = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
const ANNOTATIONS = "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations";

/** The App's check runs. */
export interface Checks {
  /** Makes the run say a report. See `GitHub.upsertCheck`. */
  upsert(report: CheckReport): Promise<{ readonly url: string }>;
  /** What the newest run says. See `GitHubRepository.ownCheck`. */
  read(sha: string, name: string): Promise<OwnCheck | undefined>;
  /** The commit was made just now: it has no runs yet. */
  justCreated(sha: string): void;
}

/** A commit of our own, with the runs that were begun on it. */
interface Birth {
  readonly at: number;
  readonly begun: Set<string>;
}

/**
 * Creates the object for one repository. It remembers the runs it made, so that completing one costs one request. One
 * that says the same already is not written again; what is remembered may be old, so GitHub is asked before that is
 * believed.
 *
 * GitHub appends annotations and never takes one away. So a run that is complete and has annotations is not begun again
 * (what it says was said of the same head); completing it sends only those that it lacks; and when it has some that are
 * not true any more, a new run takes its place.
 */
export function createChecks(client: Client, appId: number, clock: Clock): Checks {
  const seen = new LRUCache<string, Run>({ max: 200 });
  const births = new LRUCache<string, Birth>({ max: 200 });

  /** Whether the commit is so new that there is no such run, nor an attempt to make one whose answer was lost. */
  const isFirst = ({ headSha }: CheckReport, key: string): boolean => {
    const birth = births.get(headSha);
    if (birth === undefined || clock() - birth.at >= FRESH_MS || birth.begun.has(key)) return false;
    birth.begun.add(key);
    return true;
  };

  const begin = async (before: Run | undefined, report: CheckReport): Promise<Run> => {
    if (before?.status === "completed" && before.output.annotations_count > 0) return before;
    const [part] = checkParts(report, []);
    return before === undefined ? create(client, appId, report, part) : update(client, before.id, part);
  };

  const complete = async (before: Run | undefined, report: CheckReport): Promise<Run> => {
    const wanted = wireAnnotations(report.annotations ?? []);
    const left = before === undefined ? wanted : annotationsToAdd(wanted, await annotationsOf(client, before));
    const base = left === undefined ? await leaveBehind(client, before) : before;
    const [first, ...rest] = checkParts(report, left ?? wanted);
    let now =
      base === undefined ? await create(client, appId, report, first, before) : await update(client, base.id, first);
    for (const part of rest) now = await update(client, now.id, part);
    return now;
  };

  return {
    async upsert(report) {
      assertReport(report);
      const key = JSON.stringify([report.headSha, report.name, report.externalId]);
      const remembered = seen.get(key);
      const known = remembered !== undefined && !says(remembered, report) ? remembered : undefined;
      const before = known ?? (isFirst(report, key) ? undefined : await find(client, appId, report));
      seen.delete(key);
      if (before !== undefined && says(before, report)) {
        seen.set(key, before);
        return { url: before.html_url ?? "" };
      }
      const written = report.status === "completed" ? await complete(before, report) : await begin(before, report);
      seen.set(key, written);
      return { url: written.html_url ?? "" };
    },
    async read(headSha, name) {
      const found = await find(client, appId, { headSha, name });
      return found && { title: found.output.title ?? "", summary: found.output.summary ?? "" };
    },
    justCreated: (sha) => births.set(sha, { at: clock(), begun: new Set() }),
  };
}

/** Whether the run says the report, as far as it can be seen without reading annotations. */
function says(run: Run, report: CheckReport): boolean {
  if (run.output.annotations_count > 0 || (report.annotations ?? []).length > 0) return false;
  const { title, summary, text } = run.output;
  const there = [run.status, run.conclusion, run.external_id, title, summary, text].map((one) => one || undefined);
  const { status, conclusion, externalId } = report;
  const wanted = [
    status,
    status === "completed" ? conclusion : undefined,
    externalId,
    report.title,
    report.summary,
    report.text,
  ];
  const link = report.detailsUrl === undefined || report.detailsUrl === run.details_url;
  return link && wanted.every((one, index) => (one || undefined) === there[index]);
}

async function annotationsOf(client: Client, before: Run): Promise<readonly PresentAnnotation[]> {
  if (before.output.annotations_count === 0) return [];
  const present: PresentAnnotation[] = [];
  for await (const page of client.pages(ANNOTATIONS, { check_run_id: before.id }, annotation)) present.push(...page);
  return present;
}

/** A run that a new one replaces must not stay open. */
async function leaveBehind(client: Client, before: Run | undefined): Promise<undefined> {
  if (before === undefined || before.status === "completed") return;
  const output = { title: "Replaced", summary: "A newer run of this check says what holds." };
  await update(client, before.id, { status: "completed", conclusion: "neutral", output });
}

/**
 * The latest run of this name that the App made for the head. With an external id: the one with that id, or else one
 * without, which an older version made; a run of another id is somebody else's. `latest` would hide all but one of
 * them.
 */
async function find(
  client: Client,
  appId: number,
  report: Pick<CheckReport, "headSha" | "name" | "externalId">,
): Promise<Run | undefined> {
  const parameters = {
    ref: report.headSha,
    check_name: report.name,
    app_id: appId,
    filter: "all",
    per_page: 100,
  } as const;
  const { check_runs } = await client.call(LIST, parameters, z.object({ check_runs: z.array(run) }));
  const newestFirst = check_runs.toSorted((a, b) => b.id - a.id);
  const own = newestFirst.find((one) => (one.external_id || undefined) === report.externalId);
  return own ?? newestFirst.find((one) => !one.external_id);
}

async function update(client: Client, id: number, part: CheckPart | CheckState): Promise<Run> {
  return client.call(UPDATE, { check_run_id: id, ...part }, run);
}

/** Creates a run. After an answer that tells nothing it looks for the run, which is another one than `old`. */
async function create(client: Client, appId: number, report: CheckReport, part: CheckPart, old?: Run): Promise<Run> {
  try {
    return await client.call(CREATE, { head_sha: report.headSha, ...part }, run);
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    const made = await find(client, appId, report);
    if (made === undefined || made.id === old?.id) throw error;
    return made;
  }
}
