import type { PullSummary } from "../../../sandbox/index.ts";
import { Fault } from "../../model/errors.ts";
import { markdownForTerminal } from "./markdown-terminal.ts";
import { type DemoStage, framed, PEOPLE, REPOSITORY } from "./repository.ts";
import type { Edits } from "./sample.ts";
import { previewOf, type Said } from "./wait-for.ts";

/** A pull request of the demo. */
export interface DemoPull {
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  readonly edits: Edits;
  /** What Sluice's comment must hold for the step to have worked. */
  readonly expects: readonly string[];
}

/** Replaces one text that must be there once, so that a change of the sample cannot make a step of the demo empty. */
export function swap(from: string, to: string): (text: string) => string {
  return (text) => {
    if (text.split(from).length !== 2) throw new Fault("bug", `the sample repository does not hold "${from}" once`);
    return text.replace(from, () => to);
  };
}

/** What the demo's people do: a base that three environments share, an image for one of them, and a mistake. */
export const DEMO_PULLS: readonly DemoPull[] = [
  {
    branch: "more-memory",
    title: "Give webapp more memory and turn on the new checkout",
    body: "The base is shared: what does it change, and where?",
    edits: {
      "apps/webapp/base/deployment.yaml": swap("memory: 256Mi", "memory: 384Mi"),
      "apps/webapp/base/config/app.properties": swap("features.checkout=v1", "features.checkout=v2"),
    },
    expects: ["prod", "384Mi", "features.checkout=v2"],
  },
  {
    branch: "webapp-1.5.0",
    title: "Release webapp 1.5.0 to staging",
    body: "One line in one overlay.",
    edits: { "apps/webapp/overlays/staging/kustomization.yaml": swap("newTag: 1.4.0", "newTag: 1.5.0") },
    expects: ["webapp in staging", "1.4.0", "1.5.0"],
  },
  {
    branch: "tidy-orders",
    title: "Tidy up orders",
    body: "Nobody uses the backups, do they?",
    edits: {
      "apps/orders/base/kustomization.yaml": (text) =>
        swap("  - backup-cronjob.yaml\n", "")(swap("  - backup-claim.yaml\n", "")(text)),
      "apps/orders/base/backup-claim.yaml": () => undefined,
      "apps/orders/base/backup-cronjob.yaml": () => undefined,
      "apps/gateway/values-prod.yaml": (text) => `image:\n  tag: latest\n${text}`,
    },
    expects: ["PersistentVolumeClaim", "latest"],
  },
];

/** Opens a pull request of the demo and shows what Sluice writes on it. */
export async function playPull(demo: DemoPull, { github, clone, steps, context }: DemoStage): Promise<PullSummary> {
  const { paint, signal } = context;
  steps.say("", paint.bold(demo.title));
  const pull = await steps.step(
    `${PEOPLE.author} pushes ${demo.branch} and opens a pull request`,
    async () => {
      await clone.pushBranch(demo.branch, demo.title, demo.edits);
      return github.openPull({
        ...REPOSITORY,
        head: demo.branch,
        title: demo.title,
        body: demo.body,
        by: PEOPLE.author,
      });
    },
    ({ url }) => paint.link(url, url),
  );
  const said = await steps.step(
    "Sluice comments and completes its check",
    async () => holding(demo.expects, await previewOf(github, pull, signal)),
    (both) => checkText(both, paint),
  );
  steps.say("", ...framed(markdownForTerminal(said.comment.body, paint), paint));
  return pull;
}

/** Passes on what was said when the comment holds all of these texts. */
function holding(expected: readonly string[], said: Said): Said {
  const missing = expected.filter((text) => !said.comment.body.includes(text));
  if (missing.length === 0) return said;
  throw new Fault("bug", `the comment does not mention ${missing.join(", ")}`);
}

function checkText({ check }: Said, paint: DemoStage["context"]["paint"]): string {
  const colour = { success: paint.green, failure: paint.red }[check.conclusion ?? ""] ?? paint.yellow;
  return `${colour(check.conclusion ?? "no conclusion")}, "${check.title ?? ""}"`;
}
