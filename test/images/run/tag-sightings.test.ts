import { beforeEach, describe, expect, it } from "vitest";
import { createEventLog, eventsKeptMs } from "../../../src/images/event-log.ts";
import { noteSightings, tagSightings } from "../../../src/images/run/tag-sightings.ts";
import type { EventLog, PushedImage } from "../../../src/model/images.ts";
import { memoryRecords } from "../../support/memory-records.ts";

const image = "ghcr.io/acme/web";
const start = Date.UTC(2026, 0, 1);
const minute = 60_000;
const day = 24 * 60 * minute;

let now = start;
let puts = 0;
let records: ReturnType<typeof memoryRecords>;
let eventLog: EventLog;

beforeEach(() => {
  now = start;
  puts = 0;
  const kept = memoryRecords();
  records = {
    ...kept,
    put: (kind, ...more) => {
      if (kind === "image-tag-seen") puts += 1;
      return kept.put(kind, ...more);
    },
  };
  eventLog = createEventLog(records, () => now);
});

/** An event that names these tags. */
async function event(...tags: readonly string[]): Promise<void> {
  const pushes: PushedImage[] = tags.map((tag) => ({ image, tag }));
  await eventLog.received({ id: String(now), hook: "hub", source: "dockerhub", at: now, pushes });
  await noteSightings({ records }, pushes, now, AbortSignal.timeout(600_000));
}

const received = () => tagSightings({ eventLog, records }, image);

describe("what was received of an image", () => {
  it("has the first time of a tag, however often it and others are pushed", async () => {
    await event("main", "1.0.0");
    for (let pushes = 0; pushes < 60; pushes++) {
      now += minute;
      await event("main");
    }
    const { pushed, firstSeen } = await received();
    expect(pushed).toEqual(["main"]);
    expect([...firstSeen]).toEqual([
      ["main", start],
      ["1.0.0", start],
    ]);
  });

  it("names what was pushed last first", async () => {
    await event("1.0.0");
    now += minute;
    await event("1.1.0");
    expect((await received()).pushed).toEqual(["1.1.0", "1.0.0"]);
  });

  it("costs a write for each tag once, and one in two weeks while it is pushed again and again", async () => {
    await event("main");
    expect(puts).toBe(1);
    for (let days = 0; days < 14; days++) await event("main");
    expect(puts).toBe(1);
    now += eventsKeptMs;
    await event("main");
    await event("main");
    expect(puts).toBe(2);
    expect((await received()).firstSeen.get("main")).toBe(start);
  });

  it("takes the earlier of two events that come in another order", async () => {
    now = start + day;
    await event("1.0.0");
    now = start;
    await event("1.0.0");
    expect((await received()).firstSeen.get("1.0.0")).toBe(start);
  });

  it("has the time of the event while nothing else is known, and nothing of other images", async () => {
    const pushes = [{ image, tag: "1.0.0" }, { image }, { image: "ghcr.io/acme/api", tag: "2.0.0" }];
    await eventLog.received({ id: "1", hook: "hub", source: "dockerhub", at: now, pushes });
    expect([...(await received()).firstSeen]).toEqual([["1.0.0", start]]);
  });

  it("stops when it is told to", async () => {
    const stopped = noteSightings({ records }, [{ image, tag: "1.0.0" }], now, AbortSignal.abort(new Error("stopped")));
    await expect(stopped).rejects.toThrow("stopped");
    expect(puts).toBe(0);
  });
});
