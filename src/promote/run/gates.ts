import { inert } from "../../diff/index.ts";
import { UserError } from "../../model/errors.ts";
import type { GateVerdict } from "../../model/gates.ts";
import type { PullRequest } from "../../model/github.ts";
import type { GatesJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { evaluateGates } from "../../policy/gates/index.ts";
import { parseBranch } from "../text/branch.ts";
import { gatesCheck, gatesSection, promotionCheck, replaceGates } from "../text/gates.ts";
import { type PromotionRecord, parseRecord } from "../text/record.ts";
import { factsOf } from "./facts.ts";
import { observe } from "./health.ts";
import { mergeHead, mergesItself } from "./merge.ts";
import type { PromotionPorts } from "./ports.ts";
import { enqueue } from "./publish.ts";
import { baseOf, openScene, type Scene, targetOf } from "./scene.ts";
import { settle } from "./settle.ts";

/**
 * Evaluates the gates of one promotion pull request at its head, says them in its check and its body, sets the timer for the next moment that changes the answer, and merges where that is
 * Sluice's to do. What was merged or closed is written into the history. May be repeated at any time.
 */
export async function runGates(job: GatesJob, ports: PromotionPorts, context: RunContext): Promise<void> {
  const github = await ports.github(job.installationId, job.repository);
  const pull = await github.pullRequest(job.pullRequest);
  if (parseBranch(pull.head.ref) === undefined || pull.fork) return;
  const where = { installationId: job.installationId, repository: job.repository };
  const record = parseRecord(pull.body, pull.head.ref, ports.seal);
  if (record === undefined) return pull.state === "closed" ? undefined : unreadable(github, pull);
  if (pull.state === "closed") return settle(ports, where, pull, record, context.signal);
  const want = [`refs/pull/${pull.number}/head`, pull.head.sha, record.commit];
  try {
    const scene = await openScene(ports, where, baseOf(pull), context.signal, want);
    await evaluate(ports, scene, pull, record);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await github.upsertCheck(refused(pull, error));
  }
}

async function evaluate(
  ports: PromotionPorts,
  scene: Scene,
  pull: PullRequest,
  record: PromotionRecord,
): Promise<void> {
  const facts = await factsOf(ports, scene, observe(scene.github), pull, record);
  const now = ports.clock();
  const verdict = evaluateGates(facts, now);
  const remarks: string[] = [];
  const empty = verdict.state === "passed" && (await isEmpty(ports, scene, pull, record));
  if (empty) remarks.push("The render stays the same: merging it changes nothing in the cluster.");
  if (verdict.state === "passed" && mergesItself(scene, record, empty)) {
    // GitHub may require this very check.
    await scene.github.upsertCheck(gatesCheck(pull.head.sha, verdict, now, remarks));
    const remark = await mergeHead(ports, scene, pull, record);
    if (remark === undefined) return;
    remarks.push(inert(remark));
  }
  await say(ports, scene, pull, verdict, now, remarks);
  await enqueue(
    ports,
    scene,
    { carried: record.carried.slice(0, 10), ...(record.origin === undefined ? {} : { origin: record.origin }) },
    undefined,
  );
}

async function say(
  ports: PromotionPorts,
  scene: Scene,
  pull: PullRequest,
  verdict: GateVerdict,
  now: number,
  remarks: readonly string[],
): Promise<void> {
  await scene.github.upsertCheck(gatesCheck(pull.head.sha, verdict, now, remarks));
  const body = replaceGates(pull.body, gatesSection(verdict, now, remarks));
  if (body !== undefined && timeless(body) !== timeless(pull.body))
    await scene.github.updatePullRequest(pull.number, { body });
  if (verdict.nextAt === undefined) return;
  const wakes = { type: "gates", ...scene.where, pullRequest: pull.number } as const;
  await ports.queue.add({ type: "wake", at: verdict.nextAt, wakes }, { delayMs: Math.max(0, verdict.nextAt - now) });
}

/** How far away a moment is changes with every look, which is no reason to write. */
function timeless(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(/ \((?:in [^)]*|[^)]* ago)\)/g, "");
}

async function isEmpty(
  ports: PromotionPorts,
  scene: Scene,
  pull: PullRequest,
  record: PromotionRecord,
): Promise<boolean> {
  const { repository, signal } = scene;
  const fork = (await repository.mergeBase(pull.head.sha, scene.head)) ?? scene.head;
  const digests = await Promise.all(
    record.targets.flatMap(({ app }) => {
      const target = targetOf(scene, app, record.environment);
      if (target === undefined) return [];
      return [fork, pull.head.sha].map(async (commit) => {
        const source = { tree: await repository.tree(commit), objects: repository.objects };
        const render = await ports.renderer.render(target.render, source, signal);
        return render.ok ? render.digest : `${commit} failed`;
      });
    }),
  );
  return digests.every((digest, index) => index % 2 === 0 || digest === digests[index - 1]);
}

function refused(pull: PullRequest, error: UserError) {
  const summary = [error.message, error.fix]
    .filter((part) => part !== undefined)
    .map(inert)
    .join("\n\n");
  return {
    name: promotionCheck,
    headSha: pull.head.sha,
    status: "completed",
    conclusion: "failure",
    title: "The gates cannot be evaluated",
    summary,
  } as const;
}

async function unreadable(github: Scene["github"], pull: PullRequest): Promise<void> {
  await github.upsertCheck({
    name: promotionCheck,
    headSha: pull.head.sha,
    status: "completed",
    conclusion: "action_required",
    title: "This pull request no longer says what it carries",
    summary:
      "The hidden record in its description was changed or taken out, so its gates cannot be evaluated. Comment `/retry` to have it planned and described again.",
  });
}
