import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { HookSettings } from "../../../src/model/hooks.ts";
import type { Job } from "../../../src/model/job-kinds.ts";
import type { Logger } from "../../../src/model/observe.ts";
import { type ServedWeb, serveWeb } from "../../../src/web/index.ts";
import { handlers } from "../../contract/queue-fixture.ts";
import { inlineQueue } from "../../support/inline-queue.ts";
import { base, hmacOf, post, registryDoor, SECRET } from "./fixture.ts";
import { dockerHubPush, eventGridValidation, quayPush } from "./payloads.ts";

const hub: HookSettings = { ...base, name: "hub", kind: "dockerhub", secrets: [SECRET] };
const ci: HookSettings = { ...base, name: "ci", kind: "hmac", secrets: [SECRET], header: "x-signature" };
const grid: HookSettings = { ...base, name: "grid", kind: "eventgrid", secrets: [SECRET], header: "authorization" };

const pushed = JSON.stringify(dockerHubPush);
const sent = { path: `/${SECRET}`, body: pushed };
const signed = (body: string) => ({ body, headers: { "x-signature": `sha256=${hmacOf(body)}` } });

/** A logger that keeps what it is told, and the fields with it. */
function keeper(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }));
  const log = { lines, debug: write, info: write, warn: write, error: write, child: () => log };
  return log;
}

describe("the door for registries", () => {
  it("answers the same for a hook that is not there and for one that is not convinced", async () => {
    const { app, jobs } = registryDoor([hub, ci]);
    const attempts = [
      post(app, { ...sent, path: "/wrong" }, "hub"),
      post(app, { body: pushed }, "hub"),
      post(app, sent, "nothing"),
      post(app, { body: pushed }, "nothing"),
      post(app, { body: pushed }, "ci"),
      post(app, { body: pushed, headers: { "x-signature": `sha256=${"0".repeat(64)}` } }, "ci"),
      post(app, sent, "__proto__"),
      post(app, sent, "constructor"),
      post(app, { ...sent, path: "/%00" }, "hub"),
    ];
    const answers = await Promise.all(
      (await Promise.all(attempts)).map(async (one) => ({ status: one.status, text: await one.text() })),
    );
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]?.status).toBe(401);
    expect(jobs).toEqual([]);
  });

  it("says nothing of a hook's secret, in answers and in the log", async () => {
    const log = keeper();
    const { app } = registryDoor([hub, ci], { log, away: true });
    await post(app, sent, "hub");
    await post(app, { ...sent, path: `/${SECRET}x` }, "hub");
    // A line that repeats is written once a minute by each door.
    const other = registryDoor([hub, ci], { log }).app;
    await post(other, { body: pushed, headers: { authorization: `Bearer ${SECRET}` } }, "ci");
    expect(log.lines).toHaveLength(3);
    expect(log.lines.join("\n")).not.toContain(SECRET);
  });

  it("keeps the secret out of the log even when something breaks", async () => {
    const log = keeper();
    let broken = false;
    const clock = () => {
      if (broken) throw new Error("no clock");
      return 0;
    };
    const { app } = registryDoor([hub], { log, clock });
    broken = true;
    expect((await post(app, sent, "hub")).status).toBe(500);
    expect(log.lines).toHaveLength(1);
    expect(log.lines.join("\n")).not.toContain(SECRET);
  });

  it("takes the secret before as well while it is exchanged", async () => {
    const { app } = registryDoor([{ ...hub, secrets: [SECRET, "the-one-before-this-one"] }]);
    expect((await post(app, sent, "hub")).status).toBe(202);
    expect((await post(app, { ...sent, path: "/the-one-before-this-one" }, "hub")).status).toBe(202);
  });

  it("is not there for other methods, other paths, or without hooks", async () => {
    const { app } = registryDoor([hub]);
    expect((await app.request(`/registry/hub/${SECRET}`)).status).toBe(404);
    expect((await app.request(`/registry/hub/${SECRET}`, { method: "PUT", body: pushed })).status).toBe(404);
    expect((await post(app, { ...sent, path: `/${SECRET}/more` }, "hub")).status).toBe(404);
    expect((await post(registryDoor([]).app, sent, "hub")).status).toBe(404);
  });

  it.each([
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["a packed body", { "content-encoding": "gzip" }, 415],
    ["text", { "content-type": "text/plain" }, 202],
    ["any JSON", { "content-type": "application/vnd.anything+json; charset=utf-8" }, 202],
  ])("takes %s no worse than registries do", async (_what, headers, status) => {
    const { app } = registryDoor([hub]);
    expect((await post(app, { ...sent, headers }, "hub")).status).toBe(status);
  });

  it("takes the same body again after ten seconds as another push of a moving tag", async () => {
    const { app, jobs, time } = registryDoor([hub]);
    for (const wait of [0, 4_000, 10_000]) {
      time.now += wait;
      await post(app, sent, "hub");
    }
    const [first, second, third] = jobs.map(({ id }) => id);
    expect(first).toBe(second);
    expect(third).not.toBe(first);
  });

  it("leaves out images that the hook may not speak of, and says so", async () => {
    const quay: HookSettings = {
      ...base,
      kind: "quay",
      secrets: [SECRET],
      bodySecrets: [],
      images: ["quay.io/Acme/**"],
    };
    const { app, jobs } = registryDoor([quay]);
    const ours = JSON.stringify({ ...quayPush, docker_url: "quay.io/acme/deep/web" });
    expect((await post(app, { path: `/${SECRET}`, body: ours })).status).toBe(202);
    expect((await post(app, { path: `/${SECRET}`, body: JSON.stringify(quayPush) })).status).toBe(202);
    expect(jobs.map(({ pushes, ignored }) => [pushes.length, ignored])).toEqual([
      [2, undefined],
      [0, "the hook's `images` do not name quay.io/mynamespace/repository"],
    ]);
  });

  it("looks at the first hundred pushes of an event, each once, and says how many are left out", async () => {
    const quay: HookSettings = { ...base, kind: "quay", secrets: [SECRET], bodySecrets: [], images: [] };
    const { app, jobs } = registryDoor([quay]);
    const send = (tags: readonly string[]) =>
      post(app, { path: `/${SECRET}`, body: JSON.stringify({ ...quayPush, updated_tags: tags }) });
    const tags = Array.from({ length: 7_000 }, (_, at) => `1.0.${at}`);
    expect((await send([...tags.slice(0, 100), ...tags.slice(0, 100)])).status).toBe(202);
    expect((await send(tags)).status).toBe(202);
    expect(jobs.map(({ pushes, ignored }) => [pushes.length, ignored])).toEqual([
      [100, undefined],
      [100, "only the first 100 pushes of the event are looked at: 6900 are left out"],
    ]);
    expect(jobs[1]?.pushes.at(-1)?.tag).toBe("1.0.99");
  });

  it("takes a burst, then says when to come back, each hook by itself", async () => {
    const { app, jobs, time } = registryDoor([{ ...hub, perMinute: 30 }, ci]);
    const answers = await Promise.all(Array.from({ length: 31 }, () => post(app, sent, "hub")));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(30);
    const last = answers.at(-1);
    expect([last?.status, last?.headers.get("retry-after")]).toEqual([429, "2"]);
    expect((await post(app, signed('{"image":"a/b:1"}'), "ci")).status).toBe(202);
    time.now += 2_000;
    expect((await post(app, sent, "hub")).status).toBe(202);
    expect(jobs).toHaveLength(32);
  });

  it("slows down those who guess and spares the log, but never keeps out who is known", async () => {
    const log = keeper();
    const { app, time } = registryDoor([hub], { log, limits: { refusalsPerMinute: 10 } });
    const guesses = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        post(app, { ...sent, path: `/guess${at}` }, at % 2 === 0 ? "hub" : "other"),
      ),
    );
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(40);
    expect(guesses.at(-1)?.headers.get("retry-after")).toBe("6");
    expect(log.lines).toHaveLength(1);
    expect((await post(app, sent, "hub")).status).toBe(202);
    time.now -= 60_000;
    expect((await post(app, sent, "hub")).status).toBe(202);
  });

  it("counts what it answers by hook, and what it refuses without the name that was given", async () => {
    const { app, metrics } = registryDoor([hub]);
    await post(app, sent, "hub");
    await post(app, sent, "some-name");
    const text = await metrics.text();
    expect(text).toContain('sluice_webhook_delivery_seconds_count{event="registry/hub",status="202"} 1');
    expect(text).toContain('sluice_webhook_delivery_seconds_count{event="refused",status="401"} 1');
    expect(text).not.toContain("some-name");
  });
});

describe("Event Grid's questions", () => {
  it("are answered with the code, once the secret is right, and are no events", async () => {
    const { app, jobs } = registryDoor([grid]);
    const body = JSON.stringify(eventGridValidation);
    const answer = await post(app, { path: `/${SECRET}`, body }, "grid");
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { validationResponse: "512d38b6-c7b8-40c8-89fe-f46f9e9622b6" },
    ]);
    expect((await post(app, { path: "/wrong", body }, "grid")).status).toBe(401);
    expect(jobs).toEqual([]);
  });

  it("with OPTIONS are answered as CloudEvents asks, once the secret is right", async () => {
    const { app } = registryDoor([grid, hub]);
    const ask = (path: string, origin?: string) =>
      app.request(path, {
        method: "OPTIONS",
        headers: origin === undefined ? {} : { "webhook-request-origin": origin },
      });
    const answer = await ask(`/registry/grid/${SECRET}`, "eventgrid.azure.net");
    expect([answer.status, answer.headers.get("webhook-allowed-origin")]).toEqual([200, "eventgrid.azure.net"]);
    for (const other of [
      ask("/registry/grid/wrong", "eventgrid.azure.net"),
      ask(`/registry/grid/${SECRET}`),
      ask(`/registry/grid/${SECRET}`, "a b\u00e4"),
      ask(`/registry/hub/${SECRET}`, "eventgrid.azure.net"),
      ask("/registry/none", "eventgrid.azure.net"),
    ]) {
      expect((await other).status).toBe(401);
    }
  });
});

describe("the door for registries on a real port", () => {
  const served: ServedWeb[] = [];
  afterEach(async () => {
    for (const web of served.splice(0)) await web.close(0);
  });
  const serve = async (app: Parameters<typeof serveWeb>[0]): Promise<string> => {
    const web = await serveWeb(app, { port: 0, host: "127.0.0.1" });
    served.push(web);
    return web.url;
  };

  it("puts an event into the queue, once for a delivery that comes twice", async () => {
    const queue = inlineQueue(Date.now);
    const { app } = registryDoor([ci], { queue, limits: { storeMs: 90_000 } });
    const url = await serve(app);
    const { body, headers } = signed(JSON.stringify({ image: "ghcr.io/acme/web:1.2.3", id: "run-1" }));
    for (let turn = 0; turn < 2; turn++) {
      const answer = await fetch(`${url}/registry/ci`, { method: "POST", body, headers });
      expect([answer.status, await answer.json()]).toEqual([202, { accepted: "run-1" }]);
    }
    const seen: Job[] = [];
    await queue.start(handlers({ registry: async (job) => void seen.push(job) }));
    await queue.idle();
    expect(seen).toEqual([
      expect.objectContaining({ type: "registry", hook: "ci", pushes: [{ image: "ghcr.io/acme/web", tag: "1.2.3" }] }),
    ]);
    await queue.close(0);
  });

  it("refuses an endless body without holding it", async () => {
    const { app } = registryDoor([hub]);
    const { port } = new URL(await serve(app));
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    const answered = once(socket, "data");
    socket.on("error", () => undefined);
    socket.write(`POST /registry/hub/${SECRET} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const writing = setInterval(() => socket.write(chunk), 1);
    const [data] = await answered;
    clearInterval(writing);
    socket.destroy();
    expect(String(data).split("\r\n")[0]).toBe("HTTP/1.1 413 Payload Too Large");
  });
});
