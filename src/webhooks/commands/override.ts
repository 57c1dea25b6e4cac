import { GATES, type GateName } from "../../model/gates.ts";
import { clip, wrongUsage } from "./arguments.ts";
import type { Command } from "./command.ts";
import { closest } from "./spelling.ts";
import { LIMITS, reasonOf } from "./targets.ts";

const names = GATES.map((one) => `\`${one}\``).join(", ");

/** `/override`. */
export const override: Command = {
  name: "override",
  usage: "<gate> <reason…>",
  words: [1, LIMITS.reason],
  flags: [],
  summary: "Passes one gate of this promotion",
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
  async run(given, { call, promotions }) {
    const [first = "", ...words] = given.words;
    const gate = gateOf(first);
    const reason = reasonOf(words);
    if (reason === "") throw wrongUsage(override, `the reason for passing \`${gate}\` is missing`);
    return promotions.override(call, { gate, reason });
  },
};

function gateOf(word: string): GateName {
  const gate = GATES.find((one) => one.toLowerCase() === word.toLowerCase());
  if (gate !== undefined) return gate;
  const meant = closest(word, GATES);
  const guess = meant === undefined ? "" : `; did you mean \`${meant}\`?`;
  throw wrongUsage(override, `there is no gate \`${clip(word)}\`${guess === "" ? `: there are ${names}` : guess}`);
}
