import { expect, it } from "vitest";
import { appFiles } from "../promote/support/memory-world.ts";
import { atEachWrite } from "../support/deaths.ts";
import { entry, type ImageWorld, imageConfig, imageWorld } from "./support/memory-world.ts";

/** Who replaced what: the one comment that a run that died may leave out. */
const notes = /\/update-/;

/** What people see in the end and what is on record. */
async function sight(world: ImageWorld) {
  const { github } = world;
  const pulls = world.bumps().map(({ number, title, state, merged, labels, head }) => {
    const reports = github.checkReports.filter(({ headSha }) => headSha === head.sha);
    const checks = new Map(reports.map(({ name, status, title: words }) => [name, `${status} ${words}`]));
    return { number, title, state, merged, labels, checks: [...checks] };
  });
  const events = await world.ports.eventLog.events({ image: "ghcr.io/acme/web", limit: 100 });
  return {
    pulls,
    comments: [...github.comments].flatMap(([key, text]) => (notes.test(key) ? [] : `${key}: ${text}`)).toSorted(),
    branches: world.branches(),
    history: (await world.history()).map(({ id, kind }) => `${kind} ${id}`),
    unsettled: (await (await world.decided()).unsettled()).map(({ branch }) => branch),
    events: events.map(({ id }) => id),
    // The run after one that died finds it as it is to be.
    concluded: (await world.concluded()).replace(
      /its pull request (?:was (?:opened|brought up to date)|is open)/,
      "open",
    ),
  };
}

it.each<{ readonly story: string; readonly play: (world: ImageWorld) => Promise<void>; readonly does: string[] }>([
  {
    story: "from the event of a registry to the merge and the history",
    does: ["put", "commit", "createBranch", "openPullRequest", "setLabelsAndAssignees", "publish", "merge"],
    play: async (world) => {
      await world.release("web:1.4.0");
      await world.ci(world.bump(), "passed");
    },
  },
  {
    story: "when a newer tag comes, and when the configuration asks for none any more",
    does: ["advanceBranch", "updatePullRequest", "deleteBranch"],
    play: async (world) => {
      await world.release("web:1.4.0");
      await world.release("web:1.5.0");
      await world.commit({ ".sluice.yaml": imageConfig("  []\n"), ...appFiles("web", "prod", "1.3.0", 2) });
    },
  },
])("a worker that dies at any write ends as one that lives: $story", async ({ play, does }) => {
  const open = () => imageWorld(entry(", pullRequest: { autoMerge: true, labels: [images] }"));
  const calm = await open();
  await play(calm);
  const end = await sight(calm);
  const { names } = await atEachWrite(open, play, async (world, died) => {
    expect(await sight(world), died).toEqual(end);
  });
  for (const name of does) expect(names).toContain(name);
});
