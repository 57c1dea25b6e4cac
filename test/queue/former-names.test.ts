import { Queue as BullQueue } from "bullmq";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JOB_KINDS, JOB_TYPES, jobKind } from "../../src/model/job-kinds.ts";
import { queueName } from "../../src/queue/job-options.ts";
import { packJob, unpackJob } from "../../src/queue/packing.ts";
import { gates, handlers, openQueue, until } from "../contract/queue-fixture.ts";
import { redisBinary, type StoreServer, startRedis } from "../contract/queue-servers.ts";

const where = { installationId: 1, repository: { owner: "acme", name: "shop" } };

describe("a kind that was renamed", () => {
  it("keeps its queue, whose name no other kind has", () => {
    expect(queueName("status-comment")).toBe("chain");
    expect(queueName("scheduled")).toBe("wake");
    expect(new Set(JOB_TYPES.map(queueName)).size).toBe(JOB_TYPES.length);
    const former = JOB_TYPES.flatMap((type) => jobKind(type).formerly?.name ?? []);
    expect(former.filter((name) => name in JOB_KINDS)).toEqual([]);
  });

  it("is stored in the earlier form and reads what was stored under its earlier name as the job that it is now", async () => {
    expect(await unpackJob("status-comment", { type: "chain", ...where, pullRequest: 7 })).toEqual({
      type: "status-comment",
      ...where,
      pullRequest: 7,
    });
    expect(await unpackJob("scheduled", { type: "wake", at: 5, wakes: gates() })).toEqual({
      type: "scheduled",
      at: 5,
      job: gates(),
    });
    const job = { type: "scheduled", at: 5, job: gates() } as const;
    expect(await packJob(job)).toEqual({ type: "wake", at: 5, wakes: gates() });
    expect(await unpackJob("scheduled", await packJob(job))).toEqual(job);
    await expect(unpackJob("gates", { type: "chain", ...where, pullRequest: 7 })).rejects.toMatchObject({
      kind: "bug",
    });
  });
});

const binary = redisBinary();

describe.skipIf(binary === undefined)("jobs that an earlier version left in the store", () => {
  let server: StoreServer;
  beforeAll(async () => {
    server = await startRedis(binary ?? "");
  });
  afterAll(() => server?.dispose());

  it("are carried out under their new names", async () => {
    const url = server.backend.kind === "redis" ? new URL(server.backend.url) : undefined;
    const connection = { host: url?.hostname ?? "", port: Number(url?.port) };
    for (const data of [
      { type: "chain", ...where, pullRequest: 7 },
      { type: "wake", at: 5, wakes: gates(8) },
    ]) {
      const left = new BullQueue(data.type, { connection, prefix: "left" });
      await left.add(data.type, data);
      await left.close();
    }
    const queue = await openQueue(server.backend, "left");
    const seen: string[] = [];
    await queue.start(
      handlers({
        "status-comment": async ({ pullRequest }) => void seen.push(`status of ${pullRequest}`),
        scheduled: async ({ at, job }) => void seen.push(`${job.type} at ${at}`),
      }),
    );
    await until("both ran", () => seen.length === 2);
    await queue.close(0);
    expect(seen.toSorted()).toEqual(["gates at 5", "status of 7"]);
  });
});
