import { type ContextOf, define } from "../command.ts";
import { FORMAT, REF, REPO, WRITE } from "./shared.ts";

/** `sluice promote`. */
export const promote = define({
  name: "promote",
  summary: "give an environment the versions of the one before it",
  description: [
    "Plans what /promote does on GitHub, from a local checkout: reads which versions the source environment has, finds what sets them in the target's own files, edits only that, and proves by rendering that only the versions change.",
    "A target is planned, already there, or refused with the reason; a refused target leaves the others alone and makes the exit code 3. Uncommitted changes are ignored.",
    "--write refuses to touch files with uncommitted changes.",
  ],
  positionals: [
    {
      name: "APP",
      description: "the apps to promote (default: every app that is in both environments)",
      many: true,
    },
  ],
  flags: {
    to: { type: "string", value: "ENV", description: "the environment that the versions go to; required" },
    repo: REPO,
    ref: { ...REF, description: "the commit with the configuration and the files to edit" },
    "from-commit": { type: "string", value: "REF", description: "where to read the versions (default: --ref)" },
    "dry-run": { type: "boolean", description: "only show what would be edited; the default without --write" },
    write: WRITE,
    format: FORMAT,
  },
  examples: [
    ["promote --to prod", "what promoting everything to prod would edit"],
    ["promote --to prod webapp orders --write", "edit the files of two apps"],
    ["promote --to prod webapp --from-commit v1.4.0 --format json", "the versions of a tag, for a program"],
  ],
});

/** What its handler gets. */
export type PromoteContext = ContextOf<typeof promote>;
