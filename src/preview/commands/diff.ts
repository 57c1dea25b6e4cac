import type { Command } from "../../model/command.ts";
import type { Queue } from "../../model/queue.ts";

/** `/diff`. */
export const diffCommand: Command<{ readonly queue: Pick<Queue, "add"> }> = {
  name: "diff",
  usage: "",
  words: [0, 0],
  flags: [],
  summary: "Checks this pull request again",
  details:
    "Compares the newest commit again and updates comment and check. Use it after an outage, or when something outside the pull request changed.",
  examples: [{ line: "/diff", does: "checks the newest commit again" }],
  needs: "triage",
  why: "it costs computing time, and on a public repository everybody has `read`",
  async run(_given, { installationId, repository, pullRequest }, { queue }) {
    await queue.add({ type: "preview", installationId, repository, pullRequest });
    return "checking the newest commit again; the comment and the check are updated";
  },
};
