import { describe, expect, it } from "vitest";
import {
  ApplyWorld,
  type Commit,
  configMap,
  deployment,
  hook,
  job,
  wave,
  widget,
  widgets,
} from "../../../support/apply-world.ts";
import type { Trouble } from "../../../support/fake-cluster.ts";

const before: Commit = {
  head: "a",
  objects: [configMap("settings", { a: "1" }), configMap("old"), deployment("web"), job("migrate", hook("PreSync"))],
};
const after: Commit = {
  head: "b",
  objects: [
    configMap("settings", { a: "2" }),
    deployment("web", "app:2", wave(1)),
    deployment("worker", "app:2", wave(2)),
    widgets(),
    widget("one", wave(1)),
    job("migrate", hook("PreSync")),
    job("seed", hook("Sync", { "argocd.argoproj.io/hook-delete-policy": "HookSucceeded" })),
    job("smoke", hook("PostSync")),
  ],
};
const failing: Commit = {
  head: "b",
  objects: [deployment("web", "app:fail"), job("migrate", hook("PreSync")), job("alarm", hook("SyncFail"))],
};

/** Plays the story; in one process after the other, which die as `trouble` says. */
async function play(second: Commit, die: (writes: number) => Trouble | undefined) {
  const world = new ApplyWorld();
  await world.deploy(before);
  let writes = 0;
  world.cluster.trouble = (call) => {
    if (call.writes) writes += 1;
    return die(writes);
  };
  await world.deployThrough(second, () => {
    world.cluster.trouble = undefined;
  });
  return { end: await world.end(), writes };
}

const dead = new Error("the process is dead");

describe.each([
  [
    "with hooks, waves, a new definition and something to delete",
    after,
    { state: "live", changes: 6, jobs: { migrate: 2, seed: 1, smoke: 1 } },
  ],
  [
    "that fails, with something that runs then",
    failing,
    { state: "failed", changes: 3, jobs: { migrate: 2, alarm: 1 } },
  ],
])("a deploy %s", (_, second, expected) => {
  it("ends the same, its hooks run once, wherever its process dies (8)", async () => {
    const undisturbed = await play(second, () => undefined);
    expect(undisturbed.end).toMatchObject(expected);
    for (let at = 1; at <= undisturbed.writes; at += 1) {
      const { end } = await play(second, (writes) => (writes < at ? undefined : { when: "before", error: dead }));
      expect(end, `died before write ${at}`).toEqual(undisturbed.end);
    }
  });

  it("ends the same when the answer to any write is lost, and the process with it", async () => {
    const undisturbed = await play(second, () => undefined);
    for (let at = 1; at <= undisturbed.writes; at += 1) {
      let lost = false;
      const { end } = await play(second, (writes) => {
        if (writes < at) return undefined;
        const when = lost ? "before" : "after";
        lost = true;
        return { when, error: dead };
      });
      expect(end, `died after write ${at}`).toEqual(undisturbed.end);
    }
  });
});
