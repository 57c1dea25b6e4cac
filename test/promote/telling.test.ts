import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

function web(prod: string): PromotionWorld {
  const apps = { ...appFiles("web", "staging", "1.2.0"), ...appFiles("web", "prod", "1.2.0") };
  return promotionWorld({ files: { ".sluice.yaml": worldConfig(prod), ...apps } });
}

/** A promotion of 1.5.0 that ada asked for. */
async function asked(prod: string): Promise<{ world: PromotionWorld; first: PullRequest; promotion: PullRequest }> {
  const world = web(prod);
  const first = await world.merge(appFiles("web", "staging", "1.5.0"));
  await world.say("/promote prod");
  const [promotion] = world.promotions("open");
  if (promotion === undefined) throw new Error("nothing opened");
  return { world, first, promotion };
}

const plain = "gates: { healthy: false }";
const approved = "gates: { healthy: false, approvals: 1 }";

function updates(world: PromotionWorld, promotion: PullRequest): readonly string[] {
  return [...world.comments(promotion)].flatMap(([marker, text]) => (marker.startsWith("update-") ? [text] : []));
}

describe("chain-names-versions-of-others", () => {
  it("staging goes back: the chain of the change says so at once", async () => {
    const { world, first } = await asked(plain);
    const back = await world.merge(appFiles("web", "staging", "1.4.0"), "bob");
    const chain = world.comments(first).get("chain");
    expect(chain).toMatch(new RegExp(`staging .*\`1\\.5\\.0\` was taken back by \`bob\` with #${back.number}`));
    expect(chain).not.toMatch(/staging \| ✅/);
  });

  it("prod is hotfixed", async () => {
    const { world, first, promotion } = await asked(plain);
    await world.land(promotion, "mona");
    const hotfix = await world.merge(appFiles("web", "prod", "1.5.1"), "bob");
    const chain = world.comments(first).get("chain");
    expect(chain).toMatch(
      new RegExp(`prod \\| ✅ had \`1\\.5\\.0\`, replaced by \`bob\` with #${hotfix.number}; has \`1\\.5\\.1\``),
    );
  });
});

describe("a hold while a change waits", () => {
  it("is in the comment of the change at once, and goes with it", async () => {
    const world = web("gates: { healthy: true }\npromote: { auto: true }");
    const first = await world.merge(appFiles("web", "staging", "1.5.0"));
    expect(world.comments(first).get("chain")).toContain("promoted automatically");
    await world.say("/hold prod/web a freeze");
    expect(world.comments(first).get("chain")).toContain('on hold by `ada`: "a freeze"');
    await world.say("/release prod/web");
    expect(world.comments(first).get("chain")).toContain("promoted automatically");
    await world.say("/hold prod");
    expect(world.comments(first).get("chain")).toContain("on hold by `ada`");
  });
});

describe("update-comment-contradicts", () => {
  it("is one comment for each thing that happened", async () => {
    const { world, promotion } = await asked(approved);
    await world.approve(promotion);
    const text = await world.file("apps/web/prod/app.yaml");
    await world.merge({ "apps/web/prod/app.yaml": text.replace("replicas: 1", "replicas: 2") }, "bob");
    expect(updates(world, promotion)).toHaveLength(1);
    expect(updates(world, promotion)[0]).toContain("`bob`");
    expect(updates(world, promotion)[0]).toContain("apps/web/prod/app.yaml");
    expect(updates(world, promotion)[0]).not.toContain("asked for");
    await world.merge({ "apps/web/prod/app.yaml": text.replace("1.2.0", "1.4.9") }, "bob");
    expect(updates(world, promotion)).toHaveLength(2);
  });
});

describe("closed-and-told-to-close", () => {
  it("a new promotion opens after a closed one", async () => {
    const { world, promotion } = await asked(plain);
    await world.github.updatePullRequest(promotion.number, { state: "closed" });
    await world.say("/promote prod", "ada", promotion);
    expect(world.promotions("open")).toHaveLength(1);
  });

  it("where a person's commits are on the branch, check and reply say to delete it", async () => {
    const { world, promotion } = await asked(plain);
    await world.push(promotion.head.ref, { "docs/mine.md": "x" });
    await world.settle();
    expect((await world.check(promotion))?.summary).toContain("delete the branch");
    await world.github.updatePullRequest(promotion.number, { state: "closed" });
    expect(await world.say("/promote prod web")).toContain("elete the branch");
    world.github.repository.branches.delete(promotion.head.ref);
    await world.say("/promote prod web");
    expect(world.promotions("open")).toHaveLength(1);
  });
});

describe("notes-and-pushes-in-the-text", () => {
  it("a release manager's note stays", async () => {
    const { world, promotion } = await asked(plain);
    const { body } = await world.again(promotion);
    await world.github.updatePullRequest(promotion.number, {
      body: `Mind the migration!\n\n${body}\nAfter it, too.\n`,
    });
    await world.merge(appFiles("web", "staging", "1.6.0"));
    await world.say("/promote prod");
    const after = (await world.again(promotion)).body;
    expect(after).toMatch(/^Mind the migration!/);
    expect(after).toContain("After it, too.");
    expect(after).toContain("1.6.0");
    expect(after.match(/### Gates/g)).toHaveLength(1);
  });

  it("the record was destroyed: /retry mends it, and a note stays", async () => {
    const { world, promotion } = await asked(plain);
    await world.github.updatePullRequest(promotion.number, { body: "All mine." });
    await world.settle();
    expect((await world.check(promotion))?.summary).toContain("/retry");
    await world.say("/retry", "ada", promotion);
    const { body } = await world.again(promotion);
    expect(body).toMatch(/^All mine\./);
    expect(body).toContain("### Gates");
  });

  it("a person's push: title, first line and gate say that it is something else now", async () => {
    const { world, promotion } = await asked(approved);
    await world.approve(promotion);
    await world.push(promotion.head.ref, appFiles("web", "prod", "9.9.9"));
    await world.settle();
    expect((await world.check(promotion))?.summary).toContain("`bob` approved another change than this one");
    const { title, body } = await world.again(promotion);
    expect(title).toBe("Promote web to prod (changed by hand)");
    expect(body).toContain("**A person changed what prod gets here; it is no longer web 1.5.0.**");
  });

  it("a person's commit beside it: the versions stay, and who merges is said", async () => {
    const { world, promotion } = await asked(approved);
    await world.push(promotion.head.ref, { "docs/mine.md": "x" });
    await world.settle();
    const { title, body } = await world.again(promotion);
    expect(title).toBe(promotion.title);
    expect(body).toContain("**prod gets web 1.5.0 and commits that a person pushed.**");
    expect(body).toContain("approve what is there now, then merge by hand");
  });
});

describe("merged-with-red-gates", () => {
  it("is told and recorded", async () => {
    const { world, first, promotion } = await asked("gates: { approvals: 1 }");
    await world.land(promotion, "bob");
    const said = world.comments(promotion).get("merged-unmet");
    expect(said).toContain("`bob` merged this with 2 of");
    const state = await world.ports.state.read(
      { installationId: 1, repository: { owner: "acme", name: "gitops" } },
      AbortSignal.timeout(1_000),
    );
    const history = await state.history("prod", "web");
    expect(history.find(({ kind }) => kind === "promoted")).toMatchObject({
      by: "ada",
      mergedBy: "bob",
      unmet: ["health", "approvals"],
    });
    expect(world.comments(first).get("chain")).toContain("merged by `bob` with health and approvals not passed");
  });
});

describe("update-branch", () => {
  it("a pure merge of the base costs nothing", async () => {
    const { world, promotion } = await asked(`${approved}\npromote: { merge: automatic }`);
    await world.merge({ "docs/note.md": "x" }, "bob");
    const { repository } = world.github;
    const main = repository.branches.get("main") ?? "";
    const files: Record<string, string> = {};
    for (const path of await (await repository.tree(main)).files()) files[path] = await world.file(path);
    const edited = "apps/web/prod/app.yaml";
    const own = await world.file(edited, promotion.head.ref);
    const head = (await world.again(promotion)).head.sha;
    await world.approve(promotion, "mallory");
    const merge = repository.commit(
      { ...files, [edited]: own },
      { parents: [head, main], message: "Merge branch 'main'" },
    );
    repository.branches.set(promotion.head.ref, merge);
    await world.settle();
    expect(await world.say("/retry", "ada", promotion)).not.toContain("👎");
    await world.approve(promotion, "bob");
    expect(await versionIn(world)).toBe("1.5.0");
  });
});

describe("the same branch in another pull request", () => {
  it("into another base takes nothing over", async () => {
    const { world, promotion } = await asked(plain);
    const main = world.github.repository.branches.get("main") ?? "";
    world.github.repository.branches.set("mine", main);
    const { head } = await world.again(promotion);
    const decoy = world.github.addPull({ head, base: { ref: "mine", sha: main }, body: promotion.body });
    await world.merge(appFiles("web", "staging", "1.6.0"));
    await world.say("/promote prod");
    expect((await world.again(promotion)).title).toContain("1.2.0 → 1.6.0");
    expect((await world.again(decoy)).title).not.toContain("1.6.0");
  });
});
