import { createHmac, generateKeyPairSync } from "node:crypto";
import { exportJWK, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GarHook, GithubActionsHook } from "../../../src/model/hooks.ts";
import { createKeySource } from "../../../src/web/registry/keys.ts";
import { actionsClaims, googleClaims } from "./cases.ts";
import { base, post, registryDoor } from "./fixture.ts";
import { garNotice, pubSub } from "./payloads.ts";
import { type Issuer, startIssuer } from "./tokens.ts";

const NOW = Date.parse("2026-11-23T09:00:00Z");
const body = JSON.stringify(pubSub(garNotice));
const own = JSON.stringify({ image: "ghcr.io/acme/web", tag: "1.2.3" });

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
beforeEach(() => issuer.answer(200));
afterAll(() => issuer.close());

const gar = (more: Partial<GarHook> = {}): GarHook => ({
  ...base,
  kind: "gar",
  audience: googleClaims.aud,
  email: googleClaims.email,
  jwksUrl: `${issuer.url}/certs`,
  ...more,
});

const actions = (more: Partial<GithubActionsHook> = {}): GithubActionsHook => ({
  ...base,
  kind: "github-actions",
  issuer: issuer.url,
  audience: actionsClaims.aud,
  repositories: ["octo-org/octo-repo"],
  refs: [],
  environments: [],
  workflows: [],
  ...more,
});

/** What is answered to this token. */
async function status(hook: GarHook | GithubActionsHook, token: string, text = body): Promise<number> {
  const { app } = registryDoor([hook]);
  return (await post(app, { body: text, headers: { authorization: `Bearer ${token}` } })).status;
}

const google = (claims: object, at = NOW) => issuer.token({ ...googleClaims, ...claims }, { at });
const job = (claims: object) => issuer.token({ ...actionsClaims, iss: issuer.url, ...claims }, { at: NOW });

describe("a token of Google", () => {
  it.each<[string, object]>([
    ["another issuer", { iss: "https://accounts.example.com" }],
    ["an issuer that only begins so", { iss: "https://accounts.google.com.example.com" }],
    ["no issuer", { iss: undefined }],
    ["another audience", { aud: "https://elsewhere.example.com" }],
    ["no audience", { aud: undefined }],
    ["another service account", { email: "other@my-project.iam.gserviceaccount.com" }],
    ["no e-mail address", { email: undefined }],
    ["an address that nobody verified", { email_verified: false }],
    ["no word whether it was verified", { email_verified: undefined }],
    ["a text instead of the word", { email_verified: "true" }],
    ["no end", { exp: undefined }],
    ["a beginning to come", { nbf: NOW / 1000 + 600 }],
  ])("with %s is refused", async (_what, claims) => {
    expect(await status(gar(), await google(claims))).toBe(401);
  });

  it("is refused once it is over, and taken while clocks may differ", async () => {
    expect(await status(gar(), await google({}, NOW - 301_000))).toBe(202);
    expect(await status(gar(), await google({}, NOW - 3_600_000))).toBe(401);
  });

  it("for several audiences is taken when ours is one of them", async () => {
    expect(await status(gar(), await google({ aud: ["https://x.example.com", googleClaims.aud] }))).toBe(202);
  });
});

describe("a token that is none", () => {
  it("is refused unsigned, or signed with the public key as if it were a secret", async () => {
    const claims = { ...googleClaims, iat: NOW / 1000, exp: NOW / 1000 + 300 };
    expect(await status(gar(), new UnsecuredJWT(claims).encode())).toBe(401);
    const published: unknown = await (await fetch(`${issuer.url}/certs`)).json();
    const head = Buffer.from(JSON.stringify({ alg: "HS256", kid: "first" })).toString("base64url");
    const text = `${head}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
    const mac = createHmac("sha256", JSON.stringify(published)).update(text).digest("base64url");
    expect(await status(gar(), `${text}.${mac}`)).toBe(401);
  });

  it("is refused when it brings its own key or names where to fetch one", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const jwk = await exportJWK(publicKey);
    const mine = new SignJWT({ ...googleClaims, iat: NOW / 1000, exp: NOW / 1000 + 300 });
    const header = { alg: "RS256", kid: "first", jwk, jku: "http://127.0.0.1:1/keys" };
    expect(await status(gar(), await mine.setProtectedHeader(header).sign(privateKey))).toBe(401);
  });

  it.each(["", "x", "a.b.c", "..", `${"a".repeat(5_000)}.b.c`])("is refused: %s", async (token) => {
    expect(await status(gar(), token)).toBe(401);
  });

  it("is refused under Basic, or with more behind it", async () => {
    const token = await google({});
    const { app } = registryDoor([gar()]);
    for (const authorization of [`Basic ${token}`, token, `Bearer ${token} x`, `Bearer ${token.slice(0, -4)}AAAA`]) {
      expect((await post(app, { body, headers: { authorization } })).status).toBe(401);
    }
  });
});

describe("the keys of an issuer", () => {
  it("are fetched once for many events", async () => {
    const { app } = registryDoor([gar()]);
    const before = issuer.fetches();
    const token = await google({});
    for (let turn = 0; turn < 5; turn++) await post(app, { body, headers: { authorization: `Bearer ${token}` } });
    expect(issuer.fetches() - before).toBe(1);
  });

  it.each([500, 404])(
    "that cannot be fetched (%d) make it 503, not 401, and it is taken once they can",
    async (code) => {
      const { app } = registryDoor([gar()], { keys: createKeySource({ pauseMs: 0 }) });
      const sent = { body, headers: { authorization: `Bearer ${await google({})}` } };
      issuer.answer(code);
      expect((await post(app, sent)).status).toBe(503);
      issuer.answer(200);
      expect((await post(app, sent)).status).toBe(202);
    },
  );

  it("that do not come in time make it 503", async () => {
    const { app } = registryDoor([gar()], { keys: createKeySource({ timeoutMs: 50 }) });
    issuer.answer(0);
    expect((await post(app, { body, headers: { authorization: `Bearer ${await google({})}` } })).status).toBe(503);
  });

  it("of nobody's server make it 503", async () => {
    expect(await status(gar({ jwksUrl: "http://127.0.0.1:1/certs" }), await google({}))).toBe(503);
  });

  it("are not asked for by a token without the form of one", async () => {
    const before = issuer.fetches();
    expect(await status(gar(), "not.a.token")).toBe(401);
    expect(issuer.fetches()).toBe(before);
  });

  it("that were exchanged are looked for, but not by every token with an unknown one", async () => {
    const other = await startIssuer();
    const keys = createKeySource({ cooldownMs: 0 });
    const slow = createKeySource();
    const hook = gar({ jwksUrl: `${other.url}/certs` });
    const [quick, patient] = [registryDoor([hook], { keys }), registryDoor([hook], { keys: slow })];
    const sent = async () => ({
      body,
      headers: { authorization: `Bearer ${await other.token(googleClaims, { at: NOW })}` },
    });
    for (const { app } of [quick, patient]) expect((await post(app, await sent())).status).toBe(202);
    await other.rotate();
    expect((await post(quick.app, await sent())).status).toBe(202);
    const before = other.fetches();
    for (let turn = 0; turn < 5; turn++) expect((await post(patient.app, await sent())).status).toBe(401);
    expect(other.fetches()).toBe(before);
    await other.close();
  });
});

describe("a job of GitHub Actions", () => {
  it.each<[string, Partial<GithubActionsHook>, object, number]>([
    ["of the repository", {}, {}, 202],
    ["of the repository in other letters", { repositories: ["Octo-Org/Octo-Repo"] }, {}, 202],
    ["of a repository that a pattern names", { repositories: ["acme/*", "octo-org/*"] }, {}, 202],
    ["of another repository", {}, { repository: "octo-org/other" }, 401],
    ["of a repository that only begins so", {}, { repository: "octo-org/octo-repo-evil" }, 401],
    ["of another owner with that pattern", { repositories: ["octo-org/*"] }, { repository: "evil/octo-org" }, 401],
    ["of no repository", {}, { repository: undefined }, 401],
    ["of a branch", { refs: ["refs/heads/main", "refs/tags/**"] }, {}, 202],
    ["of a tag with slashes", { refs: ["refs/tags/**"] }, { ref: "refs/tags/a/1.0" }, 202],
    ["of another branch", { refs: ["refs/heads/main"] }, { ref: "refs/heads/Main" }, 401],
    ["of a pull request", { refs: ["refs/heads/main"] }, { ref: "refs/pull/1/merge" }, 401],
    ["of no branch", { refs: ["**"] }, { ref: undefined }, 401],
    ["of an environment", { environments: ["prod"] }, {}, 202],
    ["of another environment", { environments: ["release"] }, {}, 401],
    ["of no environment", { environments: ["*"] }, { environment: undefined }, 401],
    ["of a workflow", { workflows: ["octo-org/*/.github/workflows/oidc.yml@refs/heads/main"] }, {}, 202],
    ["of that workflow on a branch", { workflows: ["octo-org/*/.github/workflows/oidc.yml@refs/tags/**"] }, {}, 401],
    ["for another audience", {}, { aud: "https://github.com/octo-org" }, 401],
    ["of another issuer", {}, { iss: "https://token.actions.githubusercontent.com" }, 401],
  ])("%s", async (_what, rules, claims, expected) => {
    expect(await status(actions(rules), await job(claims), own)).toBe(expected);
  });

  it("of a hook that names no repository may not send", async () => {
    expect(await status(actions({ repositories: [] }), await job({}), own)).toBe(401);
  });
});
