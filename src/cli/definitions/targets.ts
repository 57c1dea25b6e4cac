import { type ContextOf, define } from "../command.ts";
import { FORMAT_OR_JSON, REPO } from "./shared.ts";

/** `sluice targets`. */
export const targets = define({
  name: "targets",
  summary: "list what a repository deploys: each app in each environment",
  description: [
    "Lists the targets that .sluice.yaml names or, without the file, those that discovery finds by the usual layouts. Where the repository holds objects of Argo CD or Flux, it follows these, which renders what they read.",
  ],
  positionals: [],
  flags: {
    repo: REPO,
    ref: { type: "string", value: "REF", default: "HEAD", description: "the commit to look at" },
    format: FORMAT_OR_JSON,
  },
  examples: [
    ["targets", "the targets of the repository here"],
    ["targets --ref origin/main --format json", "those of a branch, for a program"],
  ],
});

/** What its handler gets. */
export type TargetsContext = ContextOf<typeof targets>;
