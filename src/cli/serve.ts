import { defineCommand, EXIT } from "./command.ts";

/** `sluice serve`. */
export const serveCommand = defineCommand({
  name: "serve",
  summary: "run the GitHub App",
  description: [
    "Takes webhooks and carries out jobs until it is stopped. Settings come from the environment; sluice doctor says which are set and which are missing. On Ctrl-C or SIGTERM it takes nothing new, gives running jobs half a minute to end, and exits with 0; what is left is taken up again at the next start.",
  ],
  positionals: [],
  flags: {},
  examples: [["serve", "with APP_ID, PRIVATE_KEY and WEBHOOK_SECRET in the environment"]],
  async run({ env, signal, stderr, paintError }) {
    const { serve } = await import("../main.ts");
    signal.addEventListener("abort", () => stderr.write("Stopping: running jobs end first.\n"), { once: true });
    await serve(env, signal, ({ url }) => {
      stderr.write(`${paintError.green("✓")} Sluice is up${url === undefined ? "" : ` on ${url}`}\n`);
    });
    return EXIT.fine;
  },
});
