import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import { type EdgeWorld, edgeWorld, ROUTES, type Start, startLocal, templateOf } from "./world.ts";

const BRANCH = "sluice-state";
const PATH = "environments/prod/my app.yaml";

let start: Start;
let world: EdgeWorld;
let github: GitHubRepository;
beforeAll(async () => {
  start = await startLocal();
});
afterAll(() => start.local.close());
beforeEach(async () => {
  world = edgeWorld(start);
  github = await world.github();
  await github.deleteBranch(BRANCH);
  await github.createBranch(BRANCH, start.pull.baseSha);
  world.asked();
});

function write(content: string, expected: string | undefined) {
  return github.writeFile(BRANCH, { path: PATH, bytes: Buffer.from(content), expected }, "Hold prod");
}

function blobOf(content: string): string {
  const bytes = Buffer.from(content);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

describe("a file of a branch", () => {
  it("is written in one request, over what is expected there", async () => {
    expect(await write("held: 1\n", undefined)).toBe("written");
    expect(await write("held: 2\n", blobOf("held: 1\n"))).toBe("written");
    expect(world.asked()).toEqual([ROUTES.writeFile, ROUTES.writeFile]);
  });

  it("is left alone when another one is there by now, or one where none was expected", async () => {
    await write("held: 1\n", undefined);
    expect(await write("held: 2\n", blobOf("held: 0\n"))).toBe("conflict");
    expect(await write("held: 2\n", undefined)).toBe("conflict");
    expect(await write("held: 2\n", blobOf("held: 1\n"))).toBe("written");
  });

  it("of a branch that is not there is missing", async () => {
    await github.deleteBranch(BRANCH);
    expect(await write("held: 1\n", undefined)).toBe("missing");
  });

  it("that others write at the same moment is written once", async () => {
    const all = await Promise.all(["a", "b", "c", "d"].map((one) => write(`held: ${one}\n`, undefined)));
    expect(all.toSorted()).toEqual(["conflict", "conflict", "conflict", "written"]);
  });

  it("whose answer was lost is read: it was written, or the queue tries again", async () => {
    const fault = (effect: { kind: "reset" } | { kind: "instead"; status: number }) =>
      world.local.injectFault({ method: "PUT", template: templateOf(ROUTES.writeFile), effect });
    fault({ kind: "reset" });
    expect(await write("held: 1\n", undefined)).toBe("written");
    expect(world.asked()).toEqual([ROUTES.writeFile, ROUTES.readFile]);
    fault({ kind: "instead", status: 502 });
    await expect(write("held: 2\n", blobOf("held: 1\n"))).rejects.toMatchObject({ kind: "unavailable" });
  });

  it.each([
    [409, "is at 6a1ae38 but expected 79cf9cb", "conflict"],
    [409, "environments/prod/my app.yaml does not match 6a1ae38", "conflict"],
    [422, 'Invalid request.\n\n"sha" wasn\'t supplied.', "conflict"],
    [404, "Branch sluice-state not found", "missing"],
  ])("answers %i %s with %s", async (status, message, outcome) => {
    const effect = { kind: "instead", status, message } as const;
    world.local.injectFault({ method: "PUT", template: templateOf(ROUTES.writeFile), effect });
    expect(await write("held: 1\n", undefined)).toBe(outcome);
  });

  it.each([
    [409, "Repository rule violations found\n\nChanges must be made through a pull request.", "refused"],
    [422, "path contains a malformed path component", "bug"],
    [404, "Not Found", "not-found"],
  ])("answers %i %s with a %s error", async (status, message, kind) => {
    const effect = { kind: "instead", status, message } as const;
    world.local.injectFault({ method: "PUT", template: templateOf(ROUTES.writeFile), effect });
    await expect(write("held: 1\n", undefined)).rejects.toMatchObject({ kind });
  });
});
