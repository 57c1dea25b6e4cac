import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempDir } from "../support/temp-git.ts";
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
