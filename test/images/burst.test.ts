import { describe, expect, it } from "vitest";
import { appFiles } from "../promote/support/memory-world.ts";
import { entry, imageOf, imageWorld } from "./support/memory-world.ts";

describe("hundreds of events on twenty images", () => {
  it("make twenty pull requests, each at the newest tag, with few calls of GitHub and of the registry", async () => {
    const [images, tags] = [20, 12];
    const names = Array.from({ length: images }, (_, index) => `service-${index}`);
    const world = await imageWorld(
      names.map((name) => entry("", undefined, name)).join(""),
      Object.assign({}, ...names.map((name) => appFiles(name, "staging", "1.0.0"))),
    );
    const { github, registry, ports } = world;
    const [calls, asked] = [github.calls.length, registry.calls.length];
    for (let round = 1; round <= tags; round += 1) {
      for (const name of names) {
        const [image, tag] = [imageOf(name), `1.${round}.0`];
        const event = { id: `${name}-${round}`, hook: "local", source: "distribution", at: world.now() };
        await ports.queue.add({
          type: "registry",
          ...event,
          pushes: [{ image, tag, digest: registry.push(image, tag) }],
        });
      }
      await world.pass(1 / 60);
    }
    for (let minutes = 0; minutes < 3; minutes += 1) await world.pass(1);
    expect(world.bumps()).toHaveLength(images);
    expect(world.bumps("open").filter(({ title }) => title.endsWith(` → 1.${tags}.0`))).toHaveLength(images);
    expect(github.calls.length - calls).toBeLessThanOrEqual(40 * images);
    expect(registry.calls.length - asked).toBeLessThanOrEqual(25 * images);
  });
});
