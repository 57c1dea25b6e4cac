import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../src/model/observe.ts";
import type { Queue } from "../../src/model/queue.ts";
import type { Records, StoredRecord } from "../../src/model/records.ts";

/** Where records are, reached under a prefix. */
export type OpenRecords = (prefix: string, clock: Clock) => Promise<Pick<Queue, "records" | "close">>;

/** What the port `Records` promises, on any store. The store is running when the tests do. */
export function recordsContract(name: string, openStore: OpenRecords): void {
  describe(`records in ${name}`, () => {
    const opened: Pick<Queue, "close">[] = [];
    let tests = 0;

    const open = async (prefix = `r${process.pid}-${tests++}`, clock: Clock = Date.now): Promise<Records> => {
      const store = await openStore(prefix, clock);
      opened.push(store);
      return store.records;
    };

    const closeAll = async (): Promise<void> => {
      for (const queue of opened.splice(0)) await queue.close(0);
    };

    afterEach(closeAll);

    it("gives back what was put, whatever is in it", async () => {
      const records = await open();
      const hostile = "\0 \ud83d \n\r\u2028 ' \" \\ $1 %3A {a,b} größer ✓ 😀";
      const value = { text: hostile, [hostile]: [null, true, 1.5, -0.25, 1e300, { deep: [[]] }], empty: {} };
      const record = { id: hostile, at: 1_700_000_000_000, keys: [hostile, "", "k".repeat(5_000)], value };
      await records.put("a kind", record);
      expect(await records.get("a kind", hostile)).toEqual(record);
      for (const key of record.keys) expect(await records.find("a kind", { key, limit: 5 })).toEqual([record]);
    });

    it("does not know what was never put, under that kind, id, key or prefix", async () => {
      const prefix = `r${process.pid}-${tests++}`;
      const records = await open(prefix);
      await records.put("thing", one("a", 1, ["key"]));
      expect(await records.get("thing", "b")).toBeUndefined();
      expect(await records.get("other", "a")).toBeUndefined();
      expect(await records.find("thing", { key: "ke", limit: 5 })).toEqual([]);
      expect(await records.find("other", { key: "key", limit: 5 })).toEqual([]);
      await closeAll();
      const other = await open(`${prefix}x`);
      expect(await other.get("thing", "a")).toBeUndefined();
      expect(await other.find("thing", { limit: 5 })).toEqual([]);
    });

    it("finds the newest first, of equal age by id, by key and of the kind", async () => {
      const records = await open();
      const all = [
        one("b", 20, ["x"]),
        one("a", 20, ["x", "y"]),
        one("B", 20, ["y"]),
        one("old", 0),
        one("new", 30, ["x"]),
      ];
      for (const record of all) await records.put("thing", record);
      expect(await ids(records, { limit: 9 })).toEqual(["new", "B", "a", "b", "old"]);
      expect(await ids(records, { limit: 9, key: "x" })).toEqual(["new", "a", "b"]);
      expect(await ids(records, { limit: 2, key: "x" })).toEqual(["new", "a"]);
      expect(await ids(records, { limit: 9, key: "x", before: 30 })).toEqual(["a", "b"]);
      expect(await ids(records, { limit: 9, before: 20 })).toEqual(["old"]);
      expect(await ids(records, { limit: 9, before: 0 })).toEqual([]);
      expect(await ids(records, { limit: 0 })).toEqual([]);
    });

    it("finds all of many", async () => {
      const records = await open();
      const many = Array.from({ length: 250 }, (_, nth) => one(`${nth}`.padStart(3, "0"), nth, ["x"]));
      await Promise.all(many.map((record) => records.put("thing", record)));
      const newestFirst = many.map(({ id }) => id).toReversed();
      expect(await ids(records, { limit: 1_000, key: "x" })).toEqual(newestFirst);
      expect(await ids(records, { limit: 120 })).toEqual(newestFirst.slice(0, 120));
    });

    it("overwrites value, time and keys as one", async () => {
      const records = await open();
      await records.put("thing", one("a", 10, ["x", "y"], "first"), 1);
      await records.put("thing", one("b", 15, ["x"]));
      await records.put("thing", one("a", 20, ["y", "z"], "second"));
      expect(await ids(records, { limit: 9, key: "x" })).toEqual(["b"]);
      expect(await ids(records, { limit: 9, key: "z" })).toEqual(["a"]);
      expect(await ids(records, { limit: 9 })).toEqual(["a", "b"]);
      expect(await records.find("thing", { key: "y", limit: 9 })).toEqual([one("a", 20, ["y", "z"], "second")]);
    });

    it("ends with the keys of one of those that overwrote it at once", async () => {
      const records = await open();
      const keys = Array.from({ length: 12 }, (_, nth) => `key ${nth}`);
      await Promise.all(keys.map((key, nth) => records.put("thing", one("a", nth, [key]))));
      const kept = await records.get("thing", "a");
      const under = await Promise.all(keys.map((key) => records.find("thing", { key, limit: 9 })));
      expect(under.flat()).toEqual([kept]);
    });

    it("forgets what was removed, and lets what is gone be removed again", async () => {
      const records = await open();
      await records.put("thing", one("a", 1, ["x"]));
      await records.put("thing", one("b", 1, ["x"]));
      for (let times = 0; times < 2; times++) await records.remove("thing", "a");
      expect(await records.get("thing", "a")).toBeUndefined();
      expect(await ids(records, { limit: 9, key: "x" })).toEqual(["b"]);
    });

    it("forgets each when its time has come, and none that has no time", async () => {
      let now = 1_000_000;
      const records = await open(undefined, () => now);
      await records.put("thing", one("ever", 1, ["x"]));
      await Promise.all(
        Array.from({ length: 120 }, (_, nth) => records.put("thing", one(`short ${nth}`, 1, ["x"]), 1_000)),
      );
      await records.put("thing", one("long", 2, ["x"]), 2_000.5);
      await records.put("thing", one("longer now", 3, ["x"]), 10);
      await records.put("thing", one("longer now", 3, ["x"]), 9_000);
      now += 999;
      expect(await ids(records, { limit: 200, key: "x" })).toHaveLength(123);
      now += 1;
      expect(await ids(records, { limit: 9, key: "x" })).toEqual(["longer now", "long", "ever"]);
      expect(await ids(records, { limit: 9 })).toEqual(["longer now", "long", "ever"]);
      expect(await records.get("thing", "short 7")).toBeUndefined();
      await records.put("thing", one("short 7", 9, ["x"], "again"), 5_000);
      now += 1_001;
      for (let nth = 0; nth < 8; nth++) await records.put("thing", one("sweeps", 0));
      expect(await ids(records, { limit: 9 })).toEqual(["short 7", "longer now", "ever", "sweeps"]);
    });

    it("refuses what is no time and what is too large, as our own mistakes", async () => {
      const records = await open();
      await expect(records.put("thing", one("a", Number.NaN))).rejects.toMatchObject({ kind: "bug" });
      const huge = one("a", 1, [], "x".repeat(1_000_001));
      await expect(records.put("thing", huge)).rejects.toMatchObject({ kind: "bug" });
      expect(await records.get("thing", "a")).toBeUndefined();
    });
  });
}

function one(id: string, at: number, keys: readonly string[] = [], value = "value"): StoredRecord {
  return { id, at, keys, value };
}

async function ids(records: Records, query: Parameters<Records["find"]>[1]): Promise<readonly string[]> {
  return (await records.find("thing", query)).map(({ id }) => id);
}
