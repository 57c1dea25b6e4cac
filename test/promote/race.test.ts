import { describe, expect, it } from "vitest";
import { playRace } from "./support/race.ts";

/** How many interleavings are played; more by the environment. */
const runs = Number(process.env.SLUICE_RACES ?? 1_000);

describe("promotions", () => {
  it(`never go another way than people mean, in ${runs} interleavings`, async () => {
    let merges = 0;
    for (let seed = 1; seed <= runs; seed += 1) {
      const { wrong, trail, merged } = await playRace(seed);
      expect(wrong, `seed ${seed}: ${trail.join(", ")}`).toEqual([]);
      merges += merged;
    }
    // Not by never merging.
    expect(merges).toBeGreaterThan(runs / 4);
  });
});
