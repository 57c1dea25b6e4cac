import { describe, expect, it } from "vitest";
import { SingleFlight } from "../../src/model/single-flight.ts";

describe("equal work at the same time", () => {
  it("is done once for all who ask, and again for who asks later", async () => {
    const flight = new SingleFlight<number>();
    let runs = 0;
    const work = async () => ++runs;
    expect(await Promise.all([flight.join("a", work), flight.join("a", work), flight.join("b", work)])).toEqual([
      1, 1, 2,
    ]);
    expect(await flight.join("a", work)).toBe(3);
  });

  it("fails for all who ask, and is tried again after that", async () => {
    const flight = new SingleFlight<string>();
    const fails = () => Promise.reject(new Error("no"));
    const [one, other] = await Promise.allSettled([flight.join("a", fails), flight.join("a", fails)]);
    expect([one?.status, other?.status]).toEqual(["rejected", "rejected"]);
    expect(await flight.join("a", async () => "fine")).toBe("fine");
  });
});
