import { describe, expect, it } from "vitest";
import { webhookPath } from "../../src/web/index.ts";
import { deliver, door, sign } from "./fixture.ts";

const body = JSON.stringify({ action: "opened", title: "größer ✓" });

const adminToken = "the-administrators-token";
const asAdmin = { headers: { authorization: `Bearer ${adminToken}` } };

describe("the webhook inbox", () => {
  it("stores a signed delivery with its raw text, and answers 202", async () => {
    const { app, jobs } = door();
    const answer = await app.request(webhookPath, deliver(body));
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ accepted: "72d3162e-cc78-11e3-81ab-4c9367dc0958" });
    expect(jobs).toEqual([
      { type: "delivery", id: "72d3162e-cc78-11e3-81ab-4c9367dc0958", event: "pull_request", payload: body },
    ]);
  });

  it("takes the example of GitHub's documentation for a valid signature", async () => {
    // "Testing the webhook payload validation", docs.github.com.
    const { app } = door({ webhookSecret: "It's a Secret to Everybody" });
    const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const answer = await app.request(webhookPath, deliver("Hello, World!", { "x-hub-signature-256": signature }));
    expect(answer.status).toBe(202);
  });

  it.each([
    ["unsigned", { "x-hub-signature-256": undefined }],
    ["signed with another secret", { "x-hub-signature-256": sign(body, "another secret") }],
    ["signed with Probot's placeholder", { "x-hub-signature-256": sign(body, "development") }],
    ["signed with an empty secret", { "x-hub-signature-256": sign(body, "") }],
    ["signed over another body", { "x-hub-signature-256": sign(`${body} `) }],
    ["with half of a signature", { "x-hub-signature-256": sign(body).slice(0, 40) }],
    ["with the right signature and more", { "x-hub-signature-256": `${sign(body)}00` }],
    ["with an upper-case signature", { "x-hub-signature-256": sign(body).toUpperCase() }],
    ["with the old SHA-1 signature only", { "x-hub-signature-256": undefined, "x-hub-signature": sign(body) }],
  ])("refuses a delivery %s with 401, and stores nothing", async (_name, headers) => {
    const { app, jobs } = door();
    const answer = await app.request(webhookPath, deliver(body, headers));
    expect(answer.status).toBe(401);
    expect(jobs).toEqual([]);
  });

  it("refuses a body that was cut off or changed after it was signed", async () => {
    const { app, jobs } = door();
    const signature = { "x-hub-signature-256": sign(body) };
    for (const changed of [body.slice(0, -1), body.replace("opened", "closed"), ""]) {
      expect((await app.request(webhookPath, deliver(changed, signature))).status).toBe(401);
    }
    expect(jobs).toEqual([]);
  });

  it.each([
    ["no event", { "x-github-event": undefined }, 400],
    ["an odd event", { "x-github-event": "../etc" }, 400],
    ["no delivery id", { "x-github-delivery": undefined }, 400],
    ["an odd delivery id", { "x-github-delivery": "a b" }, 400],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["no content type", { "content-type": "" }, 415],
  ] as const)("refuses what GitHub never sends: %s", async (_name, headers, status) => {
    const { app, jobs } = door();
    expect((await app.request(webhookPath, deliver(body, headers))).status).toBe(status);
    expect(jobs).toEqual([]);
  });

  it("acknowledges events that nobody uses without storing them, and answers a ping", async () => {
    const { app, jobs } = door();
    expect((await app.request(webhookPath, deliver(body, { "x-github-event": "star" }))).status).toBe(202);
    expect((await app.request(webhookPath, deliver(body, { "x-github-event": "ping" }))).status).toBe(200);
    expect(
      (await app.request(webhookPath, deliver(body, { "x-github-event": "ping", "x-hub-signature-256": sign("") })))
        .status,
    ).toBe(401);
    expect(jobs).toEqual([]);
  });

  it("answers 503 when the store does not take the delivery", async () => {
    const { app } = door({ away: true });
    expect((await app.request(webhookPath, deliver(body))).status).toBe(503);
  });

  it("refuses a body above the limit by its announced length, and while it streams", async () => {
    const { app } = door({ limits: { bodyBytes: 1_000 } });
    const announced = deliver(body, { "content-length": "1001" });
    expect((await app.request(webhookPath, announced)).status).toBe(413);
    let sent = 0;
    const stream = new ReadableStream({
      pull: (controller) => {
        sent += 1;
        controller.enqueue(new Uint8Array(600));
      },
    });
    const streaming = { ...deliver(body), body: stream, duplex: "half" as const };
    expect((await app.request(webhookPath, streaming)).status).toBe(413);
    expect(sent).toBeLessThan(10);
  });

  it("cuts off the body that takes longest when too many bytes are in flight, and takes what GitHub sends", async () => {
    const { app, jobs } = door({ limits: { bodiesBytes: 500 }, adminToken });
    const gate = Promise.withResolvers<void>();
    const slow = new ReadableStream({
      start: async (controller) => {
        controller.enqueue(new Uint8Array(480));
        await gate.promise;
        controller.close();
      },
    });
    const pending = app.request(webhookPath, { ...deliver(body), body: slow, duplex: "half" as const });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await app.request(webhookPath, deliver(body))).status).toBe(202);
    const invented = { "x-github-event": "invented" };
    expect((await pending).status).toBe(503);
    expect((await app.request(webhookPath, deliver("x".repeat(501), invented))).status).toBe(503);
    expect(await (await app.request("/metrics", asAdmin)).text()).not.toContain("invented");
    gate.resolve();
    expect(jobs).toHaveLength(1);
  });
});

describe("the other pages", () => {
  it("tell life, readiness and the way to stop", async () => {
    let stopping = false;
    const { app } = door({ stopping: () => stopping });
    expect((await app.request("/healthz")).status).toBe(200);
    expect((await app.request("/readyz")).status).toBe(200);
    stopping = true;
    expect((await app.request("/readyz")).status).toBe(503);
    expect((await app.request("/healthz")).status).toBe(200);
  });

  it("say that the store is away", async () => {
    const { app } = door({ away: true });
    expect((await app.request("/readyz")).status).toBe(503);
    expect((await app.request("/healthz")).status).toBe(200);
  });

  it("give Prometheus the deliveries by what was answered, under no name that nobody vouched for", async () => {
    const { app } = door({ adminToken });
    await app.request(webhookPath, deliver(body));
    await app.request(webhookPath, deliver(body, { "x-github-event": "invented", "x-hub-signature-256": sign("x") }));
    const answer = await app.request("/metrics", asAdmin);
    expect(answer.headers.get("content-type")).toContain("text/plain");
    const text = await answer.text();
    expect(text).toContain('sluice_webhook_delivery_seconds_count{event="pull_request",status="202"} 1');
    expect(text).toContain('sluice_webhook_delivery_seconds_count{event="refused",status="401"} 1');
    expect(text).not.toContain("invented");
  });

  it("tell a person what this is, and nothing at other addresses", async () => {
    const { app } = door();
    expect(await (await app.request("/")).text()).toContain("Sluice");
    expect((await app.request("/nothing")).status).toBe(404);
    expect((await app.request(webhookPath)).status).toBe(404);
  });
});
