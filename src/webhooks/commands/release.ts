import type { Command } from "./command.ts";
import { byAllow } from "./rights.ts";
import { target, withoutFiller } from "./targets.ts";

/** `/release`. */
export const release: Command = {
  name: "release",
  usage: "<env>[/<app>]",
  words: [1, 1],
  flags: [],
  summary: "Ends a hold",
  details:
    "Ends a hold that `/hold`, `/rollback` or a reverted promotion put there, and lets what waited go on. A hold on a whole environment is ended as that: naming one app of it does not make an exception.",
  examples: [
    { line: "/release prod/webapp", does: "lets `webapp` in `prod` go on" },
    { line: "/release prod", does: "ends the hold on the whole environment" },
  ],
  ...byAllow,
  async run(given, { call, promotions }) {
    const [first = ""] = given.words;
    const wish = target(release, first);
    return withoutFiller(release, given.words, () => promotions.release(call, wish));
  },
};
