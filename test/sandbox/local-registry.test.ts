import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type LocalRegistry, startLocalRegistry } from "../../sandbox/index.ts";
import { nextTag } from "../../sandbox/registry/images.ts";
import { type Receiver, startReceiver } from "./support/registries.ts";

const REVISION = "org.opencontainers.image.revision";
const SOURCE = "org.opencontainers.image.source";

let registry: LocalRegistry;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
  registry = await startLocalRegistry();
});
afterEach(async () => {
  await registry.close();
  await receiver.close();
});

function form(fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
  const body = new URLSearchParams(fields);
  return fetch(`${registry.url}/-/push`, { method: "POST", body, headers, redirect: "manual" });
}

async function home(): Promise<string> {
  return (await fetch(registry.url)).text();
}

const named = z.object({ digest: z.string() });
const shape = z.object({
  config: z.union([named, z.object({ Labels: z.record(z.string(), z.string()) })]).optional(),
  manifests: z.array(named).optional(),
});

/** Labels of a tag's first image, read over the API. */
async function labelsOf(repository: string, tag: string): Promise<unknown> {
  const accept = ["manifest", "index"].map((kind) => `application/vnd.oci.image.${kind}.v1+json`).join(", ");
  const read = async (path: string) =>
    shape.parse(await (await fetch(`${registry.url}/v2/${repository}/${path}`, { headers: { accept } })).json());
  const top = await read(`manifests/${tag}`);
  const child = top.manifests?.[0]?.digest;
  const { config } = child === undefined ? top : await read(`manifests/${child}`);
  const image = await read(`blobs/${named.parse(config).digest}`);
  return z.object({ Labels: z.unknown() }).parse(image.config).Labels;
}

describe("the local registry", () => {
  it("pushes through its own API, as somebody who may where it has users", async () => {
    const { digest } = await registry.push({ repository: "shop/api", tag: "1.0.0" });
    expect(digest).toMatch(/^sha256:[a-f0-9]{64}$/);
    expect(registry.host).toBe(new URL(registry.url).host);
    expect(registry.requests.map(({ method, status }) => `${method} ${status}`)).toEqual([
      "HEAD 404",
      "POST 202",
      "PUT 201",
      "HEAD 404",
      "POST 202",
      "PUT 201",
      "PUT 201",
    ]);
    const guarded = await startLocalRegistry({ users: { ada: "secret" } });
    await guarded.push({ repository: "shop/api", tag: "1.0.0" });
    expect(new Set(guarded.requests.map((one) => one.actor))).toEqual(new Set(["ada"]));
    expect((await fetch(`${guarded.url}/v2/shop/api/tags/list`)).status).toBe(401);
    await guarded.close();
  });

  it("notifies nobody before it is told whom, and then not of what is ignored", async () => {
    await registry.push({ repository: "shop/api", tag: "1.0.0" });
    registry.setNotifications({ url: receiver.url, headers: { authorization: "secret" }, ignoreActions: ["pull"] });
    await registry.push({ repository: "shop/api", tag: "1.0.1" });
    await registry.settled();
    const told = registry.notifications.map(({ event, status }) => [event.action, event.target.tag, status]);
    expect(told).toEqual([
      ["push", undefined, 202],
      ["push", "1.0.1", 202],
    ]);
    expect(receiver.received.map((one) => one.authorization)).toEqual(["secret", "secret"]);
  });

  it("ends although a notification is not taken", async () => {
    registry.setNotifications({ url: "http://127.0.0.1:1/", backoffMs: 60_000 });
    await registry.push({ repository: "shop/api", tag: "1.0.0" });
    await expect.poll(() => registry.notifications.map((one) => one.status)).toEqual([0]);
    await registry.close();
    await expect(fetch(registry.url)).rejects.toThrow();
  });
});

describe("the page of the local registry", () => {
  it("shows repositories and tags, newest first, and how each notification was answered", async () => {
    registry.setNotifications({ url: receiver.url });
    const labels = { [REVISION]: "0123456789abcdef" };
    await registry.push({ repository: "shop/api", tag: "1.9.0", created: new Date("2026-01-01T10:00:00Z") });
    await registry.push({ repository: "shop/api", tag: "1.10.0", created: new Date("2026-01-02T10:00:00Z"), labels });
    await registry.settled();
    const text = await home();
    expect(text.indexOf("1.10.0")).toBeLessThan(text.indexOf("1.9.0"));
    for (const part of ["2 tags", `${registry.host}/shop/api`, "linux/amd64", "0123456", 'value="1.10.1"', "202"])
      expect(text).toContain(part);
    expect(text).not.toContain("<script");
  });

  it("pushes a tag for whoever fills in the form, with the labels and platforms of the newest image", async () => {
    const labels = { [SOURCE]: "https://github.com/acme/api", [REVISION]: "1111111" };
    const platforms = ["linux/amd64", "linux/arm64"];
    await registry.push({ repository: "shop/api", tag: "1.0.0", labels, platforms });
    const answer = await form({ repository: "shop/api", tag: "1.0.1", revision: "2222222" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    expect(await labelsOf("shop/api", "1.0.1")).toEqual({ ...labels, [REVISION]: "2222222" });
    expect(await home()).toContain("linux/amd64, linux/arm64");
    expect((await form({ repository: "new/one", tag: "1.0.0" })).status).toBe(303);
    expect(await labelsOf("new/one", "1.0.0")).toEqual({});
  });

  it("says what is wrong with a name, and shows hostile labels as text", async () => {
    for (const fields of [
      { repository: "Shop", tag: "1" },
      { repository: "shop", tag: "-1" },
      { repository: "shop" },
    ]) {
      const answer = await form(fields);
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain('role="alert"');
    }
    await registry.push({ repository: "shop/api", tag: "1", labels: { [REVISION]: "<b>" } });
    expect(await home()).toContain("&lt;b&gt;");
  });

  it("takes no form of another site", async () => {
    const answer = await form({ repository: "shop/api", tag: "1" }, { origin: "https://evil.example" });
    expect(answer.status).toBe(422);
    expect(registry.requests).toEqual([]);
  });
});

describe("the tag that is offered next", () => {
  it("is one patch above the highest version", () => {
    expect(nextTag(["1.2.9", "1.10.0", "latest", "1.9.9"])).toBe("1.10.1");
    expect(nextTag(["v2.0.0", "1.0.0"])).toBe("v2.0.1");
    expect(nextTag(["latest"])).toBe("1.0.0");
  });
});
