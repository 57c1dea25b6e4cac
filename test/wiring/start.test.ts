import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { chmod, mkdir, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { checkApp } from "../../src/github/check-app.ts";
import { APP_PERMISSIONS } from "../../src/github/permissions.ts";
import { serve } from "../../src/main.ts";
import { Fault, UserError } from "../../src/model/errors.ts";
import type { Problem } from "../../src/model/operator.ts";
import { lockdownState } from "../../src/render/lockdown.ts";
import { makePrivateFile, makePrivateFolder } from "../../src/render/private-folder.ts";
import { RenderStore } from "../../src/render/store.ts";
import { readSettings } from "../../src/settings.ts";
import { watchCredentials } from "../../src/wiring/credentials.ts";
import { assertLockdown } from "../../src/wiring/lockdown.ts";
import { NEEDED_EVENTS } from "../../src/wiring/needed-events.ts";
import { startSluice } from "../../src/wiring/server.ts";
import { misbehavingEngine } from "../render/support/engines.ts";
import { directMirrors } from "../support/direct-mirrors.ts";
import { inlineQueue } from "../support/inline-queue.ts";
import { type CheckedGitHub, startCheckedGitHub } from "../support/local-github.ts";
import { eventually } from "../support/wait.ts";
import { serverEnvironment } from "../support/walk.ts";
import { memoryLog } from "../webhooks/fakes.ts";

const hello = {
  type: "hello",
  protocol: 1,
  version: "1",
  libraries: { kustomize: "", helm: "", go: "" },
  lockdown: { landlock: "v7", seccomp: true, environment: true, httpTransport: true, path: true, limits: true },
} as const;

describe("m2-lockdown-fails-open: a worker's start", () => {
  const start = async (landlock: string, seccomp: boolean, allowed = false) => {
    const log = memoryLog();
    const shown: unknown[] = [];
    const renderer = { hello: async () => ({ ...hello, lockdown: { ...hello.lockdown, landlock, seccomp } }) };
    await assertLockdown({ renderer, allowed, log, show: ({ measures }) => shown.push(measures) });
    return { lines: log.lines.join("\n"), shown };
  };

  it("fails where the kernel does nothing, unless the operator says otherwise", async () => {
    const away = "unavailable: function not implemented";
    await expect(start(away, false)).rejects.toMatchObject({
      kind: "usage",
      fix: expect.stringContaining("ALLOW_UNLOCKED_ENGINE=true"),
    });
    const { lines, shown } = await start(away, false, true);
    expect(lines).toContain("not locked down");
    expect(shown).toEqual([{ landlock: false, seccomp: false }]);
  });

  it("says which of the two holds where one does, and that both do", async () => {
    expect((await start("none", true)).lines).toContain("in part");
    expect((await start("v7", false)).shown).toEqual([{ landlock: true, seccomp: false }]);
    expect((await start("v7", true)).lines).toContain("the engine is locked down");
    expect(lockdownState({ landlock: "", seccomp: false }).level).toBe("none");
  });
});

describe("m4-renders-on-disk", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sluice-modes-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const mode = (path: string) => statSync(path).mode & 0o777;

  it("renders are for their owner alone, in a folder that is", async () => {
    const directory = join(folder, "cache", "renders");
    const store = new RenderStore({ directory, capacityBytes: 1_000_000, log: memoryLog(), now: () => 0 });
    store.write([], []);
    expect(mode(directory)).toBe(0o700);
    const files = await readdir(directory);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(mode(join(directory, file)), file).toBe(0o600);
    store.close();
  });

  it("what an earlier version left open is tightened", async () => {
    const open = join(folder, "open");
    await mkdir(open, { mode: 0o755 });
    await chmod(open, 0o755);
    makePrivateFolder(open);
    expect(mode(open)).toBe(0o700);
    makePrivateFile(join(open, "file"));
    await chmod(join(open, "file"), 0o644);
    makePrivateFile(join(open, "file"));
    expect(mode(join(open, "file"))).toBe(0o600);
  });
});

describe("the App's credentials", () => {
  const at = 1_000_000_000_000;
  const expected = () => ({ appId: 7, events: ["push"], webUrl: "https://github.test", now: at });
  const app = { slug: "sluice", permissions: { ...APP_PERMISSIONS }, events: ["push"], owner: null, answeredAt: at };
  const check = (facts: Partial<typeof app>) => checkApp(async () => ({ ...app, ...facts }), expected);

  it("are fine when GitHub gives what is needed", async () => {
    expect(await check({})).toEqual([]);
    expect(NEEDED_EVENTS).toContain("pull_request_review");
    expect(NEEDED_EVENTS).not.toContain("installation");
  });

  it("are told with the address where they are put right", async () => {
    const refused = (status: number, text: string) =>
      checkApp(() => Promise.reject(new Fault("bug", text, { fields: { status } })), expected);
    expect(await refused(401, "A JSON web token could not be decoded")).toMatchObject([
      { fatal: true, message: expect.stringContaining("PRIVATE_KEY"), fix: expect.stringContaining("/settings/apps") },
    ]);
    expect(await refused(401, "'Expiration time' claim ('exp') is too far in the future")).toMatchObject([
      { fatal: true, message: expect.stringContaining("clock") },
    ]);
    const none = () => Promise.reject(new UserError("not-found", "no", { fields: { status: 404 } }));
    expect(await checkApp(none, expected)).toMatchObject([{ fatal: true, message: expect.stringContaining("id 7") }]);
    expect(await check({ permissions: { ...APP_PERMISSIONS, contents: "read" } as never })).toMatchObject([
      {
        fatal: false,
        message: "the App lacks permissions: contents: write",
        fix: expect.stringContaining("https://github.test/settings/apps/sluice/permissions"),
      },
    ]);
    expect(await check({ events: [] })).toMatchObject([{ message: "the App does not get the events push" }]);
    expect(await check({ answeredAt: at - 120_000 })).toMatchObject([
      { message: "this machine's clock is 120 seconds ahead of GitHub's" },
    ]);
  });

  it("that cannot be asked for are no problem of theirs", async () => {
    const away = () => Promise.reject(new Fault("unavailable", "502", { fields: { status: 502 } }));
    await expect(checkApp(away, expected)).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("are said once at error, and kept for /readyz", async () => {
    const log = memoryLog();
    const problem: Problem = { message: "GitHub refuses the key", fix: "Set it.", fatal: true };
    const asked = Promise.withResolvers<void>();
    const check = async () => {
      asked.resolve();
      return [problem];
    };
    const watch = watchCredentials({ check, log });
    await asked.promise;
    await new Promise(setImmediate);
    expect(watch.problems()).toEqual([problem]);
    expect(log.lines.join("\n")).toContain("GitHub refuses the key");
    await watch.stop();
  });
});

describe("a whole server's start", () => {
  let github: CheckedGitHub;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sluice-start-"));
    const permissions = { ...APP_PERMISSIONS, contents: "read" } as const;
    github = await startCheckedGitHub({ app: { permissions, events: NEEDED_EVENTS.filter((one) => one !== "push") } });
    await github.createRepository({ owner: "acme", name: "gitops" });
  });
  afterAll(async () => {
    await github?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A web process, which needs no engine; its queue is in memory. */
  const start = async (privateKey: string) => {
    const read = readSettings(serverEnvironment(github, folder), () => "");
    const errors: string[] = [];
    const memory = memoryLog();
    const log = { ...memory, error: (_: unknown, message: string) => void errors.push(message), child: () => log };
    const edges = { queue: inlineQueue(Date.now), mirrors: directMirrors(github) };
    const sluice = await startSluice({ ...read, privateKey, role: "web" }, { log, edges, graceMs: 0 });
    const ready = async () => {
      const answer = await fetch(`${sluice.url}/readyz`);
      return { status: answer.status, text: await answer.text() };
    };
    return { log, errors, ready, close: sluice.close };
  };

  it("says what the App lacks at error and in /readyz, and which repository has no ruleset", async () => {
    const { log, errors, ready, close } = await start(github.app.privateKey);
    await eventually("the line about the ruleset", () => log.lines.some((line) => line.includes("no ruleset")));
    const page = `${github.url}/organizations/sluice-maintainers/settings/apps/sluice/permissions`;
    for (const said of ["the App lacks permissions: contents: write", "the App does not get the events push"]) {
      expect(errors.filter((line) => line === said)).toHaveLength(1);
      expect((await ready()).text).toContain(said);
    }
    expect(await ready()).toMatchObject({ status: 200, text: expect.stringContaining(page) });
    expect(log.lines.filter((line) => /no ruleset .* in acme\/gitops/.test(line))).toHaveLength(1);
    await close();
  });

  it("is not ready with a key that GitHub refuses", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const { errors, ready, close } = await start(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    await eventually("the problem", async () => (await ready()).status === 503);
    expect((await ready()).text).toContain(`${github.url}/settings/apps`);
    expect(errors).toContain(`GitHub refuses these credentials (401): APP_ID ${github.app.id} with this PRIVATE_KEY`);
    await close();
  });

  it("m4-renders-on-disk: shuts what it keeps to all but its owner, also what was open before", async () => {
    const kept = [folder, ...["mirrors", "renders", "queue"].map((name) => join(folder, name))];
    for (const path of kept) {
      await mkdir(path, { recursive: true });
      await chmod(path, 0o755);
    }
    const { close } = await start(github.app.privateKey);
    expect(kept.map((path) => statSync(path).mode & 0o777)).toEqual(kept.map(() => 0o700));
    await close();
  });

  it("m4-renders-on-disk: writes nothing from then on that others could read", async () => {
    const before = process.umask(0o022);
    onTestFinished(() => void process.umask(before));
    await expect(serve({}, AbortSignal.abort(), () => undefined)).rejects.toMatchObject({ kind: "usage" });
    expect(process.umask(before)).toBe(0o077);
  });

  it("m2-lockdown-fails-open: ends with an engine that is not locked down, unless it was allowed", async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("SLUICE_ENGINE", misbehavingEngine(folder));
    const start = (environment: Readonly<Record<string, string>>) => {
      const read = readSettings({ ...serverEnvironment(github, folder), ...environment }, () => "");
      const edges = { queue: inlineQueue(Date.now), mirrors: directMirrors(github) };
      return startSluice(read, { log: memoryLog(), edges, graceMs: 0 });
    };
    await expect(start({})).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining("the engine would render unlocked"),
    });
    await (await start({ ALLOW_UNLOCKED_ENGINE: "true" })).close();
  });
});
