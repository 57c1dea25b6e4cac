import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import type { Queue } from "../../src/model/queue.ts";
import type { QueueBackend, QueueOptions } from "../../src/queue/index.ts";
import { delivery, handlers, openQueue, scheduled, until, untilIdle } from "./queue-fixture.ts";

/**
 * What the ports `Queue` and `Records` promise when a process ends or dies. Each opens the store as a server does.
 */
export function restartContract(name: string, backend: () => QueueBackend): void {
  describe(`what ${name} has when another process comes`, () => {
    const opened: Queue[] = [];
    const open = async (prefix: string, options: Partial<QueueOptions> = {}): Promise<Queue> => {
      const queue = await openQueue(backend(), prefix, options);
      opened.push(queue);
      return queue;
    };

    afterEach(async () => {
      for (const queue of opened.splice(0)) await queue.close(0);
    });

    it("is the jobs, those of a later time too, the records, and what was handled; away until then", async () => {
      const prefix = `restart${process.pid}`;
      const seen: string[] = [];
      const collect = handlers({
        delivery: async ({ id }) => void seen.push(id),
        scheduled: async ({ at }) => void seen.push(`at ${at}`),
      });
      const record = { id: "a", at: 1, keys: ["x"], value: "kept" };

      const before = await open(prefix);
      for (const id of ["one", "two"]) await before.add(delivery(id));
      await before.add(scheduled(1), { delayMs: 300 });
      await before.records.put("thing", record, 600_000);
      await before.close(0);
      await expect(before.records.get("thing", "a")).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });

      const after = await open(prefix);
      await after.start(collect);
      await until("all were handled", () => seen.length === 3);
      await untilIdle(after);
      await after.close(1_000);

      const later = await open(prefix);
      await later.start(collect);
      for (const id of ["one", "three"]) await later.add(delivery(id));
      await until("the new one was handled", () => seen.includes("three"));
      await untilIdle(later);
      expect(seen.toSorted()).toEqual(["at 1", "one", "three", "two"]);
      expect(await later.records.find("thing", { limit: 9, key: "x" })).toEqual([record]);
    });

    it("is a job whose worker was killed, which runs again, once", async () => {
      const prefix = `killed${process.pid}`;
      await workerKilledMidJob(backend(), prefix);
      // The killed worker's lock is looked for often; that of this one is not lost on a busy machine.
      const queue = await open(prefix, { locks: { lockMs: 30_000, checkEveryMs: 500 } });
      const runs: { readonly id: string; readonly firstRun: boolean }[] = [];
      await queue.start(handlers({ delivery: async ({ id }, { firstRun }) => void runs.push({ id, firstRun }) }));
      await queue.add(delivery("fresh"));
      await until("it was taken up", () => runs.length > 1);
      await untilIdle(queue);
      expect(runs.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
        { id: "fresh", firstRun: true },
        { id: "killed-1", firstRun: false },
      ]);
    });
  });
}

async function workerKilledMidJob(backend: QueueBackend, prefix: string): Promise<void> {
  const script = new URL("./queue-worker.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, JSON.stringify(backend), prefix], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith("took")) break;
  }
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
