import type { Command } from "./command.ts";
import { byAllow } from "./rights.ts";
import { checkName } from "./targets.ts";

/** `/ack`. */
export const ack: Command = {
  name: "ack",
  usage: "<finding>",
  words: [1, 1],
  flags: [],
  summary: "Says that a finding was seen and is meant",
  details:
    "Each finding that must be acknowledged is listed in the gate table with the word that names it here. It counts for the head that is there now only: after the next push a finding that is still there asks again.",
  examples: [{ line: "/ack pvc-deleted-3f2a", does: "acknowledges the finding of that name" }],
  ...byAllow,
  async run(given, { call, promotions }) {
    const [first = ""] = given.words;
    return promotions.acknowledge(call, { finding: checkName(first, "finding") });
  },
};
