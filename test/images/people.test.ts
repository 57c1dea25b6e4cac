import { describe, expect, it } from "vitest";
import { interrupt } from "../promote/support/interrupted.ts";
import { appFiles } from "../promote/support/memory-world.ts";
import { entry, type ImageWorld, imageWorld } from "./support/memory-world.ts";

const staging = (version: string) => appFiles("web", "staging", version);
const automatic = entry(", pullRequest: { autoMerge: true }");

/** The version that staging's `main` has. */
async function versionIn(world: ImageWorld): Promise<string> {
  return /image: "\S+:([^"]+)"/.exec(await world.file("apps/web/staging/app.yaml"))?.[1] ?? "";
}

/** A world in which a bump to 1.4.0 was merged, and is in the history. */
async function bumped(images?: string): Promise<ImageWorld> {
  const world = await imageWorld(images, staging("1.3.0"));
  await world.release("web:1.3.0");
  await world.release("web:1.4.0");
  await world.land(world.bump());
  expect((await world.history()).map(({ kind }) => kind)).toContain("bumped");
  expect(await versionIn(world)).toBe("1.4.0");
  return world;
}

describe("a person who closes an image pull request", () => {
  it("declines these versions: no event opens it again, a newer tag does, and so does /retry", async () => {
    const world = await imageWorld(entry(), staging("1.3.0"));
    await world.release("web:1.4.0");
    const pull = world.bump();
    await world.close(pull);
    await world.release("web:1.3.9");
    await world.commit({ "README.md": "Nothing to do with it.\n" });
    expect(await world.concluded()).toContain(`a person closed #${pull.number} with these versions`);
    expect(world.bumps("open")).toEqual([]);
    expect(world.branches()).toEqual([]);

    expect(await world.say("/retry", "ada", pull)).toContain("Asking the registry again");
    const again = world.bump();
    expect(again.title).toContain("1.4.0");
    expect(again.number).not.toBe(pull.number);
    await world.close(again);
    expect(world.bumps("open")).toEqual([]);

    await world.pass(1);
    await world.release("web:1.5.0");
    expect(world.bump().title).toContain("1.5.0");
    expect(world.bump().number).toBeGreaterThan(again.number);
    expect(world.bumps()).toHaveLength(3);
  });

  it("is heeded also in the middle of a look at its image, whenever that is", async () => {
    for (let at = 1, reached = true; reached; at += 1) {
      const world = await imageWorld(entry(), staging("1.3.0"));
      await world.release("web:1.4.0");
      const pull = world.bump();
      const calls = interrupt(world, at, () => {
        world.github.pulls.set(pull.number, { ...pull, state: "closed", closedAt: world.now() });
      });
      await world.release("web:1.3.9");
      await world.commit({ "README.md": "Nothing to do with it.\n" });
      reached = calls.names.length >= at;
      if (reached) await world.hear(pull);
      expect(world.bumps("open"), `before call ${at}`).toHaveLength(reached ? 0 : 1);
      expect(world.bumps(), `before call ${at}`).toHaveLength(1);
      expect(at, "a look that never ends").toBeLessThan(100);
    }
  });
});

describe("what was reverted", () => {
  it("by git revert is not brought again until there is a newer tag", async () => {
    const world = await bumped();
    await world.commit(staging("1.3.0"));
    await world.release("web:1.3.9");
    expect(await world.concluded()).toContain("1.4.0");
    expect(world.bumps("open")).toEqual([]);
    const [conclusion] = await world.conclusions();
    expect(conclusion?.tags.find(({ tag }) => tag === "1.4.0")).toMatchObject({
      outcome: "not-chosen",
      reason: expect.stringMatching(/rolled back/),
    });
    // Long after the others: not one of a burst.
    await world.pass(1);
    await world.release("web:1.4.1");
    expect(world.bump().title).toBe("Update web in staging: 1.3.0 → 1.4.1");
  });

  it("by hand to an older version stays there as well", async () => {
    const world = await bumped();
    await world.commit(staging("1.1.0"));
    await world.release("web:1.2.0");
    expect(world.bumps("open")).toEqual([]);
    await world.release("web:2.0.0");
    expect(world.bumps("open")).toEqual([]);
    // Long after the others: not one of a burst.
    await world.pass(1);
    expect(world.bumps("open")).toEqual([]);
    await world.release("web:1.4.1");
    expect(world.bump().title).toBe("Update web in staging: 1.1.0 → 1.4.1");
  });
});

describe("a hold", () => {
  it("stops bumps with its reason in the log, keeps what is open, and /release lets them go on", async () => {
    const world = await imageWorld(entry(), staging("1.3.0"));
    await world.release("web:1.4.0");
    const pull = world.bump();
    expect(await world.say("/hold staging the database is being moved", "ada", pull)).toContain("on hold");
    await world.release("web:1.5.0");
    expect(await world.concluded()).toContain("ada put staging on hold: the database is being moved");
    expect(await world.again(pull)).toMatchObject({ state: "open", title: "Update web in staging: 1.3.0 → 1.4.0" });
    await world.say("/release staging", "ada", pull);
    expect(world.bump()).toMatchObject({ number: pull.number, title: "Update web in staging: 1.3.0 → 1.5.0" });
  });

  it("ends by itself when its time is over", async () => {
    const world = await imageWorld(entry(), staging("1.3.0"));
    await world.propose({ "docs/a.md": "Something to comment on.\n" });
    expect(await world.say("/hold staging --until 10m for a moment")).toContain("on hold** until");
    await world.release("web:1.4.0");
    expect(await world.concluded()).toContain("ada put staging on hold until");
    expect(world.bumps()).toEqual([]);
    await world.pass(11.1);
    expect(world.bump().title).toContain("1.3.0 → 1.4.0");
  });
});

describe("a person's commits on the branch of an image pull request", () => {
  it("are never overwritten: nothing moves, the check and the log say so, and a person merges", async () => {
    const world = await imageWorld(automatic, staging("1.3.0"));
    await world.release("web:1.4.0");
    const pull = world.bump();
    const theirs = await world.push(pull.head.ref, { "docs/why.md": "Because.\n" });
    await world.checkAgain(pull);
    const check = await world.check(pull);
    expect(`${check?.title}\n${check?.summary}`).toContain("Somebody pushed to this branch, so a person must merge it");
    await world.ci(pull, "passed");
    await world.release("web:1.5.0");
    expect(await world.concluded()).toContain(`somebody pushed to \`${pull.head.ref}\``);
    expect(await world.again(pull)).toMatchObject({ state: "open", head: { sha: theirs }, title: pull.title });
    await world.land(pull);
    expect(world.bump().title).toBe("Update web in staging: 1.4.0 → 1.5.0");
  });
});

describe("what /rollback took back", () => {
  it("does not come again, and what is newer is not merged by itself", async () => {
    const world = await bumped(automatic);
    const [pull] = world.bumps();
    expect(await world.say("/rollback staging web", "ada", pull)).toContain("Opened #");
    const [rollback] = world.pulls("sluice/rollback/");
    if (rollback === undefined) throw new Error("there is no rollback");
    await world.land(rollback);
    expect((await world.history()).map(({ kind }) => kind)).toContain("rolled-back");
    expect(await versionIn(world)).toBe("1.3.0");
    await world.release("web:1.3.9");
    expect(world.bumps("open")).toEqual([]);
    // Long after the others: not one of a burst.
    await world.pass(1);
    await world.release("web:1.4.1");
    const newer = world.bump();
    await world.ci(newer, "passed");
    const held = await world.again(newer);
    expect(held).toMatchObject({ state: "open", title: "Update web in staging: 1.3.0 → 1.4.1" });
    expect(held.body).toContain(
      "**⏸️ On hold: staging gets web 1.4.1 later.** `ada` rolled back web in staging.\n\n**Next:** comment `/release staging/web` (anyone with write access). Until then Sluice does not merge this; a newer tag still updates it.",
    );
    // A rollback holds merges, and not updates.
    await world.pass(1);
    await world.release("web:1.4.2");
    expect(await world.again(newer)).toMatchObject({ state: "open", title: "Update web in staging: 1.3.0 → 1.4.2" });
    await world.ci(newer, "passed");
    await world.say("/release staging/web", "ada", newer);
    expect((await world.again(newer)).merged).toBe(true);
  });
});
