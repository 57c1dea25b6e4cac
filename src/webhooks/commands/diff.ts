import type { Command } from "./command.ts";

/** `/diff`. */
export const diff: Command = {
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
  async run(_given, { job, queue }) {
    const { installationId, repository, pullRequest } = job;
    await queue.add({ type: "preview", installationId, repository, pullRequest });
    return "rendering the newest head again; the comment and the check are updated in place";
  },
};
