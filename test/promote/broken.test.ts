import { describe, expect, it } from "vitest";
import { appFiles, promotionWorld, worldConfig } from "./support/memory-world.ts";

const plain = "gates: { healthy: false }\npromote: { merge: automatic }";

describe("a promotion whose target can no longer be rendered", () => {
  it("is stopped with the cause and not closed, and goes on when the base is fixed", async () => {
    const apps = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.2.0") };
    const config = worldConfig(`${plain.replace("healthy: false", "healthy: false, approvals: 1")}`);
    const world = promotionWorld({ files: { ".sluice.yaml": config, ...apps } });
    await world.merge({ "docs/note.md": "x" });
    await world.say("/promote prod web");
    const [promotion] = world.promotions("open");
    if (promotion === undefined) throw new Error("nothing opened");
    const broken = await world.merge({ "apps/web/prod/nope.yaml": "just text\n" }, "bob");
    const stopped = await world.again(promotion);
    expect(stopped.state).toBe("open");
    expect(stopped.body).toContain(
      `**Stopped: web in prod cannot be rendered.** main changed since this opened: \`bob\` changed \`apps/web/prod/nope.yaml\` with #${broken.number}.\n\n**Next:** fix `,
    );
    expect(stopped.body).toContain("This pull request follows by itself; `/retry` checks at once.");
    expect(await world.check(promotion)).toMatchObject({
      conclusion: "failure",
      title: "Stopped: web in prod does not render",
    });
    expect([...world.comments(promotion).values()].join()).not.toContain("Closed");
    expect(await world.say("/retry", "ada", promotion)).toContain("**Still stopped:** web: ");
    expect((await world.again(promotion)).state).toBe("open");

    await world.merge({ "apps/web/prod/nope.yaml": null }, "bob");
    expect(await world.check(promotion)).toMatchObject({ status: "in_progress" });
    await world.approve(promotion);
    expect((await world.again(promotion)).merged).toBe(true);
  });
});
