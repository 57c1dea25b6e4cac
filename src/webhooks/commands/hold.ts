import type { Command } from "./command.ts";
import { byAllow } from "./rights.ts";
import { LIMITS, reasonOf, target, withoutFiller } from "./targets.ts";
import { parseUntil, untilGoesOn } from "./until.ts";

/** `/hold`. */
export const hold: Command = {
  name: "hold",
  usage: "<env>[/<app>] [reason…]",
  words: [1, LIMITS.reason],
  flags: [
    {
      name: "until",
      value: "time",
      summary: "when the hold ends by itself, a year ahead at most",
      goesOn: untilGoesOn,
    },
  ],
  summary: "Stops promotions and image updates of an environment or of one app there",
  details: [
    "Nothing is promoted to what is held, nothing is updated there, and open promotions wait, until somebody says `/release` or the time is over.",
    "The reason is shown wherever something waits, so say why; no quotes are needed.",
    "",
    "`--until` takes how long, counted from the comment (`30m`, `2h`, `3d`, `1d12h`, `2 weeks`), or a moment with its zone",
    "(`2026-11-23T09:00+01:00`, `2026-11-23T08:00Z`, `2026-11-23 09:00 Europe/Berlin`), or a day (`2026-11-23`), at whose beginning in UTC the hold",
    "ends.",
  ].join("\n"),
  examples: [
    { line: "/hold prod checkout is broken, see the incident", does: "stops everything in `prod`, with a reason" },
    { line: "/hold prod/webapp", does: "stops one app there" },
    { line: "/hold prod --until 2026-11-23 09:00 Europe/Berlin the big sale", does: "ends by itself" },
    { line: "/hold prod --until 2h load test", does: "lasts two hours" },
  ],
  ...byAllow,
  async run(given, { call, promotions }) {
    const [first = "", ...reason] = given.words;
    const { until } = given.flags;
    const wish = {
      ...target(hold, first),
      reason: reasonOf(reason),
      ...(typeof until === "string" && { until: parseUntil(until, call.at) }),
    };
    return withoutFiller(hold, given.words, () => promotions.hold(call, wish));
  },
};
