import { baseOf, openScene } from "../../../change/repository-context.ts";
import { code } from "../../../diff/index.ts";
import type { PromotionCall } from "../../../model/promotion.ts";
import { evaluateGates } from "../../../policy/gates/index.ts";
import { gatesSection, verdictLine } from "../../text/gates.ts";
import { parseRecord } from "../../text/metadata.ts";
import { chainComment } from "../../text/status-comment.ts";
import { factsOf } from "../facts.ts";
import { observe } from "../health.ts";
import type { PromotionPorts } from "../ports.ts";
import { chainSteps } from "../status-steps.ts";
import { wantsOf } from "../touched.ts";

/** `/status`: on a promotion its gates, on any other pull request where its change is. */
export async function status(ports: PromotionPorts, call: PromotionCall): Promise<string> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const where = { installationId: call.installationId, repository: call.repository };
  const record = pull.fork ? undefined : parseRecord(pull.body, pull.head.ref, ports.seal);
  const want = [...wantsOf(pull), ...(record === undefined ? [] : [record.commit])];
  const scene = await openScene(ports, where, baseOf(pull), call.signal, want);
  const now = ports.clock();
  if (record !== undefined && pull.state === "open") {
    const verdict = evaluateGates(await factsOf(ports, scene, observe(scene.github), pull, record), now);
    return `${verdictLine(verdict, now)}\n\n${gatesSection(verdict, now)}`;
  }
  if (record !== undefined)
    return pull.merged ? `this promotion to ${code(record.environment)} is merged` : "this promotion was closed";
  const steps = await chainSteps(ports, scene, pull);
  if (!pull.merged)
    return pull.state === "open"
      ? `not merged yet${steps.length === 0 ? "" : `\n\n${chainComment(steps)}`}`
      : "closed without being merged";
  return `here it is\n\n${chainComment(steps)}`;
}
