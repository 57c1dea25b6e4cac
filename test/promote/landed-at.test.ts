import { describe, expect, it } from "vitest";
import { landedAt } from "../../src/promote/run/landed-at.ts";
import { fakeGitHub } from "../support/fake-github.ts";

describe("when a commit came onto the base branch", () => {
  it("is known while GitHub has newer moves than the mirror, and not where its list begins later", async () => {
    const github = fakeGitHub();
    const { repository } = github;
    const before = repository.commit({ a: "0" });
    const commit = repository.commit({ a: "1" }, { parents: [before] });
    const after = repository.commit({ a: "2" }, { parents: [commit] });
    const newer = { to: "f".repeat(40), at: 40 };
    const context = { github, repository, base: "main" };
    const [facts] = await repository.log({ to: commit, paths: [], firstParent: true, limit: 1 });
    const moves = [newer, { to: after, at: 30 }, { to: commit, at: 20 }];
    github.movesOf.set("main", [...moves, { to: before, at: 10 }]);
    expect(await landedAt(context, facts)).toBe(20);
    github.movesOf.set("main", moves);
    expect(await landedAt(context, facts)).toBeUndefined();
    github.movesOf.set("main", [newer]);
    expect(await landedAt(context, facts)).toBeUndefined();
  });
});
