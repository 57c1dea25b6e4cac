import { LIMITS, reasonOf } from "../../../change/command-arguments.ts";
import { assertMayOverride } from "../../../change/rights.ts";
import { code } from "../../../diff/index.ts";
import { type Arguments, type Command, type CommandCall, clip } from "../../../model/command.ts";
import { UserError } from "../../../model/errors.ts";
import { GATES, type GateName } from "../../../model/gates.ts";
import { nearest } from "../../../model/nearest.ts";
import { overriddenText, unmetIn } from "../../text/gates.ts";
import type { PromotionPorts } from "../ports.ts";
import { decided, decidedEvent, promotionAt } from "./open-promotion.ts";

const names = GATES.map((one) => `\`${one}\``).join(", ");

/** What `/override` asks for. */
export interface OverrideRequest {
  readonly gate: GateName;
  readonly reason: string;
}

/** `/override`. */
export const overrideCommand: Command<PromotionPorts> = {
  name: "override",
  usage: "<gate> <reason…>",
  words: [1, LIMITS.reason],
  flags: [],
  summary: "Passes one gate of this promotion, on record",
  details: [
    "Comment it on the promotion's own pull request. The gate counts as passed for the head that is there now; the next push asks for it again. Who",
    "did it and why is shown in the gate table and kept in the history, so a reason must be given.",
    "",
    `The gates are ${names}.`,
  ].join("\n"),
  examples: [
    { line: "/override soak the fix for the outage cannot wait", does: "does not wait for the rest of the soak time" },
    { line: "/override windows agreed with on-call", does: "merges outside the windows" },
  ],
  needs: "read",
  who: "as `gates.override` says",
  why: "the environment's `gates.override` in the base branch's configuration decides: its people and teams, and at least `maintain` where it says nothing",
  run: (given, call, ports) => override(ports, call, overrideRequest(given)),
};

/** What the words ask for. */
export function overrideRequest({ words: [first = "", ...more] }: Arguments): OverrideRequest {
  const gate = gateOf(first);
  const reason = reasonOf(more);
  if (reason === "") throw new UserError("usage", `the reason for passing \`${gate}\` is missing`);
  return { gate, reason };
}

function gateOf(word: string): GateName {
  const gate = GATES.find((one) => one.toLowerCase() === word.toLowerCase());
  if (gate !== undefined) return gate;
  const meant = nearest(word, GATES);
  const guess = meant === undefined ? `: there are ${names}` : `; did you mean \`${meant}\`?`;
  throw new UserError("usage", `there is no gate \`${clip(word)}\`${guess}`);
}

/** Passes the gate for this promotion's head. */
async function override(ports: PromotionPorts, call: CommandCall, { gate, reason }: OverrideRequest): Promise<string> {
  const { context, pull, metadata } = await promotionAt(ports, call, "/override");
  const apps = metadata.targets.map(({ app }) => app);
  await assertMayOverride(context, call, metadata.environment, apps);
  const about = { ...decided(call, metadata), apps, reason };
  await ports.state.record(
    context.where,
    { ...about, kind: "overridden", pullRequest: pull.number, head: pull.head.sha, gate },
    call.signal,
  );
  ports.events.announce({
    kind: "gate.overridden",
    ...decidedEvent(ports, "gate.overridden", context, call, metadata),
    head: pull.head.sha,
    gate,
    reason,
  });
  await ports.queue.add({ type: "gates", ...context.where, pullRequest: pull.number });
  const head = `[${code(pull.head.sha.slice(0, 7))}](${context.url}/commit/${pull.head.sha})`;
  const history = `${context.url}/tree/sluice-state`;
  return overriddenText({ gate, reason, head, history, unmet: unmetIn(pull.body, gate) });
}
