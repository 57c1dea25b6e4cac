import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../../sandbox/free-port.ts";
import type { Queue } from "../../src/model/queue.ts";
import type { QueueBackend } from "../../src/queue/index.ts";
import { delivery, handlers, openQueue, until, untilIdle } from "./queue-fixture.ts";
import type { StoreServer } from "./queue-servers.ts";

/** For a store that is there, or comes back, on a busy machine. */
const patient = { timeoutMs: 90_000 };

/** What the port `Queue` promises of a store in another process that dies and comes back. */
export function awayContract(name: string, server: () => StoreServer): void {
  describe(`the queue on a ${name} that goes away`, () => {
    const opened: Queue[] = [];
    const open = async (backend: QueueBackend, prefix: string): Promise<Queue> => {
      // A store that is away is not waited for.
      const queue = await openQueue(backend, prefix, { storeMs: 5_000 });
      opened.push(queue);
      return queue;
    };

    afterEach(async () => {
      for (const queue of opened.splice(0)) await queue.close(0);
    });

    it("rejects an add within its time when the store was never there", async () => {
      const queue = await open(onPort(server().backend, await freePort()), "never");
      await expect(queue.add(delivery("a"), { timeoutMs: 300 })).rejects.toMatchObject({ kind: "unavailable" });
      expect(await queue.healthy(200)).toBe(false);
    });

    it("rejects an add within its time when the store was killed, and goes on when it is back", async () => {
      const queue = await open(server().backend, "away");
      const seen: string[] = [];
      await queue.start(handlers({ delivery: async (job) => void seen.push(job.id) }));
      await queue.add(delivery("before"), patient);
      await until("the first was handled", () => seen.length === 1);
      await untilIdle(queue);
      const record = { id: "kept", at: 1, keys: ["key"], value: "over the kill" };
      await queue.records.put("thing", record);
      await server().kill();
      await expect(queue.add(delivery("during"), { timeoutMs: 300 })).rejects.toMatchObject({ kind: "unavailable" });
      expect(await queue.healthy(200)).toBe(false);
      await expect(queue.records.get("thing", "kept")).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
      await server().restart();
      for (const id of ["before", "during", "after"]) await queue.add(delivery(id), patient);
      await until("the others were handled", () => seen.length >= 3);
      await untilIdle(queue);
      expect(seen.toSorted()).toEqual(["after", "before", "during"]);
      expect(await queue.records.find("thing", { key: "key", limit: 9 })).toEqual([record]);
    });

    it("rides over a store that is away for a moment", async () => {
      const queue = await open(server().backend, "moment");
      await queue.add(delivery("warm"), patient);
      await server().kill();
      const added = queue.add(delivery("patient"), patient);
      await server().restart();
      await added;
      // A PostgreSQL may answer "starting up" for a while yet.
      await until("both are there", () =>
        queue.counts().then(
          ({ waiting }) => waiting === 2,
          () => false,
        ),
      );
    });

    it("begins to work when a store that was not there at the start comes", async () => {
      await server().kill();
      const queue = await open(server().backend, "late");
      const seen: string[] = [];
      await queue.start(handlers({ delivery: async (job) => void seen.push(job.id) }));
      await expect(queue.add(delivery("early"), { timeoutMs: 200 })).rejects.toMatchObject({ kind: "unavailable" });
      await server().restart();
      await queue.add(delivery("now"), patient);
      await until("it was handled", () => seen.includes("now"));
    });
  });
}

function onPort(backend: QueueBackend, port: number): QueueBackend {
  if (backend.kind === "embedded" || backend.kind === "pools") return backend;
  const url = new URL(backend.url);
  url.port = `${port}`;
  return { ...backend, url: url.href };
}
