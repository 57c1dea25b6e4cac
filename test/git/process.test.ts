import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { openLauncher } from "../../src/git/launcher.ts";
import { type ProcessRun, startProcess } from "../../src/git/process.ts";
import { eventually } from "../support/wait.ts";

const launcher = openLauncher();
afterAll(() => launcher.close());

/** A Node that runs this text. */
function node(text: string, more: Partial<ProcessRun> = {}): ProcessRun {
  return {
    file: process.execPath,
    args: ["-e", text],
    cwd: "/",
    env: {},
    input: "",
    maxOutputBytes: 1_000_000,
    ...more,
  };
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Prints its id, and lives until it is killed. */
const endless = "console.log(process.pid); setInterval(() => {}, 1000)";

describe.each([
  { by: "this process", start: startProcess },
  { by: "a launcher", start: launcher.start },
])("a program that $by starts", ({ start }) => {
  it("gets its arguments, input, folder and environment, and no other", async () => {
    const text = `let input = ""; process.stdin.setEncoding("utf8").on("data", (chunk) => { input += chunk; }).on("end", () => {
      process.stdout.write(JSON.stringify([input, process.cwd(), process.env.ONE, process.env.PATH, process.argv[1]]));
      process.stderr.write("a word"); process.exitCode = 3;
    });`;
    const run = node(text, { input: "größer ✓\n".repeat(20_000), env: { ONE: "1" }, cwd: "/usr" });
    const { code, stdout, stderr, overflowed } = await start({ ...run, args: [...run.args, "a; b"] }).ended;
    expect({ code, stderr: stderr.toString(), overflowed }).toEqual({ code: 3, stderr: "a word", overflowed: false });
    expect(JSON.parse(stdout.toString())).toEqual(["größer ✓\n".repeat(20_000), "/usr", "1", null, "a; b"]);
  });

  it("gives back every byte that it prints", async () => {
    const text = "process.stdout.write(Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 256)))";
    const { stdout } = await start(node(text)).ended;
    expect(stdout.equals(Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 256)))).toBe(true);
  });

  it("is killed when it prints too much, and says so", async () => {
    const text = "for (;;) require('node:fs').writeSync(1, 'x'.repeat(10_000))";
    const { code, overflowed, stdout } = await start(node(text, { maxOutputBytes: 50_000 })).ended;
    expect({ code, overflowed }).toEqual({ code: -1, overflowed: true });
    expect(stdout.length).toBeLessThanOrEqual(50_000);
  });

  it("is killed with what it started, and its id is told", async () => {
    const text = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(endless)}], { stdio: "inherit" });
      setInterval(() => {}, 1000)`;
    const started = Promise.withResolvers<number>();
    const running = start(node(text, { onStart: started.resolve }));
    const pid = await started.promise;
    expect(runs(pid)).toBe(true);
    running.kill();
    // The other holds its output open: this ends when both are gone.
    expect((await running.ended).code).toBe(-1);
    running.kill();
  });

  it("that is not there is an error that names it", async () => {
    await expect(start({ ...node(""), file: "no-such-program" }).ended).rejects.toThrow("no-such-program");
  });
});

describe("a launcher", () => {
  it("that is killed fails what it ran as unavailable, and comes again", async () => {
    const short = openLauncher();
    const parent = await short.start(node("console.log(process.ppid)")).ended;
    const running = short.start(node(endless));
    process.kill(Number(parent.stdout.toString()), "SIGKILL");
    await expect(running.ended).rejects.toMatchObject({ kind: "unavailable" });
    expect((await short.start(node("console.log('again')")).ended).stdout.toString()).toBe("again\n");
    short.close();
  });

  it("that is killed leaves nothing waiting, even when programs are started meanwhile", async () => {
    const short = openLauncher();
    const parent = await short.start(node("console.log(process.ppid)")).ended;
    const running = Array.from({ length: 3 }, () => short.start(node(endless)).ended.catch((error: unknown) => error));
    process.kill(Number(parent.stdout.toString()), "SIGKILL");
    await eventually("a program of the next one", () =>
      short.start(node("")).ended.then(
        ({ code }) => code === 0,
        () => false,
      ),
    );
    for (const error of await Promise.all(running)) expect(error).toMatchObject({ kind: "unavailable" });
    short.close();
    expect(() => short.close()).not.toThrow();
  });

  it("ends what it runs when the process that it belongs to is killed", async () => {
    const file = JSON.stringify(new URL("../../src/git/launcher.ts", import.meta.url).href);
    const text = `const { openLauncher } = await import(${file});
      const run = { file: process.execPath, args: ["-e", "setInterval(() => {}, 1000)"], cwd: "/", env: {}, input: "" };
      openLauncher().start({ ...run, maxOutputBytes: 100, onStart: (pid) => console.log(pid) });`;
    const owner = spawn(process.execPath, ["--input-type=module", "-e", text], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface(owner.stdout), "line");
    owner.kill("SIGKILL");
    await eventually("its program to end", () => !runs(Number(line)));
  });

  it("keeps nobody alive that has nothing to wait for", async () => {
    const file = JSON.stringify(new URL("../../src/git/launcher.ts", import.meta.url).href);
    const text = `const { openLauncher } = await import(${file});
      const run = { file: process.execPath, args: ["-e", ""], cwd: "/", env: {}, input: "", maxOutputBytes: 100 };
      await openLauncher().start(run).ended;`;
    const owner = spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: "inherit" });
    const [code] = await Promise.race([once(owner, "exit"), sleep(120_000, ["it did not end"], { ref: false })]);
    owner.kill("SIGKILL");
    expect(code).toBe(0);
  });
});
