import { LIMITS } from "../../change/command-arguments.ts";
import { type Command, clip } from "../../model/command.ts";
import { UserError } from "../../model/errors.ts";
import type { Queue } from "../../model/queue.ts";

/** `/diff`; what `/diff live` does, the room of deploys says. */
export const diffCommand: Command<{ readonly queue: Pick<Queue, "add"> }> = {
  name: "diff",
  usage: "[live <env> [app…]]",
  words: [0, LIMITS.apps + 2],
  flags: [],
  summary: "Checks this pull request again, or compares a cluster with Git",
  details: [
    "Compares the newest commit again and updates comment and check. Use it after an outage, or when something outside the pull request changed.",
    "`/diff live prod` compares what runs in an environment with what the base branch has, by a dry run that writes nothing, and replies with what",
    "differs. It works where Sluice applies to the cluster itself, also on the issue about drift, for those who may `/reconcile` there.",
  ].join("\n"),
  examples: [
    { line: "/diff", does: "checks the newest commit again" },
    { line: "/diff live prod webapp", does: "compares webapp in the cluster of `prod` with Git" },
  ],
  onIssues: true,
  needs: "triage",
  why: "it costs computing time, and on a public repository everybody has `read`; what a cluster has is for those whom `allow` of the environment names",
  async run({ words }, { installationId, repository, pullRequest, issue }, { queue }) {
    const [word] = words;
    if (word !== undefined)
      throw new UserError("usage", `\`${clip(word)}\` is not a word of \`/diff\``, {
        fix: "write `/diff`, or `/diff live <env>`",
      });
    if (issue === true)
      throw new UserError("usage", "there is no pull request here to check", { fix: "write `/diff live <env>`" });
    await queue.add({ type: "preview", installationId, repository, pullRequest });
    return "checking the newest commit again; the comment and the check are updated";
  },
};
