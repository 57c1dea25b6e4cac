import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";

import { appJwt, installationToken, request } from "./support/api.ts";
import { useLocalGitHub } from "./support/suite.ts";

let ahead = 0;
const suite = useLocalGitHub({ clock: () => new Date(Date.now() + ahead) });

describe("the app's JSON web token", () => {
  const app = (token: string) => request(suite.github, token, "GET", "/app");

  it("opens the app's own address", async () => {
    expect(await app(appJwt(suite.github))).toMatchObject({
      status: 200,
      body: { id: suite.github.app.id, slug: "sluice" },
    });
  });

  it("is refused with a foreign key, a foreign issuer, after its end, for too long a life, or from the future", async () => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const seconds = Math.floor(Date.now() / 1000);
    const bad = [
      appJwt(suite.github, {}, privateKey),
      appJwt(suite.github, { iss: 99 }),
      appJwt(suite.github, { iat: seconds - 900, exp: seconds - 600 }),
      appJwt(suite.github, { exp: seconds + 3600 }),
      appJwt(suite.github, { iat: seconds + 300, exp: seconds + 600 }),
      `${appJwt(suite.github)}x`,
      "a.b.c",
    ];
    for (const token of bad) expect((await app(token)).status).toBe(401);
    expect((await request(suite.github, undefined, "GET", "/app")).status).toBe(401);
    expect((await app(suite.token)).status).toBe(401);
  });

  it("does not reach repositories", async () => {
    await suite.repository("jwt");
    const { status } = await request(suite.github, appJwt(suite.github), "GET", "/repos/acme/jwt");
    expect(status).toBe(403);
  });

  it("finds the installation of an organization and of a repository", async () => {
    await suite.repository("installed");
    const jwt = appJwt(suite.github);
    const id = suite.github.installationId;
    for (const path of ["/orgs/acme/installation", "/repos/acme/installed/installation", `/app/installations/${id}`]) {
      expect(await request(suite.github, jwt, "GET", path)).toMatchObject({
        status: 200,
        body: { id, app_slug: "sluice" },
      });
    }
    expect((await request(suite.github, jwt, "GET", "/orgs/nobody/installation")).status).toBe(404);
    expect((await request(suite.github, jwt, "GET", "/app/installations")).body).toHaveLength(1);
  });
});

describe("an installation token", () => {
  const issue = (body: unknown) =>
    request(
      suite.github,
      appJwt(suite.github),
      "POST",
      `/app/installations/${suite.github.installationId}/access_tokens`,
      body,
    );

  it("is narrowed to repositories and permissions", async () => {
    await suite.repository("one");
    await suite.repository("two");
    const token = await installationToken(suite.github, { repositories: ["one"], permissions: { contents: "read" } });
    expect((await request(suite.github, token, "GET", "/repos/acme/one/branches")).status).toBe(200);
    expect((await request(suite.github, token, "GET", "/repos/acme/two")).status).toBe(404);
    const seen = await request(suite.github, token, "GET", "/installation/repositories");
    expect(seen.body).toMatchObject({ total_count: 1, repositories: [{ name: "one" }] });
    const write = await request(suite.github, token, "POST", "/repos/acme/one/git/blobs", { content: "x" });
    expect(write).toMatchObject({ status: 403, body: { message: "Resource not accessible by integration" } });
    const pulls = await request(suite.github, token, "GET", "/repos/acme/one/pulls");
    expect(pulls.status).toBe(403);
  });

  it("cannot be wider than the installation", async () => {
    expect((await issue({ permissions: { administration: "write" } })).status).toBe(422);
    expect((await issue({ permissions: { metadata: "write" } })).status).toBe(422);
    expect((await issue({ repositories: ["nowhere"] })).status).toBe(422);
    expect((await issue({ repository: "typo" })).body.message).toContain('"repository" is not a permitted key.');
    expect(
      (await request(suite.github, appJwt(suite.github), "POST", "/app/installations/1/access_tokens")).status,
    ).toBe(404);
  });

  it("follows what the account grants, which it may change", async () => {
    const installation = () =>
      request(suite.github, appJwt(suite.github), "GET", `/app/installations/${suite.github.installationId}`);
    const { permissions } = (await installation()).body;
    suite.github.grant({ contents: "read", metadata: "read" });
    expect((await installation()).body.permissions).toEqual({ contents: "read", metadata: "read" });
    expect(suite.github.events.at(-1)).toMatchObject({ event: "installation", action: "new_permissions_accepted" });
    expect(await issue({ permissions: { contents: "write" } })).toMatchObject({
      status: 422,
      body: { message: "The permissions requested are not granted to this installation." },
    });
    expect((await issue({})).body.permissions).toEqual({ contents: "read", metadata: "read" });
    await suite.pull("unheard");
    expect(suite.github.events.slice(-2).map((one) => one.event)).toEqual(["push", "push"]);
    suite.github.grant(permissions);
    expect((await issue({ permissions: { contents: "write" } })).status).toBe(201);
  });

  it("ends after an hour or when it is revoked", async () => {
    await suite.repository("hour");
    const token = await installationToken(suite.github);
    const read = () => request(suite.github, token, "GET", "/repos/acme/hour");
    ahead = 50 * 60_000;
    expect((await read()).status).toBe(200);
    ahead = 61 * 60_000;
    expect(await read()).toMatchObject({ status: 401, body: { message: "Bad credentials" } });
    ahead = 0;
    expect((await request(suite.github, token, "DELETE", "/installation/token")).status).toBe(204);
    expect((await read()).status).toBe(401);
  });
});

describe("a person's token", () => {
  it("may what the person's role allows", async () => {
    const { owner, name } = await suite.repository("roles");
    const reader = suite.github.user("reader").token;
    const path = `/repos/${owner}/${name}`;
    expect((await request(suite.github, reader, "GET", path)).status).toBe(404);
    suite.github.setPermission({ owner, name, login: "reader", permission: "read" });
    expect((await request(suite.github, reader, "GET", path)).status).toBe(200);
    expect((await request(suite.github, reader, "POST", `${path}/git/blobs`, { content: "x" })).status).toBe(403);
    suite.github.setPermission({ owner, name, login: "reader", permission: "maintain" });
    expect((await request(suite.github, reader, "POST", `${path}/git/blobs`, { content: "x" })).status).toBe(201);
    const seen = await suite.api("GET", `${path}/collaborators/reader/permission`);
    expect(seen).toMatchObject({ status: 200, body: { permission: "write", role_name: "maintain" } });
    expect((await suite.api("GET", `${path}/collaborators/nobody/permission`)).status).toBe(404);
  });

  it("names its person", async () => {
    const { token } = suite.github.user("octocat");
    expect((await request(suite.github, token, "GET", "/user")).body.login).toBe("octocat");
    expect((await suite.api("GET", "/user")).status).toBe(403);
    expect((await suite.api("GET", "/users/octocat")).body.type).toBe("User");
    expect((await request(suite.github, "ghp_wrong", "GET", "/user")).status).toBe(401);
  });
});
