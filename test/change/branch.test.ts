import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryRef } from "../../sandbox/index.ts";
import { Moved, putBranch } from "../../src/change/branch.ts";
import type { ProvenChange } from "../../src/change/compute.ts";
import type { RepositoryContext } from "../../src/change/repository-context.ts";
import { overlay } from "../../src/edit/staged-tree.ts";
import { closeUnneeded } from "../../src/images/run/close.ts";
import type { TreeChange } from "../../src/model/tree.ts";
import { type Contexts, startContexts } from "../support/contexts.ts";
import { promotionFiles } from "../support/promotions.ts";

let contexts: Contexts;
beforeAll(async () => {
  contexts = await startContexts();
});
afterAll(() => contexts.close());

const branch = "sluice/image/web";

/** A change that writes one file. */
async function change({ tree, repository }: RepositoryContext, text: string): Promise<ProvenChange> {
  const changes: readonly TreeChange[] = [
    { kind: "write", path: "version", bytes: new TextEncoder().encode(text), executable: false },
  ];
  return { changes, tree: (await overlay({ tree, objects: repository.objects }, changes)).tree.oid };
}

/** A repository that has the branch with a first change, and its context. */
async function branched(
  name: string,
): Promise<{ repository: RepositoryRef; context: RepositoryContext; head: string }> {
  const repository = await contexts.github.createRepository({ owner: "acme", name, files: promotionFiles() });
  const before = await contexts.context(repository);
  const { head } = await putBranch(contexts.ports, before, branch, await change(before, "1"), "One", true);
  return { repository, context: await contexts.context(repository), head };
}

const push = (repository: RepositoryRef): Promise<string> =>
  contexts.github.commit({ ...repository, branch, files: { theirs: "Not to be lost.\n" }, by: "mona" });

async function headOf(repository: RepositoryRef): Promise<string | undefined> {
  return (await contexts.context(repository)).branches.get(branch);
}

describe("a branch that is left of an earlier pull request", () => {
  it("is made anew from the base", async () => {
    const { repository, context, head } = await branched("left");
    const put = await putBranch(contexts.ports, context, branch, await change(context, "2"), "Two", true);
    expect(put).toMatchObject({ changed: true, pull: undefined });
    expect(put.head).not.toBe(head);
    expect(await headOf(repository)).toBe(put.head);
  });

  it("stays where a person pushed to it a moment ago, and all is planned again", async () => {
    const { repository, context } = await branched("pushed");
    const theirs = await push(repository);
    await expect(putBranch(contexts.ports, context, branch, await change(context, "2"), "Two", true)).rejects.toThrow(
      Moved,
    );
    expect(await headOf(repository)).toBe(theirs);
    const now = await contexts.context(repository);
    await expect(putBranch(contexts.ports, now, branch, await change(now, "2"), "Two", false)).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringContaining("somebody pushed"),
    });
  });
});

describe("a pull request of which nothing is left", () => {
  it("is closed, and its branch goes", async () => {
    const { repository, context } = await branched("overdue");
    const pull = await contexts.github.openPull({ ...repository, head: branch, title: "Bump web" });
    expect(await closeUnneeded(contexts.ports, context, branch, { why: "it has it." })).toBe(pull.number);
    expect(contexts.github.pull(pull).state).toBe("closed");
    expect(await headOf(repository)).toBeUndefined();
  });

  it("keeps its branch when a person pushes to it while it is closed", async () => {
    const { repository, context } = await branched("closing");
    await contexts.github.openPull({ ...repository, head: branch, title: "Bump web" });
    let theirs = "";
    const github: RepositoryContext["github"] = {
      ...context.github,
      updatePullRequest: async (number, update) => {
        theirs = await push(repository);
        return context.github.updatePullRequest(number, update);
      },
    };
    await closeUnneeded(contexts.ports, { ...context, github }, branch, { why: "it has it." });
    expect(await headOf(repository)).toBe(theirs);
  });
});
