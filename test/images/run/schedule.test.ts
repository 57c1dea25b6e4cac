import { beforeEach, describe, expect, it } from "vitest";
import { schedule } from "../../../src/images/run/schedule.ts";
import { type Job, jobKey } from "../../../src/model/job-kinds.ts";
import type { ImageJob } from "../../../src/model/jobs.ts";
import type { AddOptions } from "../../../src/model/queue.ts";

const job: ImageJob = {
  type: "image",
  installationId: 1,
  repository: { owner: "acme", name: "gitops" },
  defaultBranch: "main",
  unit: "ghcr.io/acme/web",
};
const moment = Date.parse("2026-05-01T12:00:00.400Z");

/** Scheduled jobs are known by their key: a second one of the same key does nothing. */
let scheduled: Map<string, { readonly at: number; readonly delayMs: number | undefined }>;

beforeEach(() => {
  scheduled = new Map();
});

/**
 * Schedules the job on a host whose clock shows this, counted from the moment in milliseconds; gives the moments of all
 * so far, counted alike.
 */
async function set(clock: number): Promise<readonly number[]> {
  const add = async (added: Job, options?: AddOptions) => {
    if (added.type !== "scheduled") throw new Error("not scheduled");
    if (!scheduled.has(jobKey(added))) scheduled.set(jobKey(added), { at: added.at, delayMs: options?.delayMs });
  };
  await schedule({ queue: { add }, clock: () => moment + clock }, job, moment);
  return [...scheduled.values()].map(({ at }) => at - moment);
}

describe("a scheduled job", () => {
  it("comes on a full second at least two after its moment, once for however many set it", async () => {
    expect(await set(-60_000)).toEqual([2_600]);
    expect(await set(-100)).toEqual([2_600]);
    expect([...scheduled.values()][0]?.delayMs).toBe(62_600);
  });

  it("runs when its moment is over on all clocks that are less than two seconds apart", async () => {
    const [at = 0] = await set(-60_000);
    for (const behind of [0, 1_000, 1_999]) expect(at - behind).toBeGreaterThan(0);
  });

  it("that is set after its moment is another one than any that was set before it", async () => {
    await set(-60_000);
    expect(await set(500)).toEqual([2_600]);
    expect(await set(3_000)).toEqual([2_600, 5_600]);
    expect(await set(3_600_000)).toEqual([2_600, 5_600, 3_602_600]);
  });
});
