import { ApiError, notFound, validationFailed } from "../errors.ts";
import { emitCheckRun } from "../events.ts";
import type { CheckRun, CheckSuite, Repository, StoredAnnotation } from "../state.ts";
import { botLogin, ensureAccount, nextId, nowIso, type World } from "../world.ts";

/** GitHub's limits. */
const MAX_ANNOTATIONS = 50;
const MAX_OUTPUT = 65_535;

/** The parts of a check run that its owner may set. */
export interface CheckRunInput {
  readonly name?: string | undefined;
  readonly details_url?: string | undefined;
  readonly external_id?: string | undefined;
  readonly status?: string | undefined;
  readonly conclusion?: string | undefined;
  readonly started_at?: string | undefined;
  readonly completed_at?: string | undefined;
  readonly output?: CheckOutputInput | undefined;
}

/** The output part. */
interface CheckOutputInput {
  readonly title?: string | undefined;
  readonly summary: string;
  readonly text?: string | undefined;
  readonly annotations?: readonly StoredAnnotation[] | undefined;
}

/** An App that reports checks, with the login of its bot. */
export interface Reporter {
  readonly appId: number;
  readonly login: string;
}

/** The app under test as a reporter. */
export function ownReporter(world: World): Reporter {
  return { appId: world.state.app.id, login: botLogin(world) };
}

/** Another App as a reporter; made on first use. */
export function foreignReporter(world: World, slug: string): Reporter {
  const login = ensureAccount(world, `${slug}[bot]`, "Bot").login;
  const known = world.state.foreignApps.find((one) => one.slug === slug);
  if (known) return { appId: known.id, login };
  const app = { id: nextId(world), slug, createdAt: nowIso(world) };
  world.state.foreignApps.push(app);
  return { appId: app.id, login };
}

/** Starts a check run on a commit. */
export function createCheckRun(
  world: World,
  repository: Repository,
  headSha: string,
  name: string,
  input: CheckRunInput,
  by: Reporter = ownReporter(world),
): CheckRun {
  checkOutput(input.output);
  const run: CheckRun = {
    id: nextId(world),
    appId: by.appId,
    suiteId: suiteOf(world, repository, headSha, by.appId).id,
    headSha,
    name,
    externalId: null,
    detailsUrl: null,
    status: "queued",
    conclusion: null,
    startedAt: nowIso(world),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
  };
  apply(world, run, input);
  repository.checkRuns.push(run);
  emitCheckRun(world, repository, run, "created", by.login);
  if (run.status === "completed") emitCheckRun(world, repository, run, "completed", by.login);
  return run;
}

/** Updates a check run; annotations are appended, as on GitHub. */
export function updateCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  input: CheckRunInput,
  by: Reporter = ownReporter(world),
): void {
  if (run.appId !== by.appId)
    throw new ApiError(
      403,
      `Invalid app_id \`${by.appId}\` - check run can only be modified by the GitHub App that created it.`,
    );
  checkOutput(input.output);
  const before = run.status;
  apply(world, run, input);
  if (before !== "completed" && run.status === "completed") emitCheckRun(world, repository, run, "completed", by.login);
}

/** The check run; throws 404. */
export function checkRunOf(repository: Repository, id: number): CheckRun {
  const run = repository.checkRuns.find((one) => one.id === id);
  if (!run) throw notFound();
  return run;
}

/**
 * What the "Re-run" button does: the App that made the run is told, nothing else changes. Only a completed run can run
 * again.
 */
export function rerequest(world: World, repository: Repository, run: CheckRun, login: string): void {
  if (run.status !== "completed") throw new ApiError(422, "This check run has not completed yet.");
  if (run.appId === world.state.app.id) emitCheckRun(world, repository, run, "rerequested", login);
}

function suiteOf(world: World, repository: Repository, headSha: string, appId: number): CheckSuite {
  const known = repository.checkSuites.find((one) => one.headSha === headSha && one.appId === appId);
  if (known) return known;
  const suite = { id: nextId(world), appId, headSha, createdAt: nowIso(world) };
  repository.checkSuites.push(suite);
  return suite;
}

function apply(world: World, run: CheckRun, input: CheckRunInput): void {
  run.name = input.name ?? run.name;
  run.externalId = input.external_id ?? run.externalId;
  run.detailsUrl = input.details_url ?? run.detailsUrl;
  run.startedAt = input.started_at ?? run.startedAt;
  if (input.status !== undefined && input.status !== "completed") {
    run.conclusion = null;
    run.completedAt = null;
  }
  run.status = input.conclusion === undefined ? (input.status ?? run.status) : "completed";
  if (run.status === "completed") {
    run.conclusion = input.conclusion ?? run.conclusion;
    if (run.conclusion === null)
      throw new ApiError(422, 'Invalid request.\n\nMissing required key "conclusion" for a completed check run.');
    run.completedAt = input.completed_at ?? run.completedAt ?? nowIso(world);
  }
  if (!input.output) return;
  run.title = input.output.title ?? run.title;
  run.summary = input.output.summary;
  run.text = input.output.text ?? run.text;
  run.annotations.push(...(input.output.annotations ?? []));
}

function checkOutput(output: CheckOutputInput | undefined): void {
  if (!output) return;
  const refuse = (field: string, message: string): ApiError =>
    validationFailed({ resource: "CheckRun", field, code: "invalid", message });
  if ([...output.summary].length > MAX_OUTPUT)
    throw refuse("summary", `Only ${MAX_OUTPUT} characters are allowed; ${output.summary.length} were supplied.`);
  if ([...(output.text ?? "")].length > MAX_OUTPUT)
    throw refuse("text", `Only ${MAX_OUTPUT} characters are allowed; ${output.text?.length ?? 0} were supplied.`);
  const annotations = output.annotations ?? [];
  if (annotations.length > MAX_ANNOTATIONS)
    throw refuse(
      "annotations",
      `No more than ${MAX_ANNOTATIONS} items are allowed; ${annotations.length} were supplied.`,
    );
  if (annotations.some((one) => one.end_line < one.start_line))
    throw refuse("annotations", "end_line must not be before start_line");
}
