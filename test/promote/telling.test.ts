import { describe, expect, it } from "vitest";
import { UserError } from "../../src/model/errors.ts";
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

describe("09-chain-names-versions-of-others", () => {
  it("staging goes back: the chain of the change says so at once", async () => {
    const { world, first } = await asked(plain);
    const back = await world.merge(appFiles("web", "staging", "1.4.0"), "bob");
    const chain = world.comments(first).get("chain");
    expect(chain).toMatch(new RegExp(`staging .*taken back by \`bob\` with #${back.number}`));
    expect(chain).not.toMatch(/staging \| ✅/);
  });

  it("staging went on twice: what it has is told with the change that brought that", async () => {
    const { world, first } = await asked(plain);
    await world.merge(appFiles("web", "staging", "1.6.0"), "bob");
    const last = await world.merge(appFiles("web", "staging", "1.7.0"), "bob");
    expect(world.comments(first).get("chain")).toMatch(
      new RegExp(`had it; \`1\\.7\\.0\` since .* \\(#${last.number}\\)`),
    );
  });

  it("prod is hotfixed", async () => {
    const { world, first, promotion } = await asked(plain);
    await world.land(promotion, "mona");
    const hotfix = await world.merge(appFiles("web", "prod", "1.5.1"), "bob");
    const chain = world.comments(first).get("chain");
    expect(chain).toMatch(
      new RegExp(`prod \\| ✅ had it; \`1\\.5\\.1\` since 23 Nov, 09:00 UTC \\(#${hotfix.number}\\)`),
    );
  });
});

describe("an app with several images", () => {
  /** `web` with its sidecar. */
  const two = (environment: string, web: string, log: string) => ({
    [`apps/web/${environment}/app.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${environment} }
spec: { template: { spec: { containers: [{ name: web, image: "acme/web:${web}" }, { name: log, image: "acme/log:${log}" }] } } }
`,
  });
  const both = () =>
    promotionWorld({
      files: { ".sluice.yaml": worldConfig(plain), ...two("staging", "1.2.0", "7"), ...two("prod", "1.2.0", "7") },
    });

  it("the comment of a change names the versions that it set, and no others", async () => {
    const world = both();
    const first = await world.merge(two("staging", "1.5.0", "7"));
    await world.say("/promote prod");
    const chain = () => world.comments(first).get("chain") ?? "";
    expect(chain()).toMatch(/^### web 1\.5\.0: in staging, waiting for prod\n/);
    expect(chain()).toContain("✅ merged with this pull request |");
    await world.merge(two("staging", "1.5.0", "8"), "bob");
    expect(chain()).toContain("✅ merged with this pull request |");
    expect(chain()).not.toContain("replaced");
  });

  it("and each with its image where it set several", async () => {
    const world = both();
    const first = await world.merge(two("staging", "1.5.0", "8"));
    await world.say("/promote prod");
    expect(world.comments(first).get("chain")).toMatch(
      /^### web \((?:web 1\.5\.0|log 8), (?:web 1\.5\.0|log 8)\): in staging/,
    );
  });
});

describe("a first promotion", () => {
  it("lists what came to the source since it had what the target has", async () => {
    const { promotion } = await asked(plain);
    expect(promotion.body).toMatch(/### What is new\n\n- #1 Change 1 \(`ada`\)\n\n<sub>/);
  });

  it("lists the newest changes where the source never had it", async () => {
    const apps = { ...appFiles("web", "staging", "1.3.0"), ...appFiles("web", "prod", "1.2.0") };
    const world = promotionWorld({ files: { ".sluice.yaml": worldConfig(plain), ...apps } });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.say("/promote prod");
    expect(world.promotions("open")[0]?.body).toMatch(
      /### What is new\n\nNo earlier promotion is known, .*:\n\n- #1 Change 1 \(`ada`\)\n- Begin \(/,
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
    expect(world.comments(first).get("chain")).toMatch(/on hold by `ada`; has/);
  });
});

describe("10-update-comment-contradicts", () => {
  it("is one comment for each thing that happened", async () => {
    const { world, promotion } = await asked(approved);
    await world.approve(promotion);
    const text = await world.file("apps/web/prod/app.yaml");
    await world.merge({ "apps/web/prod/app.yaml": text.replace("replicas: 1", "replicas: 2") }, "bob");
    expect(updates(world, promotion)).toHaveLength(1);
    expect(updates(world, promotion)[0]).toContain("`bob`");
    expect(updates(world, promotion)[0]).toContain("apps/web/prod/app.yaml");
    expect(updates(world, promotion)[0]).not.toContain("asked for");
    expect(updates(world, promotion)[0]).toContain("It promotes the same");
    expect(updates(world, promotion)[0]).toContain("`bob`: your approval was for another change and no longer counts.");
    expect(world.github.reviewsOf.get(promotion.number)).toMatchObject([{ state: "dismissed" }]);
    const [first] = updates(world, promotion);
    await world.merge({ "apps/web/prod/app.yaml": text.replace("1.2.0", "1.4.9") }, "bob");
    expect(updates(world, promotion)).toEqual([first, expect.stringContaining("**Now 1.4.9 → 1.5.0**")]);
  });
});

describe("16-closed-and-told-to-close", () => {
  it("a new promotion opens after a closed one", async () => {
    const { world, promotion } = await asked(plain);
    await world.github.updatePullRequest(promotion.number, { state: "closed" });
    await world.say("/promote prod", "ada", promotion);
    expect(world.promotions("open")).toHaveLength(1);
  });

  it("after a force push that changes the message alone, what the check says works", async () => {
    const { world, promotion } = await asked(plain);
    const { repository } = world.github;
    const { head } = await world.again(promotion);
    const [commit] = await repository.log({ to: head.sha, limit: 1 });
    const files: Record<string, string> = {};
    for (const path of await (await repository.tree(head.sha)).files()) files[path] = await world.file(path, head.ref);
    const about = { parents: commit?.parents ?? [], message: "A better message" };
    repository.branches.set(head.ref, repository.commit(files, about));
    await world.settle();
    const says = (await world.check(promotion))?.summary ?? "";
    expect(says).toContain("close this, delete the branch, comment `/promote prod web`");
    await world.github.updatePullRequest(promotion.number, { state: "closed" });
    repository.branches.delete(head.ref);
    await world.say("/promote prod web");
    expect(world.promotions("open").map(({ title }) => title)).toEqual(["Promote web to prod: 1.2.0 → 1.5.0"]);
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

describe("17-notes-and-pushes-in-the-text", () => {
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
    expect((await world.check(promotion))?.summary).toContain(
      "`bob` approved another change; that does not count for this one",
    );
    const { title, body } = await world.again(promotion);
    expect(title).toBe("Promote web to prod (changed by hand)");
    expect(body).toContain("**`ada` changed what prod gets here; it is no longer web 1.5.0.**");
  });

  it("a person's commit beside it: the versions stay, and who merges is said", async () => {
    const { world, promotion } = await asked(approved);
    await world.push(promotion.head.ref, { "docs/mine.md": "x" });
    await world.settle();
    const { title, body } = await world.again(promotion);
    expect(title).toBe(promotion.title);
    expect(body).toContain("**prod gets web 1.5.0 and commits by `ada`.**");
    expect(body).toContain("approve what is there now, then merge by hand");
  });

  it("a person's push: description, check and chain say that they are about what was planned", async () => {
    const { world, first, promotion } = await asked(approved);
    await world.push(promotion.head.ref, appFiles("web", "prod", "9.9.9"));
    await world.settle();
    const untrue = "it is no longer web 1.5.0";
    expect((await world.again(promotion)).body).toContain(untrue);
    expect((await world.check(promotion))?.summary).toContain(untrue);
    expect(await world.say("/status", "ada", first)).toContain(`#${promotion.number}, to which somebody pushed,`);
    expect(world.comments(first).get("chain")).not.toContain("gives it `1.5.0`");
  });
});

describe("20-merged-with-red-gates", () => {
  const promoted = async (world: PromotionWorld) => {
    const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };
    const state = await world.ports.state.read(where, AbortSignal.timeout(600_000));
    return (await state.history("prod", "web")).find(({ kind }) => kind === "promoted");
  };

  it("is told, recorded and marked in the chain", async () => {
    const { world, first, promotion } = await asked("gates: { approvals: 1 }");
    await world.land(promotion, "bob");
    const said = world.comments(promotion).get("merged-unmet");
    expect(said).toMatch(/`bob` merged this with 2 of \d gates not passed:\*\* health and approvals \(0 of 1\)/);
    const unmet = ["health", "approvals (0 of 1)"];
    expect(await promoted(world)).toMatchObject({ by: "ada", mergedBy: "bob", unmet });
    expect(await world.check(promotion)).toMatchObject({
      conclusion: "neutral",
      title: "Merged by bob, 2 gates not passed",
      summary: expect.stringContaining("**Approvals:**"),
    });
    expect(world.comments(first).get("chain")).toContain(
      "merged by `bob` with health and approvals (0 of 1) not passed",
    );
  });

  it("is told and recorded as Sluice saw them, whatever somebody wrote into the description", async () => {
    const { world, promotion } = await asked("gates: { approvals: 1 }");
    const body = (await world.again(promotion)).body.replaceAll(/[⏳⛔]/g, "✅");
    await world.github.updatePullRequest(promotion.number, { body });
    await world.land(promotion, "bob");
    expect(world.comments(promotion).get("merged-unmet")).toContain("`bob` merged this with 2 of");
    expect((await promoted(world))?.unmet).toHaveLength(2);
  });

  it("is told and recorded once, also when it is heard of again", async () => {
    const { world, promotion } = await asked("gates: { approvals: 1 }");
    await world.land(promotion, "bob");
    const before = [await promoted(world), world.comments(promotion).get("merged-unmet")];
    await world.hear(await world.again(promotion));
    expect([await promoted(world), world.comments(promotion).get("merged-unmet")]).toEqual(before);
  });

  it("says so where the gates were not evaluated for what was merged", async () => {
    const { world, first, promotion } = await asked("gates: { approvals: 1 }");
    await world.push(promotion.head.ref, appFiles("web", "prod", "1.5.0", 2), "bob");
    await world.land(promotion, "bob");
    expect(world.comments(promotion).get("merged-unmet")).toContain(
      "`bob` merged this before its gates were evaluated.",
    );
    expect(await promoted(world)).toMatchObject({ mergedBy: "bob", unseen: true });
    expect(world.comments(first).get("chain")).toContain("merged by `bob` before its gates were evaluated");
  });

  it("is not said where all gates had passed", async () => {
    const { world, promotion } = await asked("gates: { approvals: 1, healthy: false }");
    await world.approve(promotion, "bob");
    await world.land(promotion, "bob");
    expect(world.comments(promotion).get("merged-unmet")).toBeUndefined();
    expect(await promoted(world)).not.toHaveProperty("unmet");
    expect(await promoted(world)).not.toHaveProperty("unseen");
  });
});

describe("21-update-branch", () => {
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

describe("21-update-branch: a merge with a change in it", () => {
  it("stops automation and commands", async () => {
    const { world, promotion } = await asked(`${approved}\npromote: { merge: automatic }`);
    await world.merge({ "docs/note.md": "x" }, "bob");
    const { repository } = world.github;
    const main = repository.branches.get("main") ?? "";
    const files: Record<string, string> = {};
    for (const path of await (await repository.tree(main)).files()) files[path] = await world.file(path);
    const evil = { ...files, ...appFiles("web", "prod", "9.9.9") };
    const { head } = await world.again(promotion);
    const about = { parents: [head.sha, main], message: "Merge branch 'main'" };
    repository.branches.set(head.ref, repository.commit(evil, about));
    await world.settle();
    await world.approve(promotion);
    expect(await versionIn(world)).toBe("1.2.0");
    expect((await world.check(promotion))?.summary).toContain("A person changed what prod gets here");
    expect(await world.say("/retry", "ada", promotion)).toContain("somebody pushed");
  });
});

describe("22-retried-in-silence", () => {
  it("GitHub says no for good: the reply has its words, and it is not tried again", async () => {
    const world = web(plain);
    await world.merge(appFiles("web", "staging", "1.5.0"));
    world.github.before("commit", () => {
      throw new UserError("refused", "GitHub does not make these files: tree.path contains a malformed path component");
    });
    world.github.calls.length = 0;
    const reply = await world.say("/promote prod web");
    expect(reply).toMatch(/^❌/);
    expect(reply).toContain("tree.path contains a malformed path component");
    expect(world.reaction()).toBe("-1");
    expect(world.github.calls.filter((call) => call === "commit")).toHaveLength(1);
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
