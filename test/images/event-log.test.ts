import { beforeEach, describe, expect, it } from "vitest";
import { createEventLog, eventsKeptMs } from "../../src/images/event-log.ts";
import type { EventLog, ImageConclusion, RegistryEvent } from "../../src/model/images.ts";
import { memoryRecords } from "../support/memory-records.ts";

const nginx = "docker.io/library/nginx";
const web = "ghcr.io/acme/web";

describe("the event log", () => {
  let log: EventLog;
  let now = Date.UTC(2026, 0, 1);

  beforeEach(() => {
    log = createEventLog(
      memoryRecords(() => now),
      () => now,
    );
  });

  const event = (id: string, more: Partial<RegistryEvent> = {}): RegistryEvent => ({
    id,
    hook: "harbor",
    source: "harbor",
    at: now,
    pushes: [{ image: nginx, tag: "1.27.0", digest: `sha256:${"a".repeat(64)}` }],
    ...more,
  });
  const conclusion = (more: Partial<ImageConclusion> = {}): ImageConclusion => ({
    repository: "acme/shop",
    unit: nginx,
    image: nginx,
    at: now,
    summary: "1.27.0 is proposed in #7.",
    pullRequest: 7,
    tags: [{ tag: "1.27.0", reason: "the highest version in >=1.0", outcome: "chosen" }],
    ...more,
  });
  const found = async (query: Partial<Parameters<EventLog["events"]>[0]>) =>
    (await log.events({ limit: 10, ...query })).map(({ id }) => id);

  it("gives back events and conclusions as they were written", async () => {
    const needed = event("a");
    const ignored = event("b", { at: now - 1, pushes: [], ignored: "a ping" });
    await log.received(needed);
    await log.received(ignored);
    await log.concluded(conclusion());
    expect(await log.events({ limit: 10 })).toEqual([needed, ignored]);
    expect(await log.event("b")).toEqual(ignored);
    expect(await log.event("c")).toBeUndefined();
    expect(await log.conclusions({ image: nginx, limit: 10 })).toEqual([conclusion()]);
    expect(await log.conclusions({ image: web, limit: 10 })).toEqual([]);
  });

  it("finds events by image and tag, the newest first, page by page", async () => {
    await log.received(event("1", { at: now - 3 }));
    await log.received(event("2", { at: now - 2, pushes: [{ image: nginx, tag: "1.28.0" }] }));
    await log.received(event("3", { at: now - 1, pushes: [{ image: web, tag: "1.27.0" }, { image: nginx }] }));
    await log.received(event("4", { pushes: [{ image: web }] }));
    expect(await found({ image: nginx })).toEqual(["3", "2", "1"]);
    expect(await found({ image: nginx, limit: 2 })).toEqual(["3", "2"]);
    expect(await found({ image: nginx, before: now - 2 })).toEqual(["1"]);
    expect(await found({ image: nginx, tag: "1.27.0" })).toEqual(["1"]);
    expect(await found({ image: web, tag: "1.27.0" })).toEqual(["3"]);
    expect(await found({ image: web, tag: "1.2" })).toEqual([]);
  });

  it("keeps apart what two hooks call by the same id, and writes one event once", async () => {
    await log.received(event("same", { hook: "one", at: now - 1 }));
    for (let times = 0; times < 3; times++) await log.received(event("same", { hook: "two" }));
    expect((await log.events({ limit: 10 })).map(({ hook }) => hook)).toEqual(["two", "one"]);
    expect(await log.event("same")).toEqual(event("same", { hook: "two" }));
  });

  it("keeps what is concluded again in one place, with the last time, and another conclusion beside it", async () => {
    await log.concluded(conclusion({ at: now - 5 }));
    await log.concluded(conclusion({ at: now - 4, summary: "nothing newer" }));
    await log.concluded(conclusion({ at: now - 3, repository: "acme/other" }));
    await log.concluded(conclusion({ at: now - 2 }));
    const kept = await log.conclusions({ image: nginx, limit: 10 });
    expect(kept.map(({ at, repository, summary }) => [now - at, repository, summary])).toEqual([
      [2, "acme/shop", "1.27.0 is proposed in #7."],
      [3, "acme/other", "1.27.0 is proposed in #7."],
      [4, "acme/shop", "nothing newer"],
    ]);
  });

  it("forgets after 14 days, counted from the event", async () => {
    await log.received(event("late", { at: now - eventsKeptMs + 1_000 }));
    await log.received(event("too late", { at: now - eventsKeptMs }));
    await log.concluded(conclusion());
    expect(await found({})).toEqual(["late"]);
    now += 1_000;
    expect(await found({})).toEqual([]);
    now += eventsKeptMs - 1_001;
    expect(await log.conclusions({ image: nginx, limit: 10 })).toHaveLength(1);
    now += 1;
    expect(await log.conclusions({ image: nginx, limit: 10 })).toEqual([]);
  });

  it("keeps a bounded part of what is large", async () => {
    const long = "x".repeat(100_000);
    const pushes = Array.from({ length: 1_000 }, (_, nth) => ({ image: nginx, tag: `${nth}-${long}`, digest: long }));
    await log.received(event(`id-${long}`, { hook: long, source: long, pushes, ignored: long }));
    const tags = pushes.map(({ tag }) => ({ tag, reason: long, outcome: "not-chosen" as const }));
    await log.concluded(conclusion({ unit: long, summary: long, tags }));
    const [kept] = await log.events({ image: nginx, tag: `7-${long}`, limit: 1 });
    expect(kept?.pushes).toHaveLength(100);
    expect(await log.event(`id-${long}`)).toEqual(kept);
    expect(JSON.stringify(kept).length).toBeLessThan(200_000);
    const [concluded] = await log.conclusions({ image: nginx, limit: 1 });
    expect(concluded?.tags).toHaveLength(40);
    expect(JSON.stringify(concluded).length).toBeLessThan(50_000);
  });
});
