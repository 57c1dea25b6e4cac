import { type ContextOf, define } from "../command.ts";
import { SAMPLE_NAMES } from "../demo/sample-names.ts";

/** `sluice demo`. */
export const demo = define({
  name: "demo",
  summary: "run the whole flow against a local GitHub",
  description: [
    "Starts a GitHub on this machine, pushes a sample GitOps repository to it, starts Sluice as its App, opens pull requests and prints what Sluice writes on them. Everything stays up to play with until Ctrl-C. Needs no account and no network.",
    "With --cluster it deploys to a real Kubernetes API server on this machine, shows drift that is reported and undone, and proposes the rollback of a release that fails. `npm run demo -- --cluster` in a checkout builds the programs for it once, which takes minutes and fetches Go modules.",
  ],
  positionals: [],
  flags: {
    cluster: {
      type: "boolean",
      description: "deploy to a Kubernetes API server on this machine",
    },
    sample: {
      type: "string",
      value: "NAME",
      description: `another sample repository, with its own pull requests: ${SAMPLE_NAMES.join(", ")}`,
    },
    exit: { type: "boolean", description: "end after the last step instead of staying up" },
    port: {
      type: "string",
      value: "PORT",
      default: "0",
      description: "port of the local GitHub's pages; 0 lets the system choose",
    },
    data: {
      type: "string",
      value: "DIR",
      description: "an empty folder to keep the demo's data in (default: a temporary one, removed at the end)",
    },
  },
  examples: [
    ["demo", "play, then stay up"],
    ["demo --exit", "play, then end: not 0 when a step failed"],
    ["demo --cluster", "the same, and what happens in a cluster after the merge"],
    ["demo --sample flux", "pull requests on a repository of Flux"],
    ["demo --port 4567 --data ./demo", "at a known address, with the data kept"],
  ],
});

/** What its handler gets. */
export type DemoContext = ContextOf<typeof demo>;
