import { afterAll, beforeAll, expect, it } from "vitest";
import { edgeWorld, type Start, startLocal } from "./world.ts";

let start: Start;
beforeAll(async () => {
  start = await startLocal();
  await start.local.createRepository({ owner: "acme", name: "deploy", defaultBranch: "trunk" });
});
afterAll(() => start.local.close());

it("tells the default branch of a repository, and that it is gone", async () => {
  const { edge, local } = edgeWorld(start);
  const repository = { owner: "acme", name: "deploy" };
  const github = await edge.for(local.installationId, repository);
  expect(await github.about()).toEqual({ repository, defaultBranch: "trunk", archived: false });
  const gone = await edge.for(local.installationId, { owner: "acme", name: "never" });
  await expect(gone.about()).rejects.toMatchObject({ name: "UserError", kind: "permission" });
  const uninstalled = await edge.for(99_999, repository);
  await expect(uninstalled.about()).rejects.toMatchObject({ name: "UserError", kind: "not-found" });
});
