import { describe, expect, it } from "vitest";
import type { DeliveryJob } from "../../src/model/jobs.ts";
import { jobOptions, keyOf } from "../../src/queue/job-options.ts";
import { defaultRetryPolicy } from "../../src/queue/outcome.ts";
import { Producer } from "../../src/queue/producer.ts";

const delivery = (id: string): DeliveryJob => ({ type: "delivery", id, event: "push", payload: "{}" });

describe("the id that a job is stored under", () => {
  it("gives the key back, and itself when somebody else made it", () => {
    const { jobId = "" } = jobOptions(delivery("a:b/c %"), defaultRetryPolicy, 0);
    expect(keyOf(jobId)).toBe("a:b/c %");
    expect(keyOf("100%")).toBe("100%");
  });

  it("is there for a key with half of a character", () => {
    expect(keyOf(jobOptions(delivery("a\ud800"), defaultRetryPolicy, 0).jobId ?? "")).toBe("a\ufffd");
  });
});

describe("a job that cannot be stored", () => {
  it("is a bug, which no store is asked about", async () => {
    const store = () => Promise.reject(new Error("nobody asks"));
    const producer = new Producer(store, defaultRetryPolicy, () => 0);
    const payload: unknown = {
      toJSON: () => {
        throw new TypeError("no JSON");
      },
    };
    const job = Object.assign(delivery("a"), { payload });
    await expect(producer.add(job, { timeoutMs: 1_000, delayMs: 0 })).rejects.toMatchObject({
      kind: "bug",
      message: "a job cannot be stored: no JSON",
    });
  });
});

describe("a store that is busy", () => {
  it.each(["Query read timeout", "timeout exceeded when trying to connect", "Command timed out"])(
    "is asked again within the time that there is, when it says: %s",
    async (late) => {
      const answers = [late, late, "it is refused"];
      const store = () => Promise.reject(new Error(answers.shift()));
      const producer = new Producer(store, defaultRetryPolicy, () => 0);
      await expect(producer.add(delivery("a"), { timeoutMs: 600_000, delayMs: 0 })).rejects.toMatchObject({
        kind: "unavailable",
        message: expect.stringContaining("it is refused"),
      });
      expect(answers).toEqual([]);
    },
  );
});
