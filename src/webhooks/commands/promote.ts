import type { Command } from "./command.ts";
import { byAllow } from "./rights.ts";
import { environmentAndApps, LIMITS, withoutFiller } from "./targets.ts";

/** `/promote`. */
export const promote: Command = {
  name: "promote",
  usage: "<env> [app…]",
  words: [1, LIMITS.apps + 1],
  flags: [{ name: "dry-run", summary: "only says what would change; nothing is written" }],
  summary: "Carries versions to an environment by pull request",
  details: [
    "Takes what runs in the environment that `<env>` promotes `from`, and opens one pull request that sets the same versions in `<env>`; where that",
    "pull request is open already, it is brought up to date in place. With no app named it means the apps that this pull request touched;",
    "on a promotion, those that it carries. Several apps are carried together, in one pull request.",
    "",
    "On a pull request that is still open, Sluice remembers the wish, waits for the merge and until the version is healthy, and then opens the",
    "promotion. The promotion itself is merged when its gates pass: by Sluice with `merge: automatic`, else by a person.",
  ].join("\n"),
  examples: [
    { line: "/promote prod", does: "carries every app that this pull request touched to `prod`" },
    { line: "/promote prod webapp api", does: "carries these two, in one pull request" },
    { line: "/promote prod --dry-run", does: "shows the plan: versions from → to, and each line that would change" },
  ],
  ...byAllow,
  async run(given, { call, promotions }) {
    const { environment, apps } = environmentAndApps(promote, given.words);
    const dryRun = given.flags["dry-run"] === true;
    return withoutFiller(promote, given.words, () => promotions.promote(call, { environment, apps, dryRun }));
  },
};
