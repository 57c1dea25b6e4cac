import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { appJwt, request } from "./support/api.ts";
import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub({ webhook: { secret: "hush" } });

let hook: Server;
let status = 202;
let received: string[] = [];

beforeAll(async () => {
  hook = createServer((incoming, outgoing) => {
    received.push(String(incoming.headers["x-github-delivery"]));
    incoming.resume().on("end", () => outgoing.writeHead(status).end("answer"));
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  const address = hook.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  suite.github.setWebhookUrl(`http://127.0.0.1:${address.port}/`);
});
afterAll(() => new Promise((resolve) => hook.close(resolve)));
beforeEach(async () => {
  await suite.github.settled();
  status = 202;
  received = [];
});

describe("webhook deliveries", () => {
  it("begin with a ping when the hook gets its address", () => {
    expect(suite.github.deliveries[0]).toMatchObject({
      event: "ping",
      status: "OK",
      statusCode: 202,
      responseBody: "answer",
    });
  });

  it("are logged as failed when the receiver fails, and are not retried", async () => {
    status = 500;
    await suite.pull("failing");
    await suite.github.settled();
    const last = suite.github.deliveries.slice(-4);
    expect(last.map((one) => one.status)).toEqual(Array(4).fill("Invalid HTTP Response: 500"));
    expect(received).toHaveLength(4);
    const failed = await request(suite.github, appJwt(suite.github), "GET", "/app/hook/deliveries?status=failure");
    expect(failed.body).toHaveLength(4);
  });

  it("fail without an answer while the network is out, and come through when asked for again", async () => {
    suite.github.setDeliveryMode("fail");
    const { number } = await suite.pull("outage");
    await suite.github.settled();
    expect(number).toBe(1);
    expect(received).toEqual([]);
    const lost = suite.github.deliveries.at(-1);
    expect(lost).toMatchObject({ event: "pull_request", status: "failed to connect to host", statusCode: 0 });
    suite.github.setDeliveryMode("deliver");
    const again = await suite.github.redeliver(lost?.id ?? 0);
    expect(again).toMatchObject({ guid: lost?.guid, redelivery: true, status: "OK" });
    expect(received).toEqual([lost?.guid]);
  });

  it("wait while held and then go out once each", async () => {
    suite.github.setDeliveryMode("hold");
    await suite.pull("held");
    await suite.github.settled();
    expect(received).toEqual([]);
    suite.github.setDeliveryMode("deliver");
    await suite.github.settled();
    expect(received).toHaveLength(4);
    expect(new Set(received).size).toBe(4);
  });

  it("are listed newest first by cursor and told in full", async () => {
    const jwt = appJwt(suite.github);
    const seen: number[] = [];
    let path: string | undefined = "/app/hook/deliveries?per_page=2";
    while (path !== undefined) {
      const page = await request(suite.github, jwt, "GET", path);
      seen.push(...page.body.map((one: { id: number }) => one.id));
      path = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1]?.replace(suite.github.apiUrl, "");
    }
    expect(seen).toEqual([...suite.github.deliveries].reverse().map((one) => one.id));
    expect((await request(suite.github, jwt, "GET", "/app/hook/deliveries/1")).status).toBe(404);
    expect((await request(suite.github, jwt, "POST", "/app/hook/deliveries/1/attempts")).status).toBe(404);
    expect((await request(suite.github, jwt, "GET", "/app/hook/config")).body).toMatchObject({ content_type: "json" });
    expect((await suite.api("GET", "/app/hook/deliveries")).status).toBe(401);
  });

  it("leave out events to which the app did not subscribe", async () => {
    const ref = await suite.repository("unsubscribed");
    await suite.github.fork({ ...ref, by: "octocat" });
    expect(suite.github.events.some((one) => one.event === "fork")).toBe(false);
  });
});
