import { describe, expect, it } from "vitest";
import { baseOf, historyOf, openContext, reopenContext, targetOf } from "../../src/change/repository-context.ts";
import { createSigner, isSluiceCommit, treeTrailer } from "../../src/change/signature.ts";
import { Fault, UserError } from "../../src/model/errors.ts";
import type { FetchRequest } from "../../src/model/tree.ts";
import { fakeChange } from "../support/fake-change.ts";

const signal = AbortSignal.timeout(600_000);

describe("a repository as it is at one moment", () => {
  it("is read with one fetch: the base, what is wanted besides, and Sluice's own branches and state", async () => {
    const world = fakeChange();
    const fetched: FetchRequest[] = [];
    const { repository } = world.github;
    const open = async (request: FetchRequest) => {
      fetched.push(request);
      return repository;
    };
    const ports = { ...world.ports, mirrors: { ...world.ports.mirrors, open } };
    const context = await openContext(ports, world.where, "main", signal, ["c0ffee"]);
    expect(fetched).toEqual([
      {
        repository: { owner: "acme", name: "gitops" },
        want: ["refs/heads/main", "c0ffee"],
        wantIfThere: ["refs/heads/sluice/*", "refs/heads/sluice-state"],
      },
    ]);
    expect(world.github.calls).toEqual([]);
    expect(context).toMatchObject({
      where: world.where,
      base: "main",
      head: repository.branches.get("main"),
      url: "https://github.test/acme/gitops",
    });
    expect(context.config.environments.map(({ name }) => name)).toEqual(["staging"]);
    expect(context.tree.oid).toBe((await repository.tree(context.head)).oid);
    await reopenContext(ports, context);
    await reopenContext(ports, context, ["abc"]);
    expect(fetched.slice(1).map(({ want }) => want)).toEqual([["refs/heads/main"], ["refs/heads/main", "abc"]]);
  });

  it("has Sluice's branches by their short names, and no one else's", async () => {
    const world = fakeChange();
    const head = await world.push("sluice/note/web", { a: "1" });
    await world.push("feature", { a: "1" });
    await world.push("sluicey", { a: "1" });
    expect([...(await world.context()).branches]).toEqual([["sluice/note/web", head]]);
  });

  it("has the targets by app and environment", async () => {
    const context = await fakeChange().context();
    expect(targetOf(context, "web", "staging")?.render.path).toBe("apps/web/staging");
    expect(targetOf(context, "web", "prod")).toBeUndefined();
    expect(targetOf(context, "api", "staging")).toBeUndefined();
  });

  it("is none without a configuration", async () => {
    const world = fakeChange();
    await world.push("main", { ".sluice.yaml": "version: [\n" });
    await expect(world.context()).rejects.toMatchObject({ kind: "config" });
  });
});

describe("the branch that promotions live on", () => {
  it("is the default one, and no other", () => {
    expect(baseOf({ base: { ref: "main", sha: "" }, defaultBranch: "main" })).toBe("main");
    expect(() => baseOf({ base: { ref: "mine", sha: "" }, defaultBranch: "main" })).toThrowError(
      expect.objectContaining({
        kind: "refused",
        message: "promotions live on `main`, and this pull request goes into `mine`",
        fix: "comment on a pull request into `main`",
      }),
    );
  });
});

describe("the history of a target in texts", () => {
  const state = (error?: Error) => ({
    commit: undefined,
    holds: async () => [],
    hold: async () => undefined,
    deferredRequests: async () => [],
    published: async () => undefined,
    unsettled: async () => [],
    history: async () => {
      if (error !== undefined) throw error;
      return [{ kind: "held", id: "1", at: "2026-11-21T14:00:00Z", by: "ada", reason: "no" } as const];
    },
  });

  it("is what was decided, and empty where somebody broke it by hand", async () => {
    expect(await historyOf({ state: state() }, "prod", "web")).toMatchObject([{ id: "1" }]);
    expect(await historyOf({ state: state(new UserError("input", "broken")) }, "prod", "web")).toEqual([]);
    const gone = new Fault("unavailable", "gone");
    await expect(historyOf({ state: state(gone) }, "prod", "web")).rejects.toThrow(gone);
  });
});

describe("a signature", () => {
  const signer = createSigner("a private key").of(1);

  it("is good for the text and the use that it was made for, and stays the same for ever", () => {
    const signature = signer.sign("record", "text");
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    expect(createSigner("a private key").of(1).sign("record", "text")).toBe(signature);
    expect(signer.verify("record", "text", signature)).toBe(true);
    expect(signer.verify("tree", "text", signature)).toBe(false);
    expect(signer.verify("record", "other", signature)).toBe(false);
    expect(createSigner("another key").of(1).verify("record", "text", signature)).toBe(false);
  });

  it.each(["", "ab", "x".repeat(64), "ab".repeat(33)])("is not %j", (signature) => {
    expect(signer.verify("record", "text", signature)).toBe(false);
  });

  it("stands in a line of its own of a commit's message", () => {
    const trailer = treeTrailer("branch", "tree", signer);
    expect(trailer).toBe(`Sluice-Tree: ${signer.sign("tree", "branch\ntree")}`);
    expect(isSluiceCommit(`Subject\n\n${trailer}\nMore: 1\n`, "branch", "tree", signer)).toBe(true);
    for (const message of [`x${trailer}`, `${trailer}0`, trailer.slice(0, -1), trailer.toUpperCase()])
      expect(isSluiceCommit(`Subject\n\n${message}\n`, "branch", "tree", signer)).toBe(false);
  });
});
