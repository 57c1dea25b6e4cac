import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempDir } from "../support/temp-git.ts";

const ROOT = join(import.meta.dirname, "../..");
const SLUICE = join(ROOT, "bin/sluice");

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(program: string, argv: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) {
  const child = spawn(program, argv, { env: { ...process.env, ...env } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => {
    out += String(data);
  });
  child.stderr.on("data", (data) => {
    err += String(data);
  });
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, out, err })));
  return { child, ended };
}

describe("bin/sluice", () => {
  it("runs, through links too", async () => {
    const folder = tempDir();
    symlinkSync(SLUICE, join(folder, "sluice"));
    const { code, out } = await start(join(folder, "sluice"), ["--version"]).ended;
    rmSync(folder, { recursive: true });
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });

  it("takes the Node of the set-up when there is none on PATH, or one that is too old", async () => {
    const folder = tempDir();
    symlinkSync("/bin/false", join(folder, "node"));
    const { code } = await start(SLUICE, ["--version"], { PATH: `${folder}:/usr/bin:/bin` }).ended;
    rmSync(folder, { recursive: true });
    expect(code).toBe(0);
  });

  it("says how to set up when that was not done", async () => {
    const folder = tempDir();
    mkdirSync(join(folder, "bin"));
    cpSync(SLUICE, join(folder, "bin/sluice"));
    const { code, err } = await start(join(folder, "bin/sluice"), ["--version"]).ended;
    rmSync(folder, { recursive: true });
    expect(code).toBe(2);
    expect(err).toContain("npm run setup");
  });

  it("hands on the exit code", async () => {
    expect((await start(SLUICE, ["previw"]).ended).code).toBe(2);
  });

  it("is quiet when its reader goes away", async () => {
    const { child, ended } = start(SLUICE, ["--help"]);
    child.stdout.destroy();
    const { err } = await ended;
    expect(err).toBe("");
  });

  it("ends with 130 at Ctrl-C and leaves nothing behind", async () => {
    const folder = tempDir();
    const { child, ended } = start(SLUICE, ["demo"], { TMPDIR: folder });
    child.stdout.on("data", (data) => {
      if (String(data).includes("A GitHub on this machine")) child.kill("SIGINT");
    });
    const { code, out, err } = await ended;
    const left = readdirSync(folder);
    rmSync(folder, { recursive: true });
    expect([code, err]).toEqual([130, "Interrupted.\n"]);
    expect(out).not.toContain("Try next");
    expect(left).toEqual([]);
  });

  it("starts no server with settings missing, and names them all", async () => {
    const { code, err } = await start(SLUICE, ["serve"], {
      APP_ID: undefined,
      PRIVATE_KEY: undefined,
      WEBHOOK_SECRET: "changeme",
    }).ended;
    expect(code).toBe(2);
    for (const name of ["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET"]) expect(err).toContain(name);
    expect(err).not.toContain("changeme");
  });
});
