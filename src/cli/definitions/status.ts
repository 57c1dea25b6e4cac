import { type ContextOf, define } from "../command.ts";
import { FORMAT, REF, REPO } from "./shared.ts";

/** `sluice status`. */
export const status = define({
  name: "status",
  summary: "show which version is in which environment, and what lags behind",
  description: [
    "Renders every target of the apps and lists the versions of their images by environment. Each target is compared with the environment that it promotes from: behind or ahead where versions can be ordered, else different.",
    "It shows what Git has, not what a cluster runs.",
  ],
  positionals: [{ name: "APP", description: "the apps to show (default: all)", many: true }],
  flags: {
    repo: REPO,
    ref: REF,
    format: FORMAT,
  },
  examples: [
    ["status", "every app in every environment"],
    ["status webapp --ref origin/main --format json", "one app on a branch, for a program"],
  ],
});

/** What its handler gets. */
export type StatusContext = ContextOf<typeof status>;
