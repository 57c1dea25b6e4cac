import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createEventLog, eventsKeptMs } from "../../src/images/event-log.ts";
import { Fault } from "../../src/model/errors.ts";
import type { EventLog, ImageConclusion, RegistryEvent } from "../../src/model/images.ts";
import type { Job } from "../../src/model/job-kinds.ts";
import type { Logger } from "../../src/model/observe.ts";
import { type EventsOptions, eventRoutes } from "../../src/web/events/index.ts";
import { type ServedWeb, serveWeb } from "../../src/web/index.ts";
import { silentLog } from "../contract/queue-fixture.ts";
import { memoryRecords } from "../support/memory-records.ts";

const adminToken = "the_token_of_an_administrator";
const bearer = { authorization: `Bearer ${adminToken}` };
const basic = { authorization: `Basic ${Buffer.from(`anybody:${adminToken}`).toString("base64")}` };
const page = { ...basic, accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const web = "ghcr.io/acme/web";

describe("the event log's pages", () => {
  let log: EventLog;
  let now = Date.UTC(2026, 0, 1);
  let jobs: Job[] = [];

  beforeAll(() => {
    log = createEventLog(
      memoryRecords(() => now),
      () => now,
    );
  });
  beforeEach(() => {
    // What earlier tests wrote is forgotten by then.
    now += 2 * eventsKeptMs;
    jobs = [];
  });

  const routes = (options: Partial<EventsOptions> = {}) =>
    eventRoutes({
      eventLog: log,
      queue: { add: async (job) => void jobs.push(job) },
      adminToken,
      webUrl: "https://github.example.com",
      log: silentLog,
      clock: () => now,
      newId: () => "new",
      ...options,
    });
  const get = async (path: string, headers: Readonly<Record<string, string>> = page) =>
    routes().request(path, { headers: { ...headers } });
  const text = async (path: string) => (await get(path)).text();
  const json = async (path: string): Promise<unknown> => (await get(path, bearer)).json();
  const event = (id: string, more: Partial<RegistryEvent> = {}): RegistryEvent => ({
    id,
    hook: "ci",
    source: "hmac",
    at: now,
    pushes: [{ image: web, tag: "1.5.0" }],
    ...more,
  });
  const conclusion = (more: Partial<ImageConclusion> = {}): ImageConclusion => ({
    repository: "acme/shop",
    unit: web,
    image: web,
    at: now,
    summary: "1.5.0 takes the place of 1.4.2.",
    pullRequest: 71,
    tags: [
      { tag: "1.5.0", outcome: "chosen", reason: "the highest version in ^1.4" },
      { tag: "1.5.0-rc.1", outcome: "not-chosen", reason: "a pre-release, and ^1.4 asks for none" },
    ],
    ...more,
  });

  it("are not there without an administrator's token, which is logged", async () => {
    const lines: string[] = [];
    const spoken: Logger = { ...silentLog, info: (_, message) => void lines.push(message) };
    const app = routes({ adminToken: undefined, log: spoken });
    for (const path of ["/events", "/events.json", "/events/a"]) {
      expect((await app.request(path, { headers: bearer })).status).toBe(404);
    }
    expect((await app.request("/events/a/replay", { method: "POST", headers: bearer })).status).toBe(404);
    expect(lines).toEqual([expect.stringContaining("ADMIN_TOKEN is not set")]);
  });

  it("open with the token as Bearer or as the password of anybody, and with nothing else", async () => {
    await log.received(event("a"));
    const wrongs = ["", "Bearer", "Bearer x", `Bearer ${adminToken}x`, `Basic ${adminToken}`, adminToken, "Basic Og=="];
    const paths = ["/events", "/events.json", "/events/a", "/events/none"];
    for (const path of paths) {
      for (const authorization of wrongs) {
        const answer = await get(path, { authorization });
        expect([path, authorization, answer.status]).toEqual([path, authorization, 401]);
        expect(answer.headers.get("www-authenticate")).toContain("Basic");
        expect(await answer.text()).not.toContain(web);
      }
      const found = path === "/events/none" ? 404 : 200;
      expect((await get(path, basic)).status).toBe(found);
      expect((await get(path, bearer)).status).toBe(found);
    }
    const post = { method: "POST", headers: { authorization: "Bearer x" } };
    expect((await routes().request("/events/a/replay", post)).status).toBe(401);
    expect(jobs).toEqual([]);
  });

  it("count the wrong tokens of an address, and never keep out the right one behind it", async () => {
    const app = routes({ attemptsPerMinute: 3 });
    const ask = async (authorization: string, address: string) => {
      const environment = { incoming: { socket: { remoteAddress: address } } };
      return (await app.request("/events", { headers: { authorization } }, environment)).status;
    };
    const statuses = [];
    for (let nth = 0; nth < 6; nth++) statuses.push(await ask(`Bearer wrong${nth}`, "192.0.2.1"));
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
    expect(await ask(bearer.authorization, "192.0.2.1")).toBe(200);
    expect(await ask(basic.authorization, "192.0.2.1")).toBe(200);
    expect(await ask("Bearer wrong", "192.0.2.1")).toBe(429);
    expect(await ask("Bearer wrong", "192.0.2.2")).toBe(401);
    now += 60_000;
    expect(await ask("Bearer wrong", "192.0.2.1")).toBe(401);
  });

  it("answer why there is no pull request for a tag", async () => {
    await log.received(event("a", { at: now - 60_000, pushes: [{ image: web, tag: "1.5.0-rc.1" }] }));
    await log.concluded(conclusion({ at: now - 59_000 }));
    await log.concluded(conclusion({ at: now - 58_000, repository: "acme/other", tags: [], summary: "paused" }));
    const found = await text(`/events?image=${web}&tag=1.5.0-rc.1`);
    expect(found).toContain("a pre-release, and ^1.4 asks for none");
    expect(found).toContain("https://github.example.com/acme/shop/pull/71");
    expect(found).toContain("The last conclusion does not mention <code>1.5.0-rc.1</code>");
    expect(await json(`/events.json?image=${web}&tag=1.5.0-rc.1`)).toMatchObject({
      events: [{ id: "a", conclusions: [{ repository: "acme/other" }, { repository: "acme/shop" }] }],
      next: null,
      answer: {
        image: web,
        tag: "1.5.0-rc.1",
        reported: true,
        results: [
          {
            repository: "acme/shop",
            verdict: { outcome: "not-chosen", reason: "a pre-release, and ^1.4 asks for none" },
          },
          { repository: "acme/other", summary: "paused" },
        ],
      },
    });
  });

  it("say so when no registry reported a tag, and when there is no conclusion", async () => {
    const unreported = await text("/events?image=nginx&tag=9");
    expect(unreported).toContain("no event named it");
    expect(unreported).toContain("No registry has reported this image in the last 14 days");
    await log.received(event("a"));
    expect(await text(`/events?image=${web}`)).toContain("no repository&#39;s configuration names it");
  });

  it("take an image as people write it", async () => {
    await log.received(event("a", { pushes: [{ image: "docker.io/library/nginx", tag: "1.27" }] }));
    for (const query of [
      "image=nginx",
      "image=Docker.io/library/nginx&tag=",
      "image=+nginx:1.27@sha256:abc",
      "image=nginx&tag=1.27",
    ]) {
      expect(await json(`/events.json?${query}`)).toMatchObject({ events: [{ id: "a" }] });
    }
    expect(await json("/events.json?image=nginx:1.28")).toMatchObject({ events: [] });
  });

  it("follow an event to what was first concluded after it", async () => {
    await log.concluded(conclusion({ at: now - 5_000, summary: "before" }));
    await log.received(event("a", { at: now - 4_000 }));
    await log.concluded(conclusion({ at: now - 3_000, summary: "after" }));
    await log.received(event("b", { at: now - 2_000 }));
    await log.concluded(conclusion({ at: now - 1_000, summary: "long after" }));
    expect(await json("/events.json")).toMatchObject({
      events: [
        { id: "b", conclusions: [{ summary: "long after" }] },
        { id: "a", conclusions: [{ summary: "after" }] },
      ],
    });
    expect(await json("/events/a")).toMatchObject({ id: "a", conclusions: [{ summary: "after" }] });
  });

  it("page through the log without losing what came at the same moment", async () => {
    const times = [1, 2, 2, 2, 3, 4, 5, 5];
    for (const [nth, ago] of times.entries()) await log.received(event(`${nth}`, { at: now - ago }));
    const seen: string[] = [];
    let before: number | null | undefined;
    for (let pages = 0; pages < 9 && before !== null; pages++) {
      const at = before === undefined ? "" : `&before=${before}`;
      const found = z
        .object({ events: z.array(z.object({ id: z.string() })), next: z.number().nullable() })
        .parse(await json(`/events.json?limit=3${at}`));
      expect(found.events.length).toBeGreaterThan(0);
      seen.push(...found.events.map(({ id }) => id));
      before = found.next;
    }
    expect(seen).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
    expect(await text("/events?limit=3")).toContain(`/events?limit=3&amp;before=${now - 1}`);
  });

  it("refuse a query that cannot be", async () => {
    for (const query of [
      "limit=0",
      "limit=101",
      "limit=many",
      "before=yesterday",
      "tag=1.2",
      `image=${"x".repeat(600)}`,
    ]) {
      expect((await get(`/events.json?${query}`, bearer)).status).toBe(400);
      expect((await get(`/events?${query}`)).status).toBe(400);
    }
  });

  it("escape whatever registries and repositories say, and run no script", async () => {
    const hostile = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`;
    await log.received(
      event(hostile, {
        hook: hostile,
        source: hostile,
        pushes: [{ image: hostile, tag: hostile, digest: hostile }],
      }),
    );
    await log.received(event("ignored", { at: now - 1, pushes: [], ignored: hostile }));
    const tags = [{ tag: hostile, reason: hostile, outcome: "not-chosen" as const }];
    await log.concluded(conclusion({ repository: hostile, unit: hostile, image: hostile, summary: hostile, tags }));
    const asked = encodeURIComponent(hostile);
    const paths = ["/events", `/events/${asked}`, `/events?image=${asked}&tag=${asked}&replayed=${asked}`];
    for (const path of paths) {
      const answer = await get(path);
      const body = await answer.text();
      expect(body).not.toMatch(/<script|<img/);
      expect(body).toContain("&lt;script&gt;");
      expect(answer.headers.get("content-security-policy")).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
  });

  it("answer 503 while the store is away", async () => {
    const away = () => Promise.reject(new Fault("unavailable", "no store"));
    const app = routes({ eventLog: { ...log, events: away, event: away, conclusions: away } });
    for (const path of ["/events", "/events.json", "/events/a"]) {
      expect((await app.request(path, { headers: page })).status).toBe(503);
    }
  });

  it("have moved from /deliveries, whose addresses say so", async () => {
    for (const [old, location] of [
      ["/deliveries", "/events"],
      ["/deliveries?image=nginx&tag=1", "/events?image=nginx&tag=1"],
      ["/deliveries/a%2F1", "/events/a%2F1"],
      ["/deliveries//example.com", "/events//example.com"],
    ] as const) {
      const answer = await get(old, {});
      expect([answer.status, answer.headers.get("location")]).toEqual([308, location]);
      expect(await answer.text()).toContain("/deliveries is called /events now");
    }
    const replayed = await routes().request("/deliveries/a/replay", { method: "POST" });
    expect([replayed.status, replayed.headers.get("location")]).toEqual([308, "/events/a/replay"]);
    const json = await get("/deliveries.json?image=nginx", {});
    expect([json.status, await json.json()]).toEqual([410, { error: "/deliveries.json is called /events.json now" }]);
  });

  describe("replay", () => {
    let served: ServedWeb;
    beforeAll(async () => {
      served = await serveWeb(routes(), { port: 0, host: "127.0.0.1" });
    });
    afterAll(() => served.close());

    const post = (headers: Readonly<Record<string, string>>, id = "a/1") =>
      fetch(`${served.url}/events/${encodeURIComponent(id)}/replay`, {
        method: "POST",
        headers,
        redirect: "manual",
      });

    it("adds the same event again under a new id", async () => {
      await log.received(event("a/1", { pushes: [{ image: web, tag: "1.5.0", digest: "sha256:abc" }] }));
      now += 5_000;
      const answer = await post(bearer);
      expect([answer.status, await answer.json()]).toEqual([202, { accepted: "replay-new" }]);
      const pushes = [{ image: web, tag: "1.5.0", digest: "sha256:abc" }];
      expect(jobs).toEqual([{ type: "registry", id: "replay-new", hook: "replay", source: "hmac", at: now, pushes }]);
    });

    it("leads a browser back to the log, which says what was done", async () => {
      await log.received(event("a/1"));
      const answer = await post({ ...page, "sec-fetch-site": "same-origin" });
      expect([answer.status, answer.headers.get("location")]).toEqual([303, "/events?replayed=replay-new"]);
      expect(await text("/events?replayed=replay-new")).toContain("Replayed as");
      expect((await post({ ...page, origin: served.url })).status).toBe(303);
      expect(jobs).toHaveLength(2);
    });

    it("refuses a browser that was sent from elsewhere", async () => {
      await log.received(event("a/1"));
      const elsewhere = [
        {},
        { "sec-fetch-site": "cross-site", origin: served.url },
        { "sec-fetch-site": "same-site" },
        { "sec-fetch-site": "none" },
        { origin: "https://evil.example.com" },
        { origin: "null" },
      ];
      for (const headers of elsewhere) expect((await post({ ...page, ...headers })).status).toBe(403);
      expect((await fetch(`${served.url}/events/a%2F1/replay`, { headers: page })).status).toBe(404);
      expect(jobs).toEqual([]);
    });

    it("knows only what the log knows", async () => {
      expect((await post(bearer, "unknown")).status).toBe(404);
      expect(jobs).toEqual([]);
    });
  });
});
