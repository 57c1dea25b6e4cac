import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { selfSigned } from "../../sandbox/certificate.ts";
import { tempDir } from "../support/temp-git.ts";
import { type Asked, oneImage, type Reply } from "./support/fake-registry.ts";
import { client, server, soon } from "./support/setting.ts";

const robot = { username: "robot", password: "a-secret-of-ours" };
const basic = `Basic ${Buffer.from("robot:a-secret-of-ours").toString("base64")}`;

/** A registry whose token service is on the same host; `scope` is what it asks for. */
function dancing(options: { readonly scope?: string; readonly expiresIn?: number; readonly realm?: string } = {}) {
  let tokens = 0;
  const valid = new Set<string>();
  return {
    revoke: () => valid.clear(),
    reply: ({ url, authorization, headers, body, method }: Asked): Reply => {
      if (url.startsWith("/token")) {
        if (method === "GET" && authorization !== undefined && authorization !== basic) return { status: 401 };
        if (method === "POST" && !body.includes("refresh_token=a-refresh-token")) return { status: 401 };
        tokens += 1;
        valid.add(`Bearer token-${tokens}`);
        const expires = options.expiresIn === undefined ? {} : { expires_in: options.expiresIn };
        return { body: { access_token: `token-${tokens}`, ...expires } };
      }
      if (authorization !== undefined && valid.has(authorization)) return { body: { tags: ["1"] } };
      const realm = options.realm ?? `http://${headers.host}/token`;
      const scope = options.scope === undefined ? "" : `,scope="${options.scope}"`;
      return { status: 401, headers: { "www-authenticate": `Bearer realm="${realm}",service="a service"${scope}` } };
    },
  };
}

describe("a registry that wants a token", () => {
  it("is given one for reading, which is kept until a little before it expires", async () => {
    let now = 0;
    const fake = await server(dancing({ expiresIn: 300 }).reply);
    const registry = client([{ ...fake.settings, ...robot }], { clock: () => now });
    const ask = () => registry.tags(`${fake.host}/team/app`, soon());
    await ask();
    now = 289_000;
    await ask();
    expect(fake.asked.map(({ url, authorization }) => [url, authorization])).toEqual([
      ["/v2/team/app/tags/list?n=1000", undefined],
      ["/token?service=a+service&scope=repository%3Ateam%2Fapp%3Apull", basic],
      ["/v2/team/app/tags/list?n=1000", "Bearer token-1"],
      ["/v2/team/app/tags/list?n=1000", "Bearer token-1"],
    ]);
    now = 291_000;
    await ask();
    expect(fake.asked.slice(4).map(({ url }) => url.split("?")[0])).toEqual(["/token", "/v2/team/app/tags/list"]);
  });

  it("has tokens that are good for a minute when it does not say for how long", async () => {
    let now = 0;
    const fake = await server(dancing().reply);
    const registry = client([fake.settings], { clock: () => now });
    const tokens = (): number => fake.asked.filter(({ url }) => url.startsWith("/token")).length;
    await registry.tags(`${fake.host}/app`, soon());
    now = 53_000;
    await registry.tags(`${fake.host}/app`, soon());
    expect(tokens()).toBe(1);
    now = 55_000;
    await registry.tags(`${fake.host}/app`, soon());
    expect(tokens()).toBe(2);
  });

  it("is asked for another when it does not take one any more", async () => {
    const dance = dancing({ expiresIn: 3600 });
    const fake = await server(dance.reply);
    const registry = client([fake.settings]);
    await registry.tags(`${fake.host}/app`, soon());
    dance.revoke();
    expect(await registry.tags(`${fake.host}/app`, soon())).toEqual(["1"]);
  });

  it("may ask for more of the same repository, as Azure does, but for nothing else", async () => {
    const scope = "repository:app:metadata_read,pull repository:app:push repository:abc:pull registry:catalog:*";
    const fake = await server(dancing({ scope }).reply);
    await client([{ ...fake.settings, ...robot }]).tags(`${fake.host}/app`, soon());
    const asked = new URL(fake.asked.find(({ url }) => url.startsWith("/token"))?.url ?? "", "http://x");
    expect(asked.searchParams.getAll("scope")).toEqual(["repository:app:pull", "repository:app:metadata_read,pull"]);
  });

  it("is given a refresh token in the body of a POST, never in an address", async () => {
    const fake = await server(dancing().reply);
    const settings = [{ ...fake.settings, identityToken: "a-refresh-token" }];
    expect(await client(settings).tags(`${fake.host}/app`, soon())).toEqual(["1"]);
    const token = fake.asked.find(({ url }) => url.startsWith("/token"));
    expect(token).toMatchObject({ method: "POST", url: "/token", authorization: undefined });
    expect(Object.fromEntries(new URLSearchParams(token?.body))).toEqual({
      grant_type: "refresh_token",
      client_id: "sluice",
      service: "a service",
      scope: "repository:app:pull",
      refresh_token: "a-refresh-token",
    });
  });

  it("is given a token of the settings as it is", async () => {
    const fake = await server(({ authorization }) =>
      authorization === "Bearer ours" ? { body: { tags: ["1"] } } : { status: 401 },
    );
    expect(await client([{ ...fake.settings, token: "ours" }]).tags(`${fake.host}/app`, soon())).toEqual(["1"]);
    await expect(
      client([{ ...fake.settings, token: "theirs" }]).tags(`${fake.host}/app`, soon()),
    ).rejects.toMatchObject({
      kind: "permission",
    });
  });

  it.each([
    ["another host over http", "http://localhost:1/token"],
    ["a metadata service", "http://169.254.169.254/token"],
    ["a metadata service, over https", "https://169.254.169.254/token"],
    ["an address with a password", "https://a:b@127.0.0.1/token"],
    ["a file", "file:///etc/passwd"],
    ["no address", "token"],
  ])("is given no credentials when it has its tokens at %s", async (_name, realm) => {
    const fake = await server(dancing({ realm }).reply);
    const settings = [{ ...fake.settings, ...robot }];
    await expect(client(settings).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({
      name: "UserError",
      kind: "refused",
    });
    expect(fake.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it("is not danced with for ever", async () => {
    const fake = await server(({ url, headers }) =>
      url.startsWith("/token")
        ? { body: { token: `t${Math.random()}` } }
        : { status: 401, headers: { "www-authenticate": `Bearer realm="http://${headers.host}/token"` } },
    );
    await expect(client([fake.settings]).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({
      kind: "permission",
    });
    expect(fake.asked.length).toBeLessThan(8);
  });

  it("whose token service throttles is left alone", async () => {
    const fake = await server(({ url, headers }) =>
      url.startsWith("/token")
        ? { status: 429, headers: { "retry-after": "7" } }
        : { status: 401, headers: { "www-authenticate": `Bearer realm="http://${headers.host}/token"` } },
    );
    await expect(client([fake.settings]).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({
      kind: "throttled",
      retryAfterMs: 7_000,
    });
  });
});

describe("a redirect", () => {
  it("to another origin is followed without credentials", async () => {
    const image = oneImage("1");
    const store = await server(image.reply);
    const fake = await server((asked) => {
      if (asked.authorization !== basic) return { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } };
      const location = `${store.origin}${asked.url}`;
      return asked.url.includes("/blobs/") ? { status: 307, headers: { location } } : image.reply(asked);
    });
    const settings = [{ ...fake.settings, ...robot }];
    expect(await client(settings).facts(`${fake.host}/app`, "1", soon())).toMatchObject({ platforms: ["linux/amd64"] });
    expect(store.asked).toHaveLength(1);
    expect(store.asked[0]?.authorization).toBeUndefined();
    expect(fake.asked.filter(({ authorization }) => authorization === basic)).toHaveLength(3);
  });

  it("whose target wants credentials gets none", async () => {
    const store = await server(({ headers }) => ({
      status: 401,
      headers: { "www-authenticate": `Bearer realm="http://${headers.host}/token"` },
    }));
    const fake = await server((asked) =>
      asked.authorization === basic
        ? { status: 302, headers: { location: `${store.origin}/` } }
        : { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } },
    );
    const settings = [{ ...fake.settings, ...robot }];
    await expect(client(settings).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({ kind: "permission" });
    expect(store.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it("is followed three times and no more", async () => {
    const fake = await server(({ url }) => ({ status: 307, headers: { location: `${url}x` } }));
    await expect(client([fake.settings]).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({ kind: "refused" });
    expect(fake.asked).toHaveLength(4);
  });

  it.each([
    ["http://169.254.169.254/latest/meta-data"],
    ["http://[::ffff:169.254.169.254]/"],
    ["http://2852039166/"],
    ["file:///etc/passwd"],
    ["//"],
  ])("to %s is not followed, even when private addresses are configured", async (location) => {
    const fake = await server(() => ({ status: 307, headers: { location } }));
    await expect(client([fake.settings]).tags(`${fake.host}/app`, soon())).rejects.toMatchObject({ kind: "refused" });
    expect(fake.asked).toHaveLength(1);
  });

  it("from https to http is not followed; the certificate file of the settings is trusted", async () => {
    const certificate = selfSigned("localhost");
    const caFile = join(tempDir(), "ca.pem");
    writeFileSync(caFile, certificate.pem);
    const plain = await server(() => ({ body: { tags: ["evil"] } }));
    const fake = await server(
      ({ url }) =>
        url.includes("/moved/") ? { status: 307, headers: { location: plain.origin } } : { body: { tags: ["1"] } },
      certificate,
    );
    const registry = client([{ ...fake.settings, caFile }]);
    expect(await registry.tags(`${fake.host}/app`, soon())).toEqual(["1"]);
    await expect(registry.tags(`${fake.host}/moved/app`, soon())).rejects.toMatchObject({ kind: "refused" });
    expect(plain.asked).toEqual([]);
    const strict = client([fake.settings]);
    await expect(strict.tags(`${fake.host}/app`, soon())).rejects.toMatchObject({ kind: "unavailable" });
  });
});

describe("errors", () => {
  it("carry no credentials, whatever a registry does with them", async () => {
    const replies: readonly (() => Reply)[] = [
      () => ({ status: 403, body: { errors: [{ code: "DENIED", message: `you sent ${basic}` }] } }),
      () => ({ status: 400, body: `you sent ${basic}` }),
      () => ({ status: 500, headers: { "x-sent": basic } }),
      () => ({ body: `{"tags": "${basic}"}` }),
    ];
    for (const reply of replies) {
      const fake = await server((asked) =>
        asked.authorization === undefined ? { status: 401, headers: { "www-authenticate": "Basic" } } : reply(),
      );
      const lines: string[] = [];
      const write = (fields: unknown, message: string): void => void lines.push(JSON.stringify(fields) + message);
      const log = { debug: write, info: write, warn: write, error: write, child: () => log };
      const registry = client([{ ...fake.settings, ...robot }], { log });
      const error: unknown = await registry.tags(`${fake.host}/app`, soon()).catch((thrown: unknown) => thrown);
      const told = `${error}${error instanceof Error ? error.stack : ""}${JSON.stringify(error)}${lines.join()}`;
      expect(error).toBeInstanceOf(Error);
      if (replies.indexOf(reply) === 0) expect(told).toContain("answered 403 DENIED");
      expect(told).not.toContain("a-secret");
      expect(told).not.toContain(basic.slice(6));
    }
  });
});
