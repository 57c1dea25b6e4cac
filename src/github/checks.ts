import { z } from "zod";
import type { CheckReport } from "../model/github.ts";
import {
  assertReport,
  type CheckPart,
  checkParts,
  missing,
  type WireAnnotation,
  wireAnnotations,
} from "./check-report.ts";
import type { Client } from "./client.ts";
import { mayHaveHappened } from "./errors.ts";
import { recent } from "./recent.ts";

const run = z.object({
  id: z.number(),
  html_url: z.string().nullable(),
  output: z.object({ annotations_count: z.number() }),
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

/** Makes the App's check run say a report. See `GitHub.upsertCheck`. */
export type UpsertCheck = (report: CheckReport) => Promise<{ readonly url: string }>;

/** Makes the function for one repository. It remembers the runs it made, so that completing one costs one request. */
export function createUpsertCheck(client: Client, appId: number): UpsertCheck {
  const seen = recent<Run>(200);

  const write = async (
    before: Run | undefined,
    report: CheckReport,
    wanted: readonly WireAnnotation[],
  ): Promise<Run> => {
    const [first, ...rest] = checkParts(report, wanted);
    let now =
      before === undefined ? await create(client, appId, report, first) : await update(client, before.id, first);
    for (const part of rest) now = await update(client, now.id, part);
    return now;
  };

  return async (report) => {
    assertReport(report);
    const key = `${report.headSha}/${report.name}`;
    const before = seen.get(key) ?? (await find(client, appId, report));
    seen.delete(key);
    const wanted = wireAnnotations(report.annotations ?? []);
    const left = before === undefined ? wanted : await stillToSend(client, before, report, wanted);
    const written = await write(left === undefined ? undefined : before, report, left ?? wanted);
    seen.set(key, written);
    return { url: written.html_url ?? "" };
  };
}

/** GitHub appends annotations and never takes one away. A run that has any which are not wanted is left behind for a new one: `undefined`. */
async function stillToSend(
  client: Client,
  before: Run,
  report: CheckReport,
  wanted: readonly WireAnnotation[],
): Promise<readonly WireAnnotation[] | undefined> {
  if (before.output.annotations_count === 0 || report.status !== "completed") return wanted;
  const present: WireAnnotation[] = [];
  for await (const page of client.pages(ANNOTATIONS, { check_run_id: before.id }, annotation)) present.push(...page);
  return missing(wanted, present);
}

/** The latest run of this name that the App made for the head. */
async function find(client: Client, appId: number, report: CheckReport): Promise<Run | undefined> {
  const parameters = { ref: report.headSha, check_name: report.name, app_id: appId, filter: "latest", per_page: 100 };
  const { check_runs } = await client.call(LIST, parameters, z.object({ check_runs: z.array(run) }));
  return check_runs.toSorted((a, b) => b.id - a.id)[0];
}

async function update(client: Client, id: number, part: CheckPart): Promise<Run> {
  return client.call(UPDATE, { check_run_id: id, ...part }, run);
}

async function create(client: Client, appId: number, report: CheckReport, part: CheckPart): Promise<Run> {
  try {
    return await client.call(CREATE, { head_sha: report.headSha, ...part }, run);
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    const made = await find(client, appId, report);
    if (made === undefined) throw error;
    return made;
  }
}
