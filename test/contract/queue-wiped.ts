import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Queue } from "../../src/model/queue.ts";
import { delivery, handlers, openQueue, until, untilIdle } from "./queue-fixture.ts";
import type { StoreServer } from "./queue-servers.ts";

/** For a store that is there, on a busy machine. */
const patient = { timeoutMs: 90_000 };

/** What the port `Queue` promises of a Redis that loses everything, or has no room. */
export function wipedContract(server: () => StoreServer): void {
  describe("the queue on a Redis that somebody", () => {
    let admin: Redis;
    let queue: Queue | undefined;
    beforeAll(() => {
      const { backend } = server();
      if (backend.kind !== "redis") throw new Error("expected Redis");
      // The argument is said: to infer it, the compiler compares all commands of one mapping with those of another.
      admin = new Redis<"legacy">(backend.url);
    });
    afterEach(() => queue?.close(0));
    afterAll(() => admin.quit());

    it("empties while a job runs goes on with what is added later (5)", async () => {
      queue = await openQueue(server().backend, "flushed");
      const seen: string[] = [];
      const over = Promise.withResolvers<void>();
      const run = async (id: string): Promise<void> => {
        seen.push(id);
        if (id === "during") await over.promise;
      };
      await queue.start(handlers({ delivery: async (job) => run(job.id) }));
      await queue.add(delivery("during"), patient);
      await until("a job runs", () => seen.length === 1);
      await admin.flushall();
      over.resolve();
      await queue.add(delivery("after"), patient);
      await until("the next one ran", () => seen.includes("after"));
      await untilIdle(queue);
      expect(seen).toEqual(["during", "after"]);
    });

    it("gave no memory takes nothing and says so, and everything once it has room (7)", async () => {
      queue = await openQueue(server().backend, "full");
      await queue.add(delivery("before"), patient);
      await admin.config("SET", "maxmemory", "1");
      await expect(queue.add(delivery("full"), patient)).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
      await admin.config("SET", "maxmemory", "0");
      const seen: string[] = [];
      await queue.start(handlers({ delivery: async (job) => void seen.push(job.id) }));
      await queue.add(delivery("full"), patient);
      await until("both ran", () => seen.length === 2);
      expect(seen.toSorted()).toEqual(["before", "full"]);
    });
  });
}
