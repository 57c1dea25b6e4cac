import { type ContextOf, define } from "../command.ts";
import { FORMAT_OR_JSON } from "./shared.ts";

/** `sluice doctor`. */
export const doctor = define({
  name: "doctor",
  summary: "check this machine and the settings",
  description: [
    "Checks Node, git, the render engine and its lockdown, the machine, the cached renders, the server's settings (names only, never values) and the stores that they name. With the settings of a server it asks GitHub what the server asks at its start: whether it takes the App's key, which permissions and events are missing, whether the clock is right, and which repositories have no ruleset for Sluice's branches. Exits with 1 when something that Sluice needs is missing or broken.",
  ],
  positionals: [],
  flags: { format: FORMAT_OR_JSON },
  examples: [["doctor", "a report with the fix for everything that is wrong"]],
});

/** What its handler gets. */
export type DoctorContext = ContextOf<typeof doctor>;
