import type { Command } from "./command.ts";
import { byAllow } from "./rights.ts";
import { checkName, environmentAndApps, LIMITS, withoutFiller } from "./targets.ts";

/** `/rollback`. */
export const rollback: Command = {
  name: "rollback",
  usage: "<env> [app…]",
  words: [1, LIMITS.apps + 1],
  flags: [
    {
      name: "to",
      value: "version or sha",
      summary: "this version, or the one of this commit, instead of the last healthy one",
    },
  ],
  summary: "Restores an earlier version by pull request and holds automation there",
  details: [
    "Opens a pull request for each app that sets the last version that was healthy before the present one. At once it holds promotions and image",
    "updates of those apps in that environment, so that nothing automatic brings the bad version back: until somebody says `/release`, or promotes",
    "something newer by hand. With no app named it means the apps that this pull request touched; on a promotion, those that it carries.",
  ].join("\n"),
  examples: [
    { line: "/rollback prod webapp", does: "goes back to the last healthy version of `webapp`" },
    { line: "/rollback prod webapp --to 1.4.0", does: "goes back to this version" },
    { line: "/rollback prod webapp --to 3f2a91c", does: "goes back to what `prod` had at this commit" },
  ],
  ...byAllow,
  async run(given, { call, promotions }) {
    const { environment, apps } = environmentAndApps(rollback, given.words);
    const { to } = given.flags;
    const wish = { environment, apps, ...(typeof to === "string" && { to: checkName(to, "version") }) };
    return withoutFiller(rollback, given.words, () => promotions.rollback(call, wish));
  },
};
