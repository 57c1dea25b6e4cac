import { baseOf, openScene, type Scene } from "../../../change/repository-context.ts";
import { UserError } from "../../../model/errors.ts";
import type { PullRequest } from "../../../model/github.ts";
import type { PromotionCall } from "../../../model/promotion.ts";
import { parseBranch } from "../../text/branch.ts";
import { parseRecord } from "../../text/metadata.ts";
import { carry } from "../open.ts";
import type { PromotionPorts } from "../ports.ts";
import { resolve } from "../promotion-context.ts";
import { belongs, renewOne } from "../replan.ts";
import { describeMade } from "../reply-text.ts";
import { assertAllowed } from "./rights.ts";

/** `/retry`: on a promotion it plans, describes and evaluates again; on any other pull request it previews again and looks at all promotions. */
export async function retry(ports: PromotionPorts, call: PromotionCall): Promise<string> {
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
  const record = parseRecord(pull.body, pull.head.ref, ports.seal);
  const want = [`refs/pull/${pull.number}/head`, pull.head.sha, ...(record === undefined ? [] : [record.commit])];
  const scene = await openScene(ports, where, baseOf(pull), call.signal, want);
  await assertAllowed(scene, call, branch.environment, record?.apps ?? (branch.app === undefined ? [] : [branch.app]));
  const said = belongs(record, pull)
    ? await renewOne(ports, scene, pull, record)
    : await describeAgain(ports, scene, call, pull);
  await ports.queue.add({ type: "gates", ...where, pullRequest: pull.number });
  return said;
}

/** The hidden record is gone, or an older one was put back: the branch's name says what the promotion is of, and it is carried anew from where the source is now. */
async function describeAgain(
  ports: PromotionPorts,
  scene: Scene,
  call: PromotionCall,
  pull: PullRequest,
): Promise<string> {
  const branch = parseBranch(pull.head.ref);
  if (branch?.app === undefined || branch.kind === "rollback") {
    throw new UserError(
      "refused",
      "its description no longer says what it carries, and its branch's name does not say it all",
      { fix: "close it and give the command again" },
    );
  }
  const { pairs, from } = await resolve(ports, scene, branch.environment, [branch.app]);
  const about = { kind: "promotion", environment: branch.environment, from, commit: scene.head } as const;
  const made = await carry(ports, scene, { ...about, pairs, whenMoved: "follow", actor: call.actor });
  return describeMade(made, branch.environment);
}
