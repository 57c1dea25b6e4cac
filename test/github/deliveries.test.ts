import { createServer, type RequestListener, type Server } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type EdgeWorld, edgeWorld, type Start, startLocal } from "./world.ts";

const LIST = "GET /app/hook/deliveries";
const REDELIVER = "POST /app/hook/deliveries/{delivery_id}/attempts";
const DAY = 24 * 3_600_000;

let start: Start;
let world: EdgeWorld;
let hook: Server;
const open: Server[] = [];
let status = 202;
beforeAll(async () => {
  start = await startLocal();
  hook = createServer((request, response) => void request.resume().on("end", () => response.writeHead(status).end()));
  start.local.setWebhookUrl(await listen(hook));
});
afterAll(async () => {
  hook.close();
  await start.local.close();
});
beforeEach(() => {
  world = edgeWorld(start);
  status = 202;
});
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listen(server: Server): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  return `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`;
}

/** An edge whose GitHub answers like this. */
async function against(answer: RequestListener): Promise<EdgeWorld["edge"]> {
  const server = createServer(answer);
  open.push(server);
  return world.fresh({ apiUrl: await listen(server) });
}

/** GUIDs of the events that this causes, delivered or not. */
async function guidsOf(act: () => Promise<unknown>): Promise<string[]> {
  const seen = world.local.events.length;
  await act();
  await world.local.settled();
  return world.local.events.slice(seen).map((one) => one.guid);
}

function comment(): Promise<unknown> {
  return world.local.comment({ ...world.pull, body: "hello" });
}

async function lost(): Promise<string[]> {
  world.local.setDeliveryMode("fail");
  try {
    return await guidsOf(comment);
  } finally {
    world.local.setDeliveryMode("deliver");
  }
}

async function failed(since = Date.now() - DAY) {
  return (await world.edge.deliveries.failed(since)).map((one) => one.guid);
}

describe("deliveries that failed", () => {
  it("are those that nobody took: no answer or another one than 2xx, oldest first", async () => {
    const unanswered = await lost();
    const taken = await guidsOf(comment);
    status = 503;
    const refused = await guidsOf(comment);
    const found = await world.edge.deliveries.failed(Date.now() - DAY);
    expect(found.map((one) => one.guid)).toEqual([...unanswered, ...refused]);
    expect(found.map((one) => one.event)).toEqual(["issue_comment", "issue_comment"]);
    expect(taken).toHaveLength(1);
  });

  it("are delivered again under their GUID, and then are no longer among them", async () => {
    const [guid] = await lost();
    const found = (await world.edge.deliveries.failed(Date.now() - DAY)).find((one) => one.guid === guid);
    await world.edge.deliveries.redeliver(found?.id ?? "");
    await expect.poll(() => world.local.deliveries.filter((one) => one.guid === guid).length).toBe(2);
    expect(await failed()).not.toContain(guid);
    expect(world.asked()).toEqual([LIST, REDELIVER, LIST]);
    expect(world.counted.map((one) => `${one.repository} ${one.status}`)).toContain("the App 202");
  });

  it("that failed again are named once, by their newest attempt", async () => {
    const [guid] = await lost();
    const first = world.local.deliveries.findLast((one) => one.guid === guid);
    status = 500;
    const second = await world.local.redeliver(first?.id ?? 0);
    const found = (await world.edge.deliveries.failed(Date.now() - DAY)).filter((one) => one.guid === guid);
    expect(found.map((one) => one.id)).toEqual([String(second.id)]);
  });

  it("are those of the time that was asked for", async () => {
    const guids = await lost();
    expect(await failed(Date.now() - 3_600_000)).toEqual(expect.arrayContaining(guids));
    expect(await failed(Date.now() + 60_000)).toEqual([]);
  });

  it("are found behind many others, page by page, and pages that are older are not asked for", async () => {
    const [guid] = await lost();
    for (let made = 0; made < 210; made++) await comment();
    await world.local.settled();
    world.asked();
    expect(await failed()).toContain(guid);
    expect(world.asked()).toEqual([LIST, LIST, LIST]);
    expect(await failed(Date.now() + 60_000)).toEqual([]);
    expect(world.asked()).toEqual([LIST]);
  });
});

describe("GitHub's record of deliveries", () => {
  it("has ids larger than a number holds, which come back digit by digit", async () => {
    const asked: string[] = [];
    const edge = await against((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const at = new Date().toISOString();
      const item = `{"id":3804004623172239366,"guid":"g","delivered_at":"${at}","status_code":500,"event":"pull_request"}`;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(request.method === "GET" ? `[${item}]` : "{}");
    });
    const [found] = await edge.deliveries.failed(Date.now() - DAY);
    expect(found).toEqual({ id: "3804004623172239366", guid: "g", event: "pull_request" });
    await edge.deliveries.redeliver(found?.id ?? "");
    expect(asked.at(-1)).toBe("POST /app/hook/deliveries/3804004623172239366/attempts");
  });

  it("is looked through to a bound, and the log says that there is more", async () => {
    let pages = 0;
    const edge = await against((request, response) => {
      pages += 1;
      const link = `<http://${request.headers.host}/app/hook/deliveries?per_page=100&cursor=v1_${pages}>; rel="next"`;
      response.writeHead(200, { "content-type": "application/json", link }).end("[]");
    });
    expect(await edge.deliveries.failed(Date.now() - DAY)).toEqual([]);
    expect(pages).toBe(200);
    expect(world.log.lines.join("\n")).toContain("more deliveries than are looked through");
  });

  it("tells refusals like every other call", async () => {
    world.local.injectFault({
      template: "/app/hook/deliveries",
      effect: { kind: "secondary-limit", retryAfter: 70 },
    });
    await expect(failed()).rejects.toMatchObject({ kind: "throttled", retryAfterMs: 70_000 });
    await expect(world.edge.deliveries.redeliver("1")).rejects.toMatchObject({ kind: "not-found" });
    const slow = await against(() => undefined);
    await expect(slow.deliveries.failed(0, AbortSignal.timeout(50))).rejects.toMatchObject({ name: "Fault" });
  });
});
