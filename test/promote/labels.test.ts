import { describe, expect, it } from "vitest";
import { appFiles, behindWorld } from "./support/memory-world.ts";

const automatic = "gates: { healthy: false, approvals: 1 }\npromote: { auto: true }\nreviewers: { users: [grace] }";

describe("labels of a promotion that a person changed", () => {
  it("stay as they are, and nobody is asked again to review", async () => {
    const world = behindWorld(automatic);
    await world.merge(appFiles("web", "staging", "1.5.0"));
    const [opened] = world.promotions("open");
    if (opened === undefined) throw new Error("nothing opened");
    await world.pass(120);
    await world.github.setLabelsAndAssignees(opened.number, [], []);
    world.github.requested.delete(opened.number);
    await world.merge({ "docs/note.md": "x" });
    expect((await world.again(opened)).labels).toEqual([]);
    expect(world.github.requested.get(opened.number)).toBeUndefined();
  });

  it("are the same in upper and lower case", async () => {
    const world = behindWorld(automatic);
    await world.merge(appFiles("web", "staging", "1.5.0"));
    const [opened] = world.promotions("open");
    if (opened === undefined) throw new Error("nothing opened");
    await world.github.setLabelsAndAssignees(opened.number, ["Promotion"], []);
    world.github.requested.delete(opened.number);
    await world.merge({ "docs/note.md": "x" });
    expect((await world.again(opened)).labels).toEqual(["Promotion"]);
    expect(world.github.requested.get(opened.number)).toBeUndefined();
  });
});
