import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { createMetrics } from "../../src/observe/index.ts";
import { BodyBudget } from "../../src/web/body.ts";
import { createMetricsDoor, serveWeb, webhookPath } from "../../src/web/index.ts";
import { hasDotSegment } from "../../src/web/raw-path.ts";
import { createKeySource } from "../../src/web/registry/keys.ts";
import { memoryLog } from "../webhooks/fakes.ts";
import { deliver, door, sign } from "./fixture.ts";

/** A body that begins and does not go on; `said` is the length that its sender announces. */
function stalled(bytes: number): ReadableStream {
  return new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(bytes)) });
}

const small = "{}";

describe("m3-strangers-fill-the-inbox", () => {
  it("a usual delivery is stored while others hold large bodies, and while they hold small ones", async () => {
    const limits = { bodiesBytes: 100_000, smallBodiesBytes: 2_000, smallBodyBytes: 1_000 };
    const { app, jobs } = door({ limits });
    const wrong = { "x-hub-signature-256": sign("another") };
    const held = [
      ...Array.from({ length: 3 }, () => ({ ...deliver(small, wrong), body: stalled(50_000) })),
      ...Array.from({ length: 6 }, () => ({
        ...deliver(small, { ...wrong, "content-length": "900" }),
        body: stalled(800),
      })),
    ].map((init) => app.request(webhookPath, { ...init, duplex: "half" as const }));
    for (const _round of [1, 2, 3]) {
      const answer = await app.request(webhookPath, deliver(small, { "content-length": "2" }));
      expect(answer.status).toBe(202);
    }
    expect(jobs).toHaveLength(3);
    const cut = await Promise.race(held);
    expect(cut.status).toBe(503);
  });

  it("a usual delivery that is under way is not cut off by large bodies that come after it", async () => {
    const { app, jobs } = door({ limits: { bodiesBytes: 100_000, smallBodiesBytes: 2_000, smallBodyBytes: 1_000 } });
    const rest = Promise.withResolvers<void>();
    const slow = new ReadableStream({
      start: async (controller) => {
        controller.enqueue(Buffer.from("{"));
        await rest.promise;
        controller.enqueue(Buffer.from("}"));
        controller.close();
      },
    });
    const usual = { ...deliver(small, { "content-length": "2" }), body: slow, duplex: "half" as const };
    const pending = app.request(webhookPath, usual);
    const wrong = deliver(small, { "x-hub-signature-256": sign("another") });
    const large = Array.from({ length: 3 }, () =>
      app.request(webhookPath, { ...wrong, body: stalled(50_000), duplex: "half" as const }),
    );
    // They took all that there is: one of them is cut off.
    expect((await Promise.race(large)).status).toBe(503);
    rest.resolve();
    expect((await pending).status).toBe(202);
    expect(jobs).toHaveLength(1);
  });

  it("makes room by cutting off the oldest, and never for one that is older than what is held", () => {
    const budget = new BodyBudget(10);
    const cut: string[] = [];
    const one = budget.begin(() => cut.push("one"));
    const other = budget.begin(() => cut.push("other"));
    expect([one.take(6), other.take(6), one.take(1)]).toEqual([true, true, false]);
    expect(cut).toEqual(["one"]);
    other.end();
    const third = budget.begin(() => cut.push("third"));
    expect([third.take(11), third.take(10)]).toEqual([false, true]);
    one.end();
    expect(cut).toEqual(["one"]);
  });
});

describe("m5-metrics-name-repositories", () => {
  const adminToken = "the-administrators-token";

  it("are for the administrator, and without a token for nobody", async () => {
    expect((await door().app.request("/metrics")).status).toBe(404);
    const { app } = door({ adminToken });
    expect((await app.request("/metrics")).status).toBe(401);
    const guessed = { headers: { authorization: "Bearer guessed" } };
    expect((await app.request("/metrics", guessed)).status).toBe(401);
    const admin = { headers: { authorization: `Bearer ${adminToken}` } };
    expect((await app.request("/metrics", admin)).status).toBe(200);
  });

  it("are open on a port of their own, which has nothing else but the health", async () => {
    const queue = { add: async () => undefined, healthy: async () => true };
    const app = createMetricsDoor({ queue, metrics: createMetrics() });
    expect((await app.request("/metrics")).status).toBe(200);
    expect((await app.request("/readyz")).status).toBe(200);
    expect((await app.request(webhookPath, { method: "POST" })).status).toBe(404);
  });

  it.each([
    ["/registry/%2e%2e/metrics", true],
    ["/registry/../metrics", true],
    ["/registry/.%2E/metrics", true],
    ["/registry/..%2fmetrics", true],
    ["/registry/%2e/x", true],
    ["/registry/..\\metrics", true],
    ["/registry/a..b/x.y", false],
    ["/events?q=../x", false],
    ["/", false],
  ])("a path is refused before any route sees it: %s", (path, refused) => {
    expect(hasDotSegment(path)).toBe(refused);
  });

  it("is 400 on the wire", async () => {
    const web = await serveWeb(door({ adminToken }).app, { port: 0, host: "127.0.0.1" });
    const socket = connect(Number(new URL(web.url).port), "127.0.0.1");
    socket.write("GET /registry/%2e%2e/metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    const [data] = await once(socket, "data");
    expect(String(data).split("\r\n")[0]).toBe("HTTP/1.1 400 Bad Request");
    socket.destroy();
    await web.close(0);
  });
});

describe("l2-refusals-without-a-limit", () => {
  it("wrong signatures are limited, and the log says the first and later how many", async () => {
    const log = memoryLog();
    let now = 0;
    const { app } = door({ log, clock: () => now, limits: { refusalsPerMinute: 5 } });
    const wrong = deliver(small, { "x-hub-signature-256": sign("another") });
    const answers: number[] = [];
    for (let count = 0; count < 300; count += 1) answers.push((await app.request(webhookPath, wrong)).status);
    expect(answers.filter((status) => status === 401)).toHaveLength(5);
    expect(answers.filter((status) => status === 429)).toHaveLength(295);
    expect(log.lines).toHaveLength(1);
    now = 60_000;
    await app.request(webhookPath, wrong);
    expect(log.lines).toHaveLength(2);
    expect((await app.request(webhookPath, deliver(small))).status).toBe(202);
  });

  it("keys that cannot be fetched are not asked for again with each token", async () => {
    let now = 0;
    const keys = createKeySource({ clock: () => now, pauseMs: 10_000, timeoutMs: 1_000 })("http://127.0.0.1:9/keys");
    const token = { payload: "", protected: "", signature: "" };
    const ask = async () => {
      try {
        return String(await keys({ alg: "RS256" }, token));
      } catch (error) {
        return String((error instanceof Error ? error.cause : undefined) ?? "not asked");
      }
    };
    expect(await ask()).not.toBe("not asked");
    expect([await ask(), await ask()]).toEqual(["not asked", "not asked"]);
    now = 10_000;
    expect(await ask()).not.toBe("not asked");
  });
});

describe("l4-disk-full", () => {
  it("deliveries that cannot be stored are one line a minute", async () => {
    const log = memoryLog();
    const { app } = door({ log, away: true, clock: () => 0 });
    for (let count = 0; count < 50; count += 1)
      expect((await app.request(webhookPath, deliver(small))).status).toBe(503);
    expect(log.lines).toHaveLength(1);
  });
});

describe("what the operator has to put right", () => {
  it("is told in /readyz, which fails when nothing works like this", async () => {
    const problem = { message: "GitHub refuses the key", fix: "Set PRIVATE_KEY.", fatal: true };
    let problems = [problem];
    const { app } = door({ problems: () => problems });
    const failing = await app.request("/readyz");
    expect([failing.status, await failing.text()]).toEqual([503, "GitHub refuses the key. Set PRIVATE_KEY.\n"]);
    problems = [{ ...problem, fatal: false }];
    const hindered = await app.request("/readyz");
    expect([hindered.status, await hindered.text()]).toEqual([200, "ok\nGitHub refuses the key. Set PRIVATE_KEY.\n"]);
  });
});
