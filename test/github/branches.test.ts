import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, type Start, startLocal, templateOf } from "./world.ts";

let start: Start;
let world: EdgeWorld;
let github: GitHubRepository;
let main: string;
let next: string;
let count = 0;
beforeAll(async () => {
  start = await startLocal();
  main = start.pull.baseSha;
  next = start.pull.headSha;
});
afterAll(() => start.local.close());
beforeEach(async () => {
  world = edgeWorld(start);
  github = await world.github();
});

function fresh(): string {
  count += 1;
  return `sluice/promote/prod/app-${count}`;
}

async function headOf(branch: string): Promise<string | undefined> {
  const { token } = world.local.user("mona");
  const address = `${world.local.apiUrl}/repos/acme/gitops/git/ref/heads/${encodeURIComponent(branch)}`;
  const answer: unknown = await (await fetch(address, { headers: { authorization: `token ${token}` } })).json();
  const text = JSON.stringify(answer);
  return /"sha":"([0-9a-f]+)"/.exec(text)?.[1];
}

describe("a branch", () => {
  it("is made once, and is there for whoever comes second", async () => {
    const branch = fresh();
    expect(await github.createBranch(branch, main)).toBe("created");
    expect(await github.createBranch(branch, next)).toBe("exists");
    expect(await headOf(branch)).toBe(main);
    expect(world.asked().slice(0, 3)).toEqual([ROUTES.token, ROUTES.createRef, ROUTES.createRef]);
  });

  it("moves to a descendant, says when it is elsewhere by now, and when it is gone", async () => {
    const branch = fresh();
    await github.createBranch(branch, main);
    expect(await github.advanceBranch(branch, next)).toBe("moved");
    expect(await github.advanceBranch(branch, next)).toBe("moved");
    expect(await github.advanceBranch(branch, main)).toBe("behind");
    expect(await headOf(branch)).toBe(next);
    await github.deleteBranch(branch);
    expect(await github.advanceBranch(branch, next)).toBe("missing");
  });

  it("is deleted once, and once more without harm", async () => {
    const branch = fresh();
    await github.createBranch(branch, main);
    await github.deleteBranch(branch);
    await github.deleteBranch(branch);
    expect(await headOf(branch)).toBeUndefined();
  });

  it("is deleted where it is known to be, and left where somebody moved it meanwhile", async () => {
    const branch = fresh();
    await github.createBranch(branch, main);
    await github.advanceBranch(branch, next);
    world.asked();
    expect(await github.deleteBranch(branch, main)).toBe("moved");
    expect(world.asked()).toEqual([ROUTES.readRef]);
    expect(await headOf(branch)).toBe(next);
    expect(await github.deleteBranch(branch, next)).toBe("deleted");
    expect(await headOf(branch)).toBeUndefined();
    expect(await github.deleteBranch(branch, next)).toBe("deleted");
  });

  it.each(["a#b", "100%25", "a+b&c=d", "prod/group-1'2(3)"])("may be called %s", async (branch) => {
    expect(await github.createBranch(branch, main)).toBe("created");
    expect(await github.advanceBranch(branch, next)).toBe("moved");
    expect(await headOf(branch)).toBe(next);
    expect(await github.deleteBranch(branch, next)).toBe("deleted");
    expect(await headOf(branch)).toBeUndefined();
  });

  it("that Git takes no name for, or no object, is a bug of the caller", async () => {
    await expect(github.createBranch("a..b", main)).rejects.toMatchObject({ kind: "bug" });
    await expect(github.createBranch(fresh(), "0".repeat(40))).rejects.toMatchObject({ kind: "bug" });
  });

  it("that a rule forbids is a person's to mend", async () => {
    const effect = {
      kind: "instead",
      status: 422,
      message: "Repository rule violations found\n\nCannot create ref due to creations being restricted.",
    } as const;
    world.local.injectFault({ method: "POST", template: templateOf(ROUTES.createRef), effect });
    await expect(github.createBranch(fresh(), main)).rejects.toMatchObject({
      name: "UserError",
      kind: "refused",
      message: expect.stringContaining("creations being restricted"),
    });
    world.local.injectFault({ method: "PATCH", template: templateOf(ROUTES.updateRef), effect });
    await expect(github.advanceBranch("change", next)).rejects.toMatchObject({ kind: "refused" });
    world.local.injectFault({ method: "DELETE", template: templateOf(ROUTES.deleteRef), effect });
    await expect(github.deleteBranch("change")).rejects.toMatchObject({ kind: "refused" });
  });
});

describe("a branch that another one writes at the same moment", () => {
  it("is for the queue to try again, unless it is where it shall be", async () => {
    const branch = fresh();
    await github.createBranch(branch, main);
    const effect = { kind: "instead", status: 422, message: "Reference update failed: cannot lock ref" } as const;
    const fault = { method: "PATCH", template: templateOf(ROUTES.updateRef), effect };
    world.local.injectFault(fault);
    await expect(github.advanceBranch(branch, next)).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
    expect(await github.advanceBranch(branch, next)).toBe("moved");
    world.local.injectFault(fault);
    expect(await github.advanceBranch(branch, next)).toBe("moved");
  });
});

describe("a lost answer", () => {
  const lost = (method: string, route: string) =>
    world.local.injectFault({ method, template: templateOf(route), effect: { kind: "reset" } });

  it("to making a branch is settled by a look at it", async () => {
    const branch = fresh();
    lost("POST", ROUTES.createRef);
    expect(await github.createBranch(branch, main)).toBe("created");
    lost("POST", ROUTES.createRef);
    expect(await github.createBranch(branch, next)).toBe("exists");
    expect(await headOf(branch)).toBe(main);
  });

  it("to moving a branch is settled by a look at it", async () => {
    const branch = fresh();
    await github.createBranch(branch, main);
    lost("PATCH", ROUTES.updateRef);
    expect(await github.advanceBranch(branch, next)).toBe("moved");
    lost("PATCH", ROUTES.updateRef);
    await expect(github.advanceBranch(branch, main)).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("that made nothing is a failure that the queue tries again", async () => {
    const branch = fresh();
    const template = templateOf(ROUTES.createRef);
    world.local.injectFault({ method: "POST", template, effect: { kind: "instead", status: 502 } });
    await expect(github.createBranch(branch, main)).rejects.toMatchObject({ kind: "unavailable" });
    expect(await github.createBranch(branch, main)).toBe("created");
    const asked = world.asked();
    expect(asked.filter((one) => one === ROUTES.createRef)).toHaveLength(2);
  });
});

describe("who moved a branch", () => {
  it("is who made it, and whoever pushed since, whatever the commits say", async () => {
    const branch = fresh();
    await github.createBranch(branch, main);
    const [app = ""] = await github.pushers(branch);
    expect(app).toMatch(/\[bot\]$/);
    await world.local.commit({ ...REPOSITORY, branch, files: { pushed: "1\n" }, by: "mona" });
    expect(await github.pushers(branch)).toEqual(["mona", app]);
  });

  it("and when is GitHub's to say, not the commits'", async () => {
    const branch = fresh();
    await github.createBranch(branch, main);
    const sha = await world.local.commit({ ...REPOSITORY, branch, files: { pushed: "1\n" }, by: "mona" });
    const [newest, first] = await github.moves(branch);
    expect([newest?.to, first?.to]).toEqual([sha, main]);
    expect(newest?.at).toBeGreaterThanOrEqual(first?.at ?? Number.NaN);
  });

  it("is nobody of the time before the name was given again", async () => {
    const branch = fresh();
    await world.local.commit({ ...REPOSITORY, branch, files: { pushed: "1\n" }, by: "mona" });
    await github.deleteBranch(branch);
    await github.createBranch(branch, main);
    expect(await github.pushers(branch)).toEqual([expect.stringMatching(/\[bot\]$/)]);
  });
});
