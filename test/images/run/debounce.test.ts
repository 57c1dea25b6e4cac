import { beforeEach, describe, expect, it } from "vitest";
import { evaluateSoon } from "../../../src/images/run/debounce.ts";
import type { Job } from "../../../src/model/job-kinds.ts";
import type { ImageJob } from "../../../src/model/jobs.ts";
import type { Queue } from "../../../src/model/queue.ts";
import { memoryRecords } from "../../support/memory-records.ts";

const job: ImageJob = {
  type: "image",
  installationId: 1,
  repository: { owner: "acme", name: "gitops" },
  defaultBranch: "main",
  unit: "ghcr.io/acme/web",
};

/** When a unit is looked at, in seconds: at once, or scheduled, which is two seconds after its moment. */
let looks: Set<number>;
let now: number;
let ports: Parameters<typeof evaluateSoon>[0];

beforeEach(() => {
  looks = new Set();
  now = 1_000_000;
  const add: Queue["add"] = async (added: Job) => {
    looks.add(((added.type === "scheduled" ? added.at - 2_000 : now) - 1_000_000) / 1_000);
  };
  ports = { records: memoryRecords(), clock: () => now, queue: { add } };
});

/** An event at each of these seconds. */
async function events(seconds: readonly number[]): Promise<void> {
  for (const second of seconds) {
    now = 1_000_000 + second * 1_000;
    await evaluateSoon(ports, job);
  }
}

const seconds = (to: number, step: number): readonly number[] =>
  Array.from({ length: Math.floor(to / step) + 1 }, (_, index) => index * step);

describe("looks for events", () => {
  it("come at once for the first three tags that a build pushes", async () => {
    await events([0, 1, 2]);
    expect([...looks]).toEqual([0, 1, 2]);
  });

  it("come once for all that follows within ten seconds", async () => {
    await events([0, 1, 2, 3, 4, 5, 6]);
    expect([...looks]).toEqual([0, 1, 2, 10]);
  });

  it("are a handful while a burst lasts for a minute, and one after its end", async () => {
    await events(seconds(60, 1));
    expect([...looks]).toEqual([0, 1, 2, 10, 30, 70]);
  });

  it("come once in a minute when it never ends", async () => {
    await events(seconds(600, 2));
    expect([...looks]).toEqual([0, 2, 4, 10, 30, 70, 130, 190, 250, 310, 370, 430, 490, 550, 610]);
  });

  it("come at once again for what is pushed five seconds after the last event", async () => {
    await events([0, 1, 2, 3, 8, 9]);
    expect([...looks]).toEqual([0, 1, 2, 10, 8, 9]);
  });

  it("are those of one unit", async () => {
    await events([0, 1, 2, 3]);
    await evaluateSoon(ports, { ...job, unit: "ghcr.io/acme/api" });
    expect([...looks]).toEqual([0, 1, 2, 10, 3]);
  });
});
