import { code } from "../../../diff/index.ts";
import type { Arguments, Command, CommandCall } from "../../../model/command.ts";
import { UserError } from "../../../model/errors.ts";
import { atHead, factsOf } from "../facts.ts";
import { observe } from "../health.ts";
import type { PromotionPorts } from "../ports.ts";
import { checkName, LIMITS } from "./arguments.ts";
import { decided, decidedEvent, promotionAt } from "./open-promotion.ts";
import { assertAllowed, byAllow } from "./rights.ts";

/** What `/ack` asks for. */
export interface AckRequest {
  /** A finding's key, or its first part. */
  readonly finding: string;
}

/** `/ack`. */
export const ackCommand: Command<PromotionPorts> = {
  name: "ack",
  usage: "<finding>",
  words: [1, 1],
  flags: [],
  summary: "Says that a finding on this promotion was seen and is meant",
  details: [
    "Comment it on the promotion's own pull request. The gate table lists each finding that must be acknowledged, with its name; the first part of the",
    "name, before the colon, stands for all findings of that kind. It counts for the head that is there now only: after the next push, what is still",
    "there asks again.",
  ].join("\n"),
  examples: [
    { line: "/ack deleted-persistent-volume-claim", does: "acknowledges all findings of this kind" },
    {
      line: "/ack deleted-persistent-volume-claim:webapp/PersistentVolumeClaim/data",
      does: "acknowledges this one",
    },
  ],
  ...byAllow,
  run: (given, call, ports) => acknowledge(ports, call, ackRequest(given)),
};

/** What the words ask for. */
export function ackRequest({ words: [first = ""] }: Arguments): AckRequest {
  return { finding: checkName(first, "finding", LIMITS.finding) };
}

/** Acknowledges findings of this promotion's head. */
async function acknowledge(ports: PromotionPorts, call: CommandCall, { finding }: AckRequest): Promise<string> {
  const { context, pull, metadata } = await promotionAt(ports, call, "/ack");
  const apps = metadata.targets.map(({ app }) => app);
  await assertAllowed(context, call, metadata.environment, apps);
  const facts = await factsOf(ports, context, observe(context), await atHead(ports, context, pull, metadata));
  const keys = facts.targets.flatMap(({ findings }) => findings.map(({ key }) => key));
  const named = keys.filter((key) => key === finding || key.startsWith(`${finding}:`));
  if (named.length === 0) {
    const known = keys.slice(0, 10).map((key) => `\`${key}\``);
    const fix = known.length === 0 ? "there are none" : `the findings are ${known.join(", ")}`;
    throw new UserError("not-found", `there is no finding \`${finding}\` at this head`, { fix });
  }
  const about = { ...decided(call, metadata), apps };
  await ports.state.record(
    context.where,
    { ...about, kind: "acknowledged", pullRequest: pull.number, head: pull.head.sha, finding },
    call.signal,
  );
  ports.events.announce({
    kind: "finding.acknowledged",
    ...decidedEvent(ports, "finding.acknowledged", context, call, metadata),
    head: pull.head.sha,
    finding,
  });
  await ports.queue.add({ type: "gates", ...context.where, pullRequest: pull.number });
  return `acknowledged for ${code(pull.head.sha.slice(0, 7))} alone: ${named.map((key) => code(key)).join(", ")}`;
}
