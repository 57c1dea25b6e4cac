import { describesHead } from "../../../change/pull-request/metadata.ts";
import { baseOf, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { assertAllowed } from "../../../change/rights.ts";
import type { Command, CommandCall } from "../../../model/command.ts";
import { UserError } from "../../../model/errors.ts";
import type { PullRequest } from "../../../model/github.ts";
import { resolvePairs } from "../../resolve.ts";
import { parseBranch } from "../../text/branch.ts";
import { promotionOf } from "../../text/metadata.ts";
import { openPromotion } from "../open.ts";
import type { PromotionPorts } from "../ports.ts";
import { replanPromotion } from "../replan.ts";
import { describeResult } from "../reply-text.ts";

/** `/retry`. Rooms add what it means on pull requests of theirs. */
export const retryCommand: Command<PromotionPorts> = {
  name: "retry",
  usage: "",
  words: [0, 0],
  flags: [],
  summary: "Tries the failed step again",
  details:
    "Use it after an outage. Sluice checks, plans and evaluates the gates again. Finished steps are not repeated.",
  examples: [{ line: "/retry", does: "tries again what failed" }],
  needs: "triage",
  why: "it costs computing time, and on a public repository everybody has `read`; on a promotion the environment's `allow` must be met as well",
  run: (_given, call, ports) => retry(ports, call),
};

/**
 * On a promotion plans, describes and evaluates again; on any other pull request previews again and looks at all
 * promotions.
 */
async function retry(ports: PromotionPorts, call: CommandCall): Promise<string> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const where = { installationId: call.installationId, repository: call.repository };
  const branch = pull.fork ? undefined : parseBranch(pull.head.ref);
  if (branch === undefined || pull.state === "closed") {
    if (pull.state === "open") await ports.queue.add({ type: "preview", ...where, pullRequest: pull.number });
    await ports.queue.add({ type: "promotions", ...where, defaultBranch: pull.defaultBranch });
    await ports.queue.add({ type: "status-comment", ...where, pullRequest: pull.number });
    return "looking at everything again; the comments and checks are updated in place";
  }
  const metadata = promotionOf(pull, ports.signer);
  const want = [`refs/pull/${pull.number}/head`, pull.head.sha, ...(metadata === undefined ? [] : [metadata.commit])];
  const context = await openContext(ports, where, baseOf(pull), call.signal, want);
  await assertAllowed(
    context,
    call,
    branch.environment,
    metadata?.apps ?? (branch.app === undefined ? [] : [branch.app]),
  );
  const said =
    metadata !== undefined && describesHead(metadata, pull)
      ? await replanPromotion(ports, context, pull, metadata)
      : await describeAgain(ports, context, call, pull);
  await ports.queue.add({ type: "gates", ...where, pullRequest: pull.number });
  return said;
}

/**
 * The hidden metadata is gone, or an older one was put back: the branch's name says what the promotion is of, and it is
 * planned again from where the source is now.
 */
async function describeAgain(
  ports: PromotionPorts,
  context: RepositoryContext,
  call: CommandCall,
  pull: PullRequest,
): Promise<string> {
  const branch = parseBranch(pull.head.ref);
  if (branch?.app === undefined || branch.kind === "rollback") {
    throw new UserError(
      "refused",
      "its description no longer says what it promotes, and its branch's name does not say it all",
      { fix: "close it and give the command again" },
    );
  }
  const { pairs, from } = resolvePairs(context, branch.environment, [branch.app]);
  const about = { kind: "promotion", environment: branch.environment, from, commit: context.head } as const;
  const result = await openPromotion(ports, context, { ...about, pairs, whenMoved: "follow", actor: call.actor });
  return describeResult(result);
}
