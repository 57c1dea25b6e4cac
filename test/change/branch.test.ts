import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryRef } from "../../sandbox/index.ts";
import { Moved, putBranch } from "../../src/change/branch.ts";
import type { ProvenChange } from "../../src/change/compute.ts";
import type { Scene } from "../../src/change/repository-context.ts";
import { overlay } from "../../src/edit/staged-tree.ts";
import { closeOverdue } from "../../src/images/run/close.ts";
import type { TreeChange } from "../../src/model/tree.ts";
import { promotionFiles } from "../support/promotions.ts";
import { type Scenes, startScenes } from "../support/scenes.ts";

let scenes: Scenes;
beforeAll(async () => {
  scenes = await startScenes();
});
afterAll(() => scenes.close());

const branch = "sluice/image/web";

/** A change that writes one file. */
async function change({ tree, repository }: Scene, text: string): Promise<ProvenChange> {
  const changes: readonly TreeChange[] = [
    { kind: "write", path: "version", bytes: new TextEncoder().encode(text), executable: false },
  ];
  return { changes, tree: (await overlay({ tree, objects: repository.objects }, changes)).tree.oid };
}

/** A repository that has the branch with a first change, and its scene. */
async function branched(name: string): Promise<{ repository: RepositoryRef; scene: Scene; head: string }> {
  const repository = await scenes.github.createRepository({ owner: "acme", name, files: promotionFiles() });
  const before = await scenes.scene(repository);
  const { head } = await putBranch(scenes.ports, before, branch, await change(before, "1"), "One", true);
  return { repository, scene: await scenes.scene(repository), head };
}

const push = (repository: RepositoryRef): Promise<string> =>
  scenes.github.commit({ ...repository, branch, files: { theirs: "Not to be lost.\n" }, by: "mona" });

async function headOf(repository: RepositoryRef): Promise<string | undefined> {
  return (await scenes.scene(repository)).branches.get(branch);
}

describe("a branch that is left of an earlier pull request", () => {
  it("is made anew from the base", async () => {
    const { repository, scene, head } = await branched("left");
    const put = await putBranch(scenes.ports, scene, branch, await change(scene, "2"), "Two", true);
    expect(put).toMatchObject({ changed: true, pull: undefined });
    expect(put.head).not.toBe(head);
    expect(await headOf(repository)).toBe(put.head);
  });

  it("stays where a person pushed to it a moment ago, and all is planned again", async () => {
    const { repository, scene } = await branched("pushed");
    const theirs = await push(repository);
    await expect(putBranch(scenes.ports, scene, branch, await change(scene, "2"), "Two", true)).rejects.toThrow(Moved);
    expect(await headOf(repository)).toBe(theirs);
    const now = await scenes.scene(repository);
    await expect(putBranch(scenes.ports, now, branch, await change(now, "2"), "Two", false)).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringContaining("somebody pushed"),
    });
  });
});

describe("a pull request of which nothing is left", () => {
  it("is closed, and its branch goes", async () => {
    const { repository, scene } = await branched("overdue");
    const pull = await scenes.github.openPull({ ...repository, head: branch, title: "Bump web" });
    expect(await closeOverdue(scenes.ports, scene, branch, { why: "it has it." })).toBe(pull.number);
    expect(scenes.github.pull(pull).state).toBe("closed");
    expect(await headOf(repository)).toBeUndefined();
  });

  it("keeps its branch when a person pushes to it while it is closed", async () => {
    const { repository, scene } = await branched("closing");
    await scenes.github.openPull({ ...repository, head: branch, title: "Bump web" });
    let theirs = "";
    const github: Scene["github"] = {
      ...scene.github,
      updatePullRequest: async (number, update) => {
        theirs = await push(repository);
        return scene.github.updatePullRequest(number, update);
      },
    };
    await closeOverdue(scenes.ports, { ...scene, github }, branch, { why: "it has it." });
    expect(await headOf(repository)).toBe(theirs);
  });
});
