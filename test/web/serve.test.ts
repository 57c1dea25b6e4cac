import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../../sandbox/free-port.ts";
import { createMetrics } from "../../src/observe/index.ts";
import { createWeb, type ServedWeb, serveWeb, webhookPath } from "../../src/web/index.ts";
import { openQueue, silentLog, until } from "../contract/queue-fixture.ts";
import { eventually } from "../support/wait.ts";
import { deliver, door, secret, sign, usedEvents } from "./fixture.ts";

type ServeOptions = Parameters<typeof serveWeb>[1];

/** On a busy machine nobody is slow unless a test says so. */
const local: ServeOptions = { port: 0, host: "127.0.0.1", headersMs: 600_000, requestMs: 600_000 };

describe("the door on a real port", () => {
  const served: ServedWeb[] = [];
  afterEach(async () => {
    for (const web of served.splice(0)) await web.close(0);
  });

  const serve = async (app: Parameters<typeof serveWeb>[0], options: Partial<ServeOptions> = {}): Promise<string> => {
    const web = await serveWeb(app, { ...local, ...options });
    served.push(web);
    return web.url;
  };

  it("takes a delivery of 25 MB", async () => {
    const { app, jobs } = door();
    const url = await serve(app);
    const large = `{"x":"${"y".repeat(25 * 1024 * 1024 - 8)}"}`;
    const answer = await fetch(url + webhookPath, deliver(large));
    expect(answer.status).toBe(202);
    expect(jobs).toHaveLength(1);
  });

  it("refuses one of 26 MB while it streams, without holding it", async () => {
    const { app } = door();
    const socket = await open(await serve(app));
    const first = firstLine(socket);
    const before = process.memoryUsage().arrayBuffers;
    socket.write(headOf({ "transfer-encoding": "chunked", "x-hub-signature-256": sign("") }));
    const sent = await sendUntilAnswered(socket, first, 200);
    expect(await first).toBe("HTTP/1.1 413 Payload Too Large");
    expect(sent).toBeGreaterThanOrEqual(25);
    expect(sent).toBeLessThan(60);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80 * 1024 * 1024);
    socket.destroy();
  });

  it("closes on those who send their headers or their body drop by drop", async () => {
    const { app, jobs } = door();
    const url = await serve(app, { headersMs: 300, requestMs: 600, checkEveryMs: 50 });
    const headers = await open(url);
    const headersClosed = closed(headers);
    headers.write(`POST ${webhookPath} HTTP/1.1\r\nhost: x\r\n`);
    const body = await open(url);
    const bodyClosed = closed(body);
    body.write(headOf({ "content-length": "1000", "x-hub-signature-256": sign("") }));
    const drops = setInterval(() => {
      headers.write("x-a: b\r\n", () => undefined);
      body.write("{", () => undefined);
    }, 50);
    await Promise.all([headersClosed, bodyClosed]);
    clearInterval(drops);
    expect(jobs).toEqual([]);
    // Whoever is slow only because the machine is busy asks again.
    await eventually("an answer", async () => (await fetch(`${url}/healthz`)).status === 200);
  });

  it("goes on when a sender breaks off in the middle of a body", async () => {
    const { app, jobs } = door();
    const url = await serve(app);
    const socket = await open(url);
    socket.write(headOf({ "content-length": "1000", "x-hub-signature-256": sign("") }));
    socket.write("{");
    await sleep(50);
    socket.destroy();
    expect((await fetch(url + webhookPath, deliver("{}"))).status).toBe(202);
    expect(jobs).toHaveLength(1);
  });

  it("answers 503 within its time when the store is dead, and /readyz says so", async () => {
    const queue = await openQueue({ kind: "redis", url: `redis://127.0.0.1:${await freePort()}` }, "dead");
    const app = createWeb({
      events: usedEvents,
      queue,
      webhookSecret: secret,
      metrics: createMetrics(),
      log: silentLog,
      limits: { storeMs: 200 },
    });
    const url = await serve(app);
    expect((await fetch(url + webhookPath, deliver("{}"))).status).toBe(503);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await queue.close(0);
  });

  it("ends the answers under way when it closes, and takes no more", async () => {
    const gate = Promise.withResolvers<void>();
    let asked = 0;
    const add = async () => {
      asked += 1;
      await gate.promise;
    };
    const { app } = door({ queue: { add, healthy: async () => true } });
    const web = await serveWeb(app, local);
    const pending = fetch(web.url + webhookPath, deliver("{}"));
    await until("it is under way", () => asked === 1);
    const closed = web.close(10_000);
    await expect(fetch(`${web.url}/healthz`)).rejects.toThrow();
    gate.resolve();
    expect((await pending).status).toBe(202);
    await closed;
  });

  it("says when it cannot listen", async () => {
    const { app } = door();
    const url = new URL(await serve(app));
    await expect(serveWeb(app, { ...local, port: Number(url.port) })).rejects.toThrow(/EADDRINUSE/);
  });
});

async function open(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

function headOf(headers: Readonly<Record<string, string>>): string {
  const all = {
    host: "sluice.test",
    "content-type": "application/json",
    "x-github-event": "pull_request",
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${webhookPath} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** The first line of the answer; empty when the connection ends without one. */
function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once("data", (data) => resolve(String(data).split("\r\n")[0] ?? ""));
    socket.once("close", () => resolve(""));
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
  });
}

/** Sends chunks of 1 MB; resolves to how many it sent before there was an answer. */
async function sendUntilAnswered(socket: Socket, answer: Promise<string>, most: number): Promise<number> {
  let answered = false;
  const noted = answer.then(() => {
    answered = true;
  });
  const chunk = Buffer.alloc(1024 * 1024, 120);
  let sent = 0;
  while (sent < most && !answered) {
    socket.write(`${chunk.byteLength.toString(16)}\r\n`);
    socket.write(chunk);
    const written = new Promise<void>((resolve) => {
      socket.write("\r\n", () => resolve());
    });
    await Promise.race([written, noted]);
    sent += 1;
  }
  return sent;
}
