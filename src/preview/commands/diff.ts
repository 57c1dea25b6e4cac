import type { Command } from "../../model/command.ts";
import type { Queue } from "../../model/queue.ts";

/** `/diff`. */
export const diffCommand: Command<{ readonly queue: Pick<Queue, "add"> }> = {
  name: "diff",
  usage: "",
  words: [0, 0],
  flags: [],
  summary: "Renders the pull request again",
  details:
    "Compares the head with its merge base once more and updates the comment and the check in place. Useful when something that the pull request does not contain has changed, or after an outage.",
  examples: [{ line: "/diff", does: "renders the newest head again" }],
  needs: "triage",
  why: "it costs computing time, and on a public repository everybody has `read`",
  async run(_given, { installationId, repository, pullRequest }, { queue }) {
    await queue.add({ type: "preview", installationId, repository, pullRequest });
    return "rendering the newest head again; the comment and the check are updated in place";
  },
};
