import { type AckRequest, ackRequest, confirmedText, isNamed } from "../../../change/acknowledgement.ts";
import { assertAllowed } from "../../../change/rights.ts";
import type { CommandCall, CommandCase } from "../../../model/command.ts";
import { UserError } from "../../../model/errors.ts";
import { codeList } from "../../../model/text/markdown.ts";
import { atHead, factsOf } from "../facts.ts";
import { observe } from "../health.ts";
import type { PromotionPorts } from "../ports.ts";
import { decided, decidedEvent, findPromotion, type OpenPromotion } from "./open-promotion.ts";

/** What `/ack` means on a promotion: its gate `findings` has findings that a preview has not. */
export const promotionAck: CommandCase<PromotionPorts> = {
  command: "ack",
  async run(given, call, ports) {
    const promotion = await findPromotion(ports, call);
    return promotion === undefined ? undefined : acknowledge(ports, call, ackRequest(given), promotion);
  },
};

/** Confirms findings of this promotion's head. */
async function acknowledge(
  ports: PromotionPorts,
  call: CommandCall,
  { finding, reason }: AckRequest,
  { context, pull, metadata }: OpenPromotion,
): Promise<string> {
  const apps = metadata.targets.map(({ app }) => app);
  await assertAllowed(context, call, metadata.environment, apps);
  const facts = await factsOf(ports, context, observe(context), await atHead(ports, context, pull, metadata));
  const keys = facts.targets.flatMap(({ findings }) => findings.map(({ key }) => key));
  const named = keys.filter((key) => isNamed(key, finding));
  if (named.length === 0) {
    const fix = keys.length === 0 ? "there are none" : `the findings are ${codeList(keys, 10)}`;
    throw new UserError("not-found", `there is no finding \`${finding}\` at this head`, { fix });
  }
  const said = reason === "" ? {} : { reason };
  const about = { ...decided(call, metadata), ...said, apps };
  await ports.state.record(
    context.where,
    { ...about, kind: "acknowledged", pullRequest: pull.number, head: pull.head.sha, finding },
    call.signal,
  );
  ports.events.announce({
    kind: "finding.acknowledged",
    ...decidedEvent(ports, "finding.acknowledged", context, call, metadata),
    ...said,
    head: pull.head.sha,
    finding,
  });
  await ports.queue.add({ type: "gates", ...context.where, pullRequest: pull.number });
  await ports.queue.add({ type: "preview", ...context.where, pullRequest: pull.number });
  const commit = `[\`${pull.head.sha.slice(0, 7)}\`](${context.url}/commit/${pull.head.sha})`;
  return confirmedText(commit, named, reason);
}
