import { type ContextOf, define } from "../command.ts";

/** `sluice serve`. */
export const serve = define({
  name: "serve",
  summary: "run the GitHub App",
  description: [
    "Receives webhooks and runs jobs until it is stopped. Settings come from the environment; sluice doctor shows which are set and which are missing. On Ctrl-C or SIGTERM it takes no new jobs and gives running ones 20 seconds to finish. The next start continues with the rest.",
  ],
  positionals: [],
  flags: {},
  examples: [["serve", "with APP_ID, PRIVATE_KEY and WEBHOOK_SECRET in the environment"]],
});

/** What its handler gets. */
export type ServeContext = ContextOf<typeof serve>;
