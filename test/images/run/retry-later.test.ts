import { describe, expect, it } from "vitest";
import { retryLater } from "../../../src/images/run/retry-later.ts";
import { Fault, UserError } from "../../../src/model/errors.ts";
import type { Job } from "../../../src/model/job-kinds.ts";
import type { ImagePullJob } from "../../../src/model/jobs.ts";
import type { AddOptions } from "../../../src/model/queue.ts";

const job: ImagePullJob = {
  type: "image-pull",
  installationId: 1,
  repository: { owner: "acme", name: "gitops" },
  pullRequest: 7,
};
const now = Date.parse("2026-05-01T12:00:00Z");

/** What is added to the queue when a run throws this. */
async function addedAfter(thrown: unknown, lastAttempt: boolean): Promise<readonly [Job, AddOptions | undefined][]> {
  const added: [Job, AddOptions | undefined][] = [];
  const queue = { add: async (one: Job, options?: AddOptions) => void added.push([one, options]) };
  const run = retryLater({ queue, clock: () => now }, job, { lastAttempt }, () => Promise.reject(thrown));
  await expect(run).rejects.toBe(thrown);
  return added;
}

describe("a run that fails", () => {
  it.each(["unavailable", "timeout", "throttled"] as const)(
    "is followed by another one half an hour after the last attempt: %s",
    async (kind) => {
      const halfAnHour = 30 * 60_000 + 2_000;
      expect(await addedAfter(new Fault(kind, "the registry is away"), true)).toEqual([
        [{ type: "scheduled", at: now + halfAnHour, job }, { delayMs: halfAnHour }],
      ]);
    },
  );

  it("is left to the queue as long as the queue tries again", async () => {
    expect(await addedAfter(new Fault("unavailable", "the registry is away"), false)).toEqual([]);
  });

  it.each([new Fault("bug", "oops"), new TypeError("oops"), new UserError("input", "no")])(
    "is not repeated where that would not help: %s",
    async (thrown) => {
      expect(await addedAfter(thrown, true)).toEqual([]);
    },
  );
});
