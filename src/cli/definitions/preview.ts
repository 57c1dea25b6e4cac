import { type ContextOf, define } from "../command.ts";
import { REPO } from "./shared.ts";

/** `sluice preview`. */
export const preview = define({
  name: "preview",
  summary: "show what merging a branch changes in every environment",
  description: [
    "Renders every target that the change can affect, at the merge base and at the head, and shows the difference: the verdict and the findings first, then what changes where, then the diffs, equal ones once. It writes nothing to the repository and sends nothing anywhere.",
    "The configuration is read from the base, as on GitHub; without a .sluice.yaml targets are discovered. Uncommitted changes are reported; --worktree includes them.",
    "--format markdown prints the comment that Sluice posts on a pull request; json prints one object (targets with their changes, who deploys them, charts, findings, what moved, notes, drift, completeness); html prints a self-contained page.",
  ],
  positionals: [],
  flags: {
    repo: REPO,
    base: {
      type: "string",
      value: "REF",
      description: "what is merged into (default: the remote's default branch, else main or master)",
    },
    head: { type: "string", value: "REF", default: "HEAD", description: "what would be merged" },
    worktree: { type: "boolean", description: "compare the files as they are, committed or not" },
    config: { type: "string", value: "FILE", description: "a file to use instead of the base's .sluice.yaml" },
    all: { type: "boolean", description: "also list affected apps that stay the same" },
    full: { type: "boolean", description: "show resources that come or go whole, not only their names" },
    format: {
      type: "string",
      choices: ["text", "markdown", "json", "html"],
      default: "text",
      description: "the output format",
    },
    "fail-on": {
      type: "string",
      choices: ["danger", "warning"],
      description: "exit with 3 when a finding is at least this severe, or when an affected target was not rendered",
    },
  },
  examples: [
    ["preview", "what this branch changes against the default branch"],
    ["preview --worktree", "what is not committed yet, too"],
    ["preview --base v1.4.0 --head main --format html > preview.html", "between two revisions, as a page"],
    ["preview --fail-on danger --format json", "in a pipeline: exit code 3 when something is dangerous"],
  ],
});

/** What its handler gets. */
export type PreviewContext = ContextOf<typeof preview>;
