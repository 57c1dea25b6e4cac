import { isOursAlone, Moved } from "../../change/branch.ts";
import { sourceAt } from "../../change/compute.ts";
import { openContext, type RepositoryContext, reopenContext } from "../../change/repository-context.ts";
import { assertMayAsk } from "../../change/source/allowed.ts";
import { Fault, UserError } from "../../model/errors.ts";
import type { ImageJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { computeBump, type TargetBump, type WantedBump } from "../bump.ts";
import { currentVersions, decideEntry, type EntryDecision, undecided, versionKey } from "../evaluate.ts";
import { type ImageEntry, type ImageUnit, targetsOf, unitsOf } from "../units.ts";
import { wantedOf } from "../wanted.ts";
import { closeUnneeded } from "./close.ts";
import { conclude, type Outcome } from "./conclusion.ts";
import { holdsOf } from "./holds.ts";
import { nextPoll } from "./poll.ts";
import type { ImagePorts } from "./ports.ts";
import { publish } from "./publish.ts";
import { notePublished } from "./published-heads.ts";
import { retryLater } from "./retry-later.ts";
import { schedule } from "./schedule.ts";
import { tagSightings } from "./tag-sightings.ts";

const tries = 6;

/**
 * Compares what the targets of one unit have with what its policies want, and opens, advances or closes its one pull request. What came of it, and why, goes to the delivery log. May be repeated at any time:
 * what is there already is not made again.
 */
export function runImage(job: ImageJob, ports: ImagePorts, run: RunContext): Promise<void> {
  return retryLater(ports, job, run, () => look(job, ports, run.signal));
}

async function look(job: ImageJob, ports: ImagePorts, signal: AbortSignal): Promise<void> {
  const where = { installationId: job.installationId, repository: job.repository };
  let context: RepositoryContext;
  try {
    context = await openContext(ports, where, job.defaultBranch, signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return ports.log.warn({ error, repository: job.repository }, `images are not looked at: ${error.message}`);
  }
  const unit = unitsOf(context.config).find(({ name }) => name === job.unit);
  if (unit === undefined) return;
  try {
    await untilStill(ports, context, unit);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await conclude(ports, context, unit, [], { summary: said(error) });
    await wakeUp(ports, context, unit, []);
  }
}

function said({ message, fix }: UserError): string {
  return fix === undefined ? message : `${message}: ${fix}`;
}

/** Somebody may move the branch or the base meanwhile: then all is looked at again. */
async function untilStill(ports: ImagePorts, first: RepositoryContext, unit: ImageUnit): Promise<void> {
  let context = first;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptUnit(ports, context, unit, attempt === 1);
    } catch (error) {
      if (!(error instanceof Moved)) throw error;
      if (attempt >= tries) throw new Fault("unavailable", `the branch ${error.message} kept moving`, { cause: error });
      context = await reopenContext(ports, context);
    }
  }
}

async function attemptUnit(
  ports: ImagePorts,
  context: RepositoryContext,
  unit: ImageUnit,
  firstTry: boolean,
): Promise<void> {
  const decisions: EntryDecision[] = [];
  for (const entry of unit.entries) decisions.push(await decideOrTell(ports, context, entry));
  const outcome = await act(ports, context, unit, decisions, firstTry);
  if (!decisions.some(({ failed }) => failed))
    await notePublished(ports, context.where.repository, unit.name, outcome.head);
  // After it was noted: what is merged by itself is held against the note.
  if (outcome.head !== undefined && outcome.pullRequest !== undefined)
    await ports.queue.add({ type: "image-pull", ...context.where, pullRequest: outcome.pullRequest });
  await conclude(ports, context, unit, decisions, outcome);
  await wakeUp(ports, context, unit, decisions);
}

/** An entry that cannot be decided about leaves the others of its unit alone. */
async function decideOrTell(ports: ImagePorts, context: RepositoryContext, entry: ImageEntry): Promise<EntryDecision> {
  try {
    return await decide(ports, context, entry);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undecided(entry, said(error));
  }
}

async function decide(ports: ImagePorts, context: RepositoryContext, entry: ImageEntry): Promise<EntryDecision> {
  assertMayAsk(ports.rights, context.where.repository, entry.image);
  const { repository, signal, targets } = context;
  const at = await sourceAt(repository, context.head);
  const now = await currentVersions(entry, targetsOf(entry, targets.targets), {
    at,
    renderer: ports.renderer,
    signal,
  });
  const clock = ports.clock();
  const stops = await holdsOf(context, now, clock);
  const { pushed, firstSeen } = await tagSightings(ports, entry.image);
  return decideEntry({ now, registry: ports.registry, clock, ...stops, pushed, firstSeen, signal });
}

async function act(
  ports: ImagePorts,
  context: RepositoryContext,
  unit: ImageUnit,
  decisions: readonly EntryDecision[],
  firstTry: boolean,
): Promise<Outcome> {
  const bumps = bumpsOf(decisions);
  // What cannot be looked at now may well be what the open pull request brings.
  if (decisions.some(({ failed }) => failed) && (bumps.length === 0 || context.branches.has(unit.branch))) return {};
  if (bumps.length === 0) {
    const left = new Set(decisions.flatMap((one) => one.left.map(({ target }) => target.id)));
    const closed = await closeUnneeded(ports, context, unit.branch, { why: reasonOf(decisions), left });
    return closed === undefined ? {} : { pullRequest: closed, how: "closed" };
  }
  const computed = await computeBump({
    repository: context.repository,
    base: context.head,
    bumps,
    allTargets: context.targets.targets,
    renderer: ports.renderer,
    signal: context.signal,
  });
  const refused = computed.targets.flatMap((target) => (target.outcome === "refused" ? [target] : []));
  if (!computed.targets.some(({ outcome }) => outcome === "planned")) {
    const why = refused.map(({ app, environment, reason }) => `${app} in ${environment}: ${reason}`).join("; ");
    const closed = await closeUnneeded(ports, context, unit.branch, { why });
    const summary = refused.length === 0 ? "every target has it already" : `it cannot be written: ${why}`;
    return { summary, ...(closed === undefined ? {} : { pullRequest: closed, how: "closed" as const }) };
  }
  if (await isTakenOver(ports, context, unit.branch)) {
    return { summary: `somebody pushed to \`${unit.branch}\`: merge or close its pull request, or delete the branch` };
  }
  const { pull, how, head = pull.head.sha } = await publish(ports, context, unit, decisions, computed, firstTry);
  if (how !== "declined") return { pullRequest: pull.number, head, how, refused };
  return {
    pullRequest: pull.number,
    summary: `a person closed #${pull.number} with these versions; a newer tag, or \`/retry\` there, brings it again`,
    refused,
  };
}

/** Whether a person's commits are on the branch: they are never overwritten. */
async function isTakenOver(ports: ImagePorts, context: RepositoryContext, branch: string): Promise<boolean> {
  const head = context.branches.get(branch);
  return head !== undefined && !(await isOursAlone(ports, context, branch, head));
}

/** What each target is to have, from all entries of the unit. */
function bumpsOf(decisions: readonly EntryDecision[]): readonly TargetBump[] {
  const byTarget = new Map<string, TargetBump>();
  for (const one of decisions) {
    for (const { target } of one.targets) {
      const wanted = wantedFor(one, target.id);
      if (wanted === undefined) continue;
      const before = byTarget.get(target.id)?.wanted ?? [];
      byTarget.set(target.id, { target, wanted: [...before, wanted] });
    }
  }
  return [...byTarget.values()];
}

function wantedFor({ entry, decision }: EntryDecision, target: string): WantedBump | undefined {
  const moving = new Set(
    decision.targets.filter((one) => one.target === target && one.moves).map(({ from }) => versionKey(from)),
  );
  if (decision.chosen === undefined || moving.size === 0) return undefined;
  const { tag, facts } = decision.chosen;
  return wantedOf(entry, { tag, digest: facts.digest }, moving);
}

function reasonOf(decisions: readonly EntryDecision[]): string {
  const reasons = decisions.flatMap(({ entry, decision, left }) => [
    `${entry.image}: ${decision.summary}`,
    ...left.map(({ target, why }) => `${target.id}: ${why}`),
  ]);
  return reasons.join("; ");
}

async function wakeUp(
  ports: ImagePorts,
  context: RepositoryContext,
  unit: ImageUnit,
  decisions: readonly EntryDecision[],
): Promise<void> {
  const job: ImageJob = { type: "image", ...context.where, defaultBranch: context.base, unit: unit.name };
  const moments = decisions.flatMap(({ decision: { waitUntil }, resumeAt }) =>
    [waitUntil ?? [], resumeAt ?? []].flat(),
  );
  const { owner, name } = context.where.repository;
  const poll = nextPoll(unit, `${owner}/${name}`, ports.clock());
  for (const moment of [...(moments.length > 0 ? [Math.min(...moments)] : []), ...(poll === undefined ? [] : [poll])])
    await schedule(ports, job, moment);
}
