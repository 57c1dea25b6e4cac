import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RedisRecords } from "../../src/queue/records/redis-records.ts";
import { redisBinary, type StoreServer, startRedis } from "../contract/queue-servers.ts";

const binary = redisBinary();

describe.skipIf(binary === undefined)("records in Redis", () => {
  let server: StoreServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis(binary ?? "");
    // Said, since the compiler takes long to infer it.
    redis = new Redis<"legacy">(server.backend.kind === "redis" ? server.backend.url : "");
  });
  afterAll(async () => {
    redis.disconnect();
    await server?.dispose();
  });

  const kept = (id: string, at: number, expires: number | undefined) => ({
    kind: "thing",
    id,
    at,
    keys: ["key", `key of ${id}`],
    text: JSON.stringify(id),
    expires,
  });
  const all = { kind: "thing", key: undefined, before: 9_999, limit: 99 };

  it("let go of what would be forgotten soonest when there are too many, and of nothing that is kept for ever", async () => {
    const records = new RedisRecords(redis, "few", 3);
    await records.put(kept("ever", 0, undefined), 1);
    for (let nth = 1; nth <= 6; nth++) await records.put(kept(`${nth}`, nth, 1_000 - nth), 1);
    expect(await records.find(all, 1)).toEqual(['"3"', '"2"', '"1"', '"ever"']);
    expect(await records.find({ ...all, key: "key of 6" }, 1)).toEqual([]);
  });

  it("leave nothing behind of what was forgotten", async () => {
    const records = new RedisRecords(redis, "gone");
    for (let nth = 0; nth < 120; nth++) await records.put(kept(`${nth}`, nth, 10), 1);
    expect(await redis.hlen("gone:records:thing")).toBe(120);
    for (let times = 0; times < 3; times++) expect(await records.find(all, 10)).toEqual([]);
    expect(await redis.keys("gone:*")).toEqual([]);
  });
});
