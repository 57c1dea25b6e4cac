import { describe, expect, it } from "vitest";
import { entry, imageConfig, imageOf, imageWorld } from "./support/memory-world.ts";

describe("the event log", () => {
  it("says of an image that nobody asks for that nobody does", async () => {
    const world = await imageWorld();
    await world.release("stranger:1.0.0");
    expect(await world.concluded("stranger")).toContain("no repository's configuration names this image");
    expect(await world.conclusions("stranger")).toHaveLength(1);
    const events = await world.ports.eventLog.events({ image: imageOf("stranger"), limit: 10 });
    expect(events).toMatchObject([{ hook: "local" }]);
    expect(world.bumps()).toEqual([]);
  });

  it("says why each tag was not taken", async () => {
    const world = await imageWorld();
    for (const tag of ["1.1.0", "2.0.0", "1.5.0-rc.1", "nightly"]) await world.release(`web:${tag}`);
    await world.release("web:1.2.0");
    await world.pass(11 / 60);
    await world.release("web:1.2.0");
    await world.pass(1);
    const [conclusion] = await world.conclusions();
    const reasons = new Map(conclusion?.tags.map(({ tag, reason }) => [tag, reason]));
    expect(reasons.size).toBeGreaterThanOrEqual(5);
    expect(reasons.get("1.1.0")).toContain("lower than");
    expect(reasons.get("2.0.0")).toContain("outside");
    expect(reasons.get("1.5.0-rc.1")).toContain("pre-release");
    expect(reasons.get("nightly")).toContain("version");
    expect(conclusion?.summary).toContain("Nothing changes");
    expect(world.bumps()).toEqual([]);
  });

  it("says what is wrong with a configuration that was broken since", async () => {
    const world = await imageWorld();
    await world.commit({ ".sluice.yaml": `${imageConfig(entry())}nonsense: true\n` });
    await world.release("web:1.4.0");
    expect(await world.concluded()).toContain("nonsense");
    expect(world.bumps()).toEqual([]);
    await world.commit({ ".sluice.yaml": imageConfig(entry()) });
    expect(world.bump().title).toContain("1.4.0");
  });
});

describe("a minimum age", () => {
  it("makes a young build wait, and takes it as soon as it is old enough, without an event", async () => {
    const world = await imageWorld(entry(", minimumAge: 1h"));
    const created = new Date(world.now() - 50 * 60_000).toISOString();
    await world.release("web:1.4.0", { created });
    expect(await world.concluded()).toMatch(/1\.4\.0 is not old enough until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
    expect(world.bumps()).toEqual([]);
    await world.pass(610 / 60);
    expect(world.bump().title).toContain("1.2.0 → 1.4.0");
  });
});

describe("polling", () => {
  it("finds a tag of which no event told, and only where it is asked for", async () => {
    const heard = await imageWorld();
    const polled = await imageWorld(entry(", poll: 1m"));
    for (const world of [heard, polled]) {
      world.registry.push(imageOf("web"), "1.4.0");
      await world.settle();
    }
    expect(polled.bumps()).toEqual([]);
    for (const world of [heard, polled]) await world.pass(65 / 60);
    expect(polled.bump().title).toContain("1.2.0 → 1.4.0");
    expect(heard.bumps()).toEqual([]);
  });
});
