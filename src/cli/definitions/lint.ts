import { type ContextOf, define } from "../command.ts";
import { FORMAT_OR_JSON, REPO } from "./shared.ts";

/** `sluice lint`. */
export const lint = define({
  name: "lint",
  summary: "check .sluice.yaml: every problem with line, column and fix",
  description: [
    "Checks FILE or, without one, the .sluice.yaml at the top of the work tree. With --ref the file is read from that commit and also checked against its folders: paths that match nothing, targets that collide.",
  ],
  positionals: [{ name: "FILE", description: "the file to check" }],
  flags: {
    repo: REPO,
    ref: {
      type: "string",
      value: "REF",
      description: "read the file of this commit, and check it against the commit's folders",
    },
    format: FORMAT_OR_JSON,
  },
  examples: [
    ["lint", "the file in the work tree"],
    ["lint --ref HEAD", "the committed file, with the folders that it names"],
    ["lint --format json proposal.yaml", "another file, for a program"],
  ],
});

/** What its handler gets. */
export type LintContext = ContextOf<typeof lint>;
