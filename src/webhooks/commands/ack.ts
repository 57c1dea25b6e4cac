import type { Command } from "./command.ts";
import { byAllow } from "./rights.ts";
import { checkName, LIMITS } from "./targets.ts";

/** `/ack`. */
export const ack: Command = {
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
  async run(given, { call, promotions }) {
    const [first = ""] = given.words;
    return promotions.acknowledge(call, { finding: checkName(first, "finding", LIMITS.finding) });
  },
};
