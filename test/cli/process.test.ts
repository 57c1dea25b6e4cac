import { spawn } from "node:child_process";
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

/** Writes a program that says where it is. */
function place(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `console.log(${JSON.stringify(file.split("/").at(-2))});\n`);
}

describe("bin/sluice of an installation with a bundle", () => {
  let root: string;
  let builtAt: number;
  const at = (...path: readonly string[]) => join(root, ...path);

  beforeEach(() => {
    root = join(tempDir(), "with spaces");
    for (const file of ["src/cli.ts", "src/more/part.ts", "dist/cli.mjs"]) place(at(file));
    for (const folder of ["bin", "scripts/lib", "node_modules/node/bin"]) mkdirSync(at(folder), { recursive: true });
    cpSync(SLUICE, at("bin/sluice"));
    for (const file of ["package-lock.json", "scripts/build.mjs", "scripts/lib/server-packages.json"]) {
      cpSync(join(ROOT, file), at(file));
    }
    symlinkSync(process.execPath, at("node_modules/node/bin/node"));
    writeFileSync(at("dist/stamp"), "");
    builtAt =
      1 +
      Math.ceil(Math.max(...readdirSync(root, { recursive: true }).map((path) => statSync(at(String(path))).ctimeMs)));
    utimesSync(at("dist/stamp"), builtAt / 1_000, builtAt / 1_000);
  });
  afterEach(() => rmSync(dirname(root), { recursive: true }));

  const runs = async () => (await start(at("bin/sluice"), []).ended).out.trim();

  /** A file that comes and one that goes both change their folder. */
  function addFile(): void {
    removeFile();
    place(at("src/more/new.ts"));
  }

  function removeFile(): void {
    place(at("src/more/new.ts"));
    rmSync(at("src/more/new.ts"));
  }

  it("runs the bundle while nothing changed since", async () => {
    expect(await runs()).toBe("dist");
  });

  it.each<[string, string, () => void]>([
    ["an edit", "src/more/part.ts", () => writeFileSync(at("src/more/part.ts"), "edited")],
    ["a new file", "src/more", addFile],
    ["a deleted file", "src/more", removeFile],
    ["an old file put in its place", "src/more/part.ts", () => utimesSync(at("src/more/part.ts"), 1, 1)],
    ["other packages", "package-lock.json", () => writeFileSync(at("package-lock.json"), "{}")],
  ])("runs the sources after %s", async (_name, changed, change) => {
    // Again until the file system's clock, which moves in steps, has moved on.
    while (statSync(at(changed)).ctimeMs <= builtAt) change();
    expect(await runs()).toBe("src");
  });

  it("runs the bundle where there are no sources", async () => {
    rmSync(at("src"), { recursive: true });
    expect(await runs()).toBe("dist");
  });

  it("runs the sources when nothing tells when the bundle was built", async () => {
    renameSync(at("dist/stamp"), at("dist/other"));
    expect(await runs()).toBe("src");
  });

  it("runs the sources when find fails without a word", async () => {
    writeFileSync(at("bin/find"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const { out } = await start(at("bin/sluice"), [], { PATH: `${at("bin")}:${process.env.PATH}` }).ended;
    expect(out.trim()).toBe("src");
  });

  it("runs the sources after an edit in a folder that src/ links to", async () => {
    renameSync(at("src"), at("linked"));
    symlinkSync("linked", at("src"));
    const linkedAt = 1 + Math.ceil(lstatSync(at("src")).ctimeMs);
    utimesSync(at("dist/stamp"), linkedAt / 1_000, linkedAt / 1_000);
    expect(await runs()).toBe("dist");
    const part = at("linked/more/part.ts");
    while (statSync(part).ctimeMs <= linkedAt) writeFileSync(part, "edited");
    expect(await runs()).toBe("src");
  });

  it("says which Node it needs when there is only an old one", async () => {
    rmSync(at("node_modules/node"), { recursive: true });
    writeFileSync(at("bin/node"), "#!/bin/sh\necho v20.1.0\n", { mode: 0o755 });
    const { code, err } = await start(at("bin/sluice"), [], { PATH: `${at("bin")}:/bin` }).ended;
    expect([code, err]).toEqual([2, expect.stringContaining("Node 26 or newer is needed")]);
  });
});
