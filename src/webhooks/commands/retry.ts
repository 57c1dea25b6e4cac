import type { Command } from "./command.ts";

/** `/retry`. */
export const retry: Command = {
  name: "retry",
  usage: "",
  words: [0, 0],
  flags: [],
  summary: "Runs the failed step again",
  details:
    "For when something outside failed, such as a registry or GitHub itself: what did not get through is begun again, the promotion is planned anew and its gates are evaluated. What was done already is not done twice.",
  examples: [{ line: "/retry", does: "begins again what failed" }],
  needs: "triage",
  why: "it costs computing time, and on a public repository everybody has `read`; on a promotion the environment's `allow` must be met as well",
  run: async (_given, { call, promotions }) => promotions.retry(call),
};
