import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NEEDED_EVENTS } from "../../src/wiring/needed-events.ts";
import { type CheckedGitHub, startCheckedGitHub } from "../support/local-github.ts";
import { tempDir } from "../support/temp-git.ts";
import { serverEnvironment } from "../support/walk.ts";
import { sluice } from "./support/run.ts";

interface Check {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
  readonly fix?: string;
}

const ENGINE = process.env.SLUICE_ENGINE === undefined ? {} : { SLUICE_ENGINE: process.env.SLUICE_ENGINE };
const BASICS = { PATH: process.env.PATH ?? "", ...ENGINE };

async function examine(env: Readonly<Record<string, string>> = {}) {
  const { code, out } = await sluice(["doctor", "--json"], { env: { ...BASICS, ...env } });
  const { fine, checks }: { fine: boolean; checks: readonly Check[] } = JSON.parse(out);
  return { code, out, fine, check: (name: string) => checks.find((one) => one.name === name) };
}

describe("sluice doctor", () => {
  it("says that what is needed is here", async () => {
    const { code, fine, check } = await examine();
    expect([code, fine]).toEqual([0, true]);
    expect(check("node")).toMatchObject({ status: "ok", detail: expect.stringContaining(process.versions.node) });
    expect(check("git")).toMatchObject({ status: "ok", detail: expect.stringMatching(/^\d+\.\d+/) });
    expect(check("engine")).toMatchObject({ status: "ok", detail: expect.stringContaining("kustomize") });
    expect(check("lockdown")?.detail).toMatch(/in force; refused when tried: /);
    expect(check("cores")?.detail).toMatch(/^\d+ /);
    expect(check("memory")?.detail).toMatch(/(MiB|GiB)/);
  });

  it("prints one line for each, for people", async () => {
    const { out } = await sluice(["doctor"], { env: BASICS });
    expect(out).toMatch(/^✓ node +\d+/);
    expect(out).toMatch(/^✓ git +\d+/m);
  });

  it("fails with a fix when the engine or git is not here", async () => {
    const { code, check } = await examine({ PATH: "/nowhere", SLUICE_ENGINE: "/nowhere/engine" });
    expect(code).toBe(1);
    expect(check("git")).toMatchObject({ status: "fail", fix: expect.stringContaining("Install git") });
    expect(check("engine")).toMatchObject({ status: "fail", detail: expect.stringContaining("/nowhere/engine") });
  });

  it("names settings and never tells their values", async () => {
    const secrets = {
      WEBHOOK_SECRET: "correct horse battery staple",
      PRIVATE_KEY: "-----BEGIN top secret-----",
      REDIS_URL: "redis://user:hunter2@127.0.0.1:1",
    };
    const { out, check } = await examine(secrets);
    expect(check("settings")?.detail).toBe("set: PRIVATE_KEY, WEBHOOK_SECRET, REDIS_URL; missing: APP_ID");
    expect(check("serve")).toMatchObject({ status: "warn", detail: expect.stringContaining("APP_ID") });
    for (const value of ["horse", "top secret", "hunter2"]) expect(out).not.toContain(value);
  });

  it("says whether a configured store takes connections", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const up = await examine({ REDIS_URL: `redis://127.0.0.1:${port}` });
    await new Promise((resolve) => server.close(resolve));
    const down = await examine({ DATABASE_URL: `postgres://127.0.0.1:${port}/sluice` });
    expect(up.check("redis")).toMatchObject({ status: "ok" });
    expect(down.check("postgres")).toMatchObject({ status: "fail", detail: expect.stringContaining("ECONNREFUSED") });
    expect(down.code).toBe(1);
  });

  it("measures the cached renders", async () => {
    const folder = tempDir();
    mkdirSync(join(folder, "renders/a"), { recursive: true });
    writeFileSync(join(folder, "renders/a/b"), Buffer.alloc(5 << 20));
    const { check } = await examine({ SLUICE_CACHE: folder });
    rmSync(folder, { recursive: true });
    expect(check("cached renders")?.detail).toBe(`${join(folder, "renders")}, 5.0 MiB`);
    expect((await examine({ SLUICE_CACHE: folder })).check("cached renders")?.detail).toContain("not there yet");
  });
});

describe("sluice doctor with the settings of a server", () => {
  let github: CheckedGitHub;
  let folder: string;
  beforeAll(async () => {
    folder = tempDir();
    github = await startCheckedGitHub({ app: { events: NEEDED_EVENTS } });
    await github.createRepository({ owner: "acme", name: "gitops" });
  });
  afterAll(async () => {
    await github?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const doctor = (more: Readonly<Record<string, string>> = {}) =>
    examine({ ...serverEnvironment(github, folder), ...more });

  it("asks GitHub what the server asks, and names repositories without a ruleset", async () => {
    const open = await doctor();
    expect([open.code, open.check("github")?.status]).toEqual([0, "ok"]);
    expect(open.check("rulesets")).toMatchObject({
      status: "warn",
      detail: "no ruleset keeps people from writing to sluice-state and sluice/**/* in acme/gitops",
      fix: expect.stringContaining(`${github.url}/acme/gitops/settings/rules`),
    });
    github.addRuleset({ owner: "acme", name: "gitops", branches: ["sluice-state", "sluice/**/*"] });
    expect((await doctor()).check("rulesets")).toMatchObject({ status: "ok" });
  });

  it("fails with the address where to fix what GitHub refuses", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const wrong = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const refused = await doctor({ PRIVATE_KEY: wrong });
    expect(refused.code).toBe(1);
    expect(refused.check("github")).toMatchObject({
      status: "fail",
      detail: `GitHub refuses these credentials (401): APP_ID ${github.app.id} with this PRIVATE_KEY`,
      fix: expect.stringContaining(`${github.url}/settings/apps`),
    });
    const away = await doctor({ GITHUB_API_URL: "http://127.0.0.1:1" });
    expect([away.code, away.check("github")?.status]).toEqual([1, "fail"]);
  });
});
