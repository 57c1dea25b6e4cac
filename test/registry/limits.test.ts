import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/wait.ts";
import { oneImage, type Reply } from "./support/fake-registry.ts";
import { client, server, soon } from "./support/setting.ts";

describe("a registry that has enough", () => {
  it("is asked nothing before the time that it named with a 429", async () => {
    let now = 1_000_000;
    let reply: Reply = { status: 429, headers: { "retry-after": "30" } };
    const fake = await server(() => reply);
    const registry = client([fake.settings], { clock: () => now });
    const ask = () => registry.tags(`${fake.host}/app`, soon());
    await expect(ask()).rejects.toMatchObject({ name: "Fault", kind: "throttled", retryAfterMs: 30_000 });
    reply = { body: { tags: ["1"] } };
    now += 29_000;
    await expect(ask()).rejects.toMatchObject({ kind: "throttled", retryAfterMs: 1_000 });
    expect(fake.asked).toHaveLength(1);
    now += 1_000;
    expect(await ask()).toEqual(["1"]);
  });

  it("may name the time as a date, and is left alone for a minute when it names none", async () => {
    const now = Date.parse("2026-03-01T12:00:00Z");
    const refusing = async (headers: Record<string, string>): Promise<unknown> => {
      const fake = await server(() => ({ status: 429, headers }));
      return client([fake.settings], { clock: () => now })
        .tags(`${fake.host}/app`, soon())
        .catch((error: unknown) => error);
    };
    expect(await refusing({ "retry-after": "Sun, 01 Mar 2026 12:00:10 GMT" })).toMatchObject({ retryAfterMs: 10_000 });
    expect(await refusing({})).toMatchObject({ retryAfterMs: 60_000 });
    expect(await refusing({ "retry-after": "999999999" })).toMatchObject({ retryAfterMs: 3_600_000 });
  });

  it("does not keep Sluice from asking others", async () => {
    const busy = await server(() => ({ status: 429 }));
    const idle = await server(() => ({ body: { tags: ["1"] } }));
    const registry = client([busy.settings, idle.settings]);
    await expect(registry.tags(`${busy.host}/app`, soon())).rejects.toMatchObject({ kind: "throttled" });
    expect(await registry.tags(`${idle.host}/app`, soon())).toEqual(["1"]);
  });

  it("is left alone for a while after three failures in a row, longer each time", async () => {
    let now = 0;
    const fake = await server(() => ({ status: 502 }));
    const registry = client([fake.settings], { clock: () => now });
    const ask = () => registry.tags(`${fake.host}/app`, soon()).catch((error: unknown) => error);
    for (let time = 0; time < 5; time += 1) expect(await ask()).toMatchObject({ kind: "unavailable" });
    expect(fake.asked).toHaveLength(3);
    now += 751;
    await ask();
    now += 751;
    await ask();
    expect(fake.asked).toHaveLength(4);
  });

  it("is asked at once after a clock was set back", async () => {
    let now = 1_000_000_000;
    const fake = await server(() => ({ body: { tags: ["1"] } }));
    const registry = client([fake.settings], { clock: () => now });
    await registry.tags(`${fake.host}/app`, soon());
    now -= 3_600_000;
    expect(await registry.tags(`${fake.host}/app`, soon())).toEqual(["1"]);
  });

  it("is asked so many things at once and no more", async () => {
    let inside = 0;
    let most = 0;
    const fake = await server(async () => {
      inside += 1;
      most = Math.max(most, inside);
      // The first waits for the second, and both for one too many.
      do await sleep(10);
      while (most < 2);
      inside -= 1;
      return { body: { tags: [] } };
    });
    const registry = client([{ ...fake.settings, concurrency: 2 }]);
    await Promise.all(Array.from({ length: 12 }, (_, place) => registry.tags(`${fake.host}/app${place}`, soon())));
    expect(fake.asked).toHaveLength(12);
    expect(most).toBe(2);
  });

  it("is asked so many things in a second and no more", async () => {
    const fake = await server(() => ({ body: { tags: [] } }));
    const registry = client([{ ...fake.settings, requestsPerSecond: 2 }], { clock: () => 0, maxWaitMs: 100 });
    const asked = Array.from({ length: 6 }, () => registry.tags(`${fake.host}/app`, soon()));
    const settled = await Promise.allSettled(asked);
    // The clock stands still: a second's worth goes through, for the others it would take longer than they wait.
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect(fake.asked).toHaveLength(2);
    expect(settled.at(-1)).toMatchObject({ reason: { kind: "throttled" } });
  });
});

describe("an answer", () => {
  it("is asked for again when the connection that was kept has broken", async () => {
    let times = 0;
    const fake = await server(({ url }) => {
      times += 1;
      if (times === 2) throw new Error(`breaks at ${url}`);
      return { body: { tags: ["1"] } };
    });
    const registry = client([fake.settings]);
    await registry.tags(`${fake.host}/app`, soon());
    expect(await registry.tags(`${fake.host}/app`, soon())).toEqual(["1"]);
    expect(times).toBe(3);
  });

  it("has a deadline", async () => {
    const fake = await server(() => undefined);
    const registry = client([fake.settings], { deadlineMs: 100 });
    await expect(registry.tags(`${fake.host}/app`, soon())).rejects.toMatchObject({ name: "Fault", kind: "timeout" });
  });

  it("is not waited for when the caller does not want it any more", async () => {
    const fake = await server(() => undefined);
    const controller = new AbortController();
    const asking = client([fake.settings]).tags(`${fake.host}/app`, controller.signal);
    const refused = expect(asking).rejects.toThrow("enough");
    await eventually("the registry was asked", () => fake.asked.length > 0);
    controller.abort(new Error("enough"));
    await refused;
  });

  it("is not read further than its limit", async () => {
    const image = oneImage("1");
    const fake = await server((asked) =>
      asked.method === "HEAD" ? image.reply(asked) : { body: "x".repeat(5 * 1024 * 1024) },
    );
    await expect(client([fake.settings]).facts(`${fake.host}/app`, "1", soon())).rejects.toMatchObject({
      name: "UserError",
      kind: "limit",
    });
  });
});
