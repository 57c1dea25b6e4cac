import { describe, expect, it } from "vitest";
import { cleanJson } from "../../src/queue/clean-text.ts";
import { packJob, unpackJob } from "../../src/queue/packing.ts";

describe("l1-nul-in-an-event: what is stored", () => {
  it("has no NUL and no half of a character, and is else what it was", async () => {
    const job = {
      type: "registry",
      id: "1",
      hook: "harbor",
      source: "harbor",
      at: 1,
      pushes: [],
      ignored: "kind PUSH\0\ud800 \ud83d\ude80 \\u0000 said",
    } as const;
    const ignored = "kind PUSH\ufffd\ufffd \ud83d\ude80 \\u0000 said";
    expect(await unpackJob("registry", await packJob(job))).toEqual({ ...job, ignored });
    const long = { ...job, ignored: `${job.ignored}${"x".repeat(2_000)}` };
    expect(await unpackJob("registry", await packJob(long))).toMatchObject({
      ignored: `${ignored}${"x".repeat(2_000)}`,
    });
  });

  it("is the very value where there is nothing to clean", () => {
    const value = { text: "grün 🚀" };
    expect(cleanJson(value, JSON.stringify(value)).value).toBe(value);
  });
});
