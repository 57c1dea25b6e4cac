import { describe, expect, it } from "vitest";
import { atEachWrite } from "../support/deaths.ts";
import { appFiles, behindWorld, type PromotionWorld } from "./support/memory-world.ts";

/** Who replaced what: the one comment that a run that died may leave out. */
const notes = /\/update-/;

/** What people see in the end and what is on record, without what tells one run from the next. */
async function sight(world: PromotionWorld) {
  const { github } = world;
  const plain = (text: string) =>
    text
      // The run after one that died finds it open, or released: that is what it says.
      .replaceAll(/; it was on hold by `\w+`/g, "")
      .replaceAll(/(?:✅ )?\*\*(?:(?:Opened|Updated) #\d+|#\d+ is open already):\*\*/g, "open")
      .replaceAll(/\b[0-9a-f]{7,64}\b|<!--[^>]*-->/g, "…");
  const pulls = world.promotions().map(({ number, title, state, merged, labels, head }) => {
    const reports = github.checkReports.filter(({ headSha }) => headSha === head.sha);
    const checks = new Map(reports.map(({ name, status, title: words }) => [name, `${status} ${words}`]));
    return { number, title, state, merged, labels, checks: [...checks], reviewers: github.requested.get(number) };
  });
  return {
    pulls,
    reviews: [...github.reviewsOf].map(([number, reviews]) => [number, reviews.map(({ state }) => state)]),
    comments: [...github.comments]
      .flatMap(([key, text]) => (notes.test(key) ? [] : `${key}: ${plain(text)}`))
      .toSorted(),
    reactions: github.reactions.toSorted(),
    branches: [...github.repository.branches.keys()].toSorted(),
    history: (await world.history()).map(({ id, kind }) => `${kind} ${id}`),
    held: (await world.held())?.reason,
    deferred: await world.deferred(),
    unsettled: (await (await world.decided()).unsettled()).map(({ branch }) => branch),
  };
}

type Play = (world: PromotionWorld) => Promise<void>;

/** Holds every end of the story against that of a process that nobody killed. */
async function expectOneEnd(open: () => Promise<PromotionWorld>, play: Play): Promise<readonly string[]> {
  const calm = await open();
  await play(calm);
  const end = await sight(calm);
  const { names } = await atEachWrite(open, play, async (world, died) => {
    expect(await sight(world), died).toEqual(end);
  });
  return names;
}

/** A world in which nobody dies before the story begins. */
function begun(prod: string, begin: Play): () => Promise<PromotionWorld> {
  return async () => {
    const world = behindWorld(prod);
    await begin(world);
    return world;
  };
}

function only(world: PromotionWorld) {
  const [open] = world.promotions("open");
  if (open === undefined) throw new Error("nothing is open");
  return open;
}

describe("a worker that dies at any write ends as one that lives", () => {
  it("from the command to the merge and the history", async () => {
    const prod =
      "gates: { healthy: false, approvals: 1 }\npromote: { merge: automatic }\nreviewers: { users: [grace] }";
    const merged = begun(prod, async (world) => void (await world.merge({ "docs/note.md": "x" })));
    const names = await expectOneEnd(merged, async (world) => {
      await world.say("/promote prod web");
      await world.approve(only(world));
    });
    for (const name of ["commit", "createBranch", "publish", "openPullRequest", "merge", "deleteBranch"])
      expect(names).toContain(name);
  });

  it("when the source moves on under an approved promotion", async () => {
    const approved = begun("gates: { healthy: false, approvals: 1 }\npromote: { auto: true }", async (world) => {
      await world.merge({ "docs/note.md": "x" });
      await world.say("/promote prod web");
      await world.approve(only(world));
    });
    const names = await expectOneEnd(approved, async (world) => {
      await world.merge(appFiles("web", "staging", "1.5.0"));
    });
    for (const name of ["advanceBranch", "dismissReview", "updatePullRequest"]) expect(names).toContain(name);
  });

  it("when what was asked for on an open pull request opens after its merge", async () => {
    const proposed = begun("gates: { healthy: true }", async (world) => {
      await world.propose(appFiles("web", "staging", "1.5.0"));
    });
    const names = await expectOneEnd(proposed, async (world) => {
      await world.say("/promote prod web");
      for (const pull of world.pulls("change-")) await world.land(pull);
      await world.deploy("staging");
    });
    expect(names).toContain("openPullRequest");
  });

  it("when it opens promotions by itself, and closes what came another way", async () => {
    const fresh = begun("gates: { healthy: false }\npromote: { auto: true }", async () => undefined);
    const names = await expectOneEnd(fresh, async (world) => {
      await world.merge(appFiles("web", "staging", "1.5.0"));
      await world.merge(appFiles("web", "prod", "1.5.0"));
    });
    for (const name of ["openPullRequest", "deleteBranch"]) expect(names).toContain(name);
  });

  it("when it rolls back and holds, and when that is released", async () => {
    const promoted = begun("gates: { healthy: false }\npromote: { auto: true }", async (world) => {
      await world.merge(appFiles("web", "staging", "1.5.0"));
      await world.land(only(world), "grace");
    });
    const names = await expectOneEnd(promoted, async (world) => {
      await world.say("/rollback prod web");
      await world.land(only(world), "grace");
      await world.say("/release prod/web");
    });
    expect(names).toContain("record");
  });

  const proposing = "deploy: { engine: apply, cluster: prod }\nrollback: { propose: true }\ngates: { healthy: false }";

  /** Prod got 1.4.0 after 1.2.0, which was healthy. */
  const upgraded = begun(proposing, async (world) => {
    await world.deployOurs("success");
    await world.merge(appFiles("web", "prod", "1.4.0"));
  });
  it("from a deploy that failed to its proposed rollback, which a person declines", async () => {
    const names = await expectOneEnd(upgraded, async (world) => {
      await world.deployOurs("failure", "web 1.4.0: image cannot be pulled");
      await world.close(only(world));
    });
    for (const name of ["openPullRequest", "record", "put"]) expect(names).toContain(name);
  });

  it("from a proposed rollback to a later version that is live", async () => {
    const proposed = begun(proposing, async (world) => {
      await world.deployOurs("success");
      await world.merge(appFiles("web", "prod", "1.4.0"));
      await world.deployOurs("failure", "web 1.4.0: image cannot be pulled");
      await world.merge(appFiles("web", "prod", "1.4.1"));
    });
    await expectOneEnd(proposed, (world) => world.deployOurs("success"));
  });
});
