import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tempDir } from "../support/temp-git.ts";

const library = pathToFileURL(join(import.meta.dirname, "../../scripts/lib/build.mjs")).href;

/** Puts as many bundles of two files in place as it is told, each under the process's own name. */
const builds = `
  import { mkdirSync, rmSync, writeFileSync } from "node:fs";
  import { putInPlace } from ${JSON.stringify(library)};
  const [name, count] = process.argv.slice(1);
  for (let left = Number(count); left > 0; left--) {
    mkdirSync("dist." + name);
    for (const file of ["cli.mjs", "stamp"]) writeFileSync("dist." + name + "/" + file, name);
    putInPlace("dist." + name, "dist");
    rmSync("dist." + name, { recursive: true, force: true });
  }
`;

let folder = "";
beforeEach(() => {
  folder = tempDir("sluice-build-");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const build = (name: string, count: number) =>
  promisify(execFile)(process.execPath, ["--input-type=module", "-e", builds, name, String(count)], {
    cwd: folder,
  });
const inPlace = (file: string) => readFileSync(join(folder, "dist", file), "utf8");

describe("a bundle", () => {
  it("takes an empty place, or that of the one before, and leaves nothing else", async () => {
    await build("first", 1);
    expect(inPlace("cli.mjs")).toBe("first");
    await build("second", 1);
    expect(inPlace("cli.mjs")).toBe("second");
    expect(readdirSync(folder)).toEqual(["dist"]);
  });

  it("is whole, and both builds succeed, when two are put in place at once", async () => {
    await Promise.all([build("one", 100), build("other", 100)]);
    expect(existsSync(join(folder, "dist"))).toBe(true);
    expect(inPlace("cli.mjs")).toBe(inPlace("stamp"));
    expect(readdirSync(folder)).toEqual(["dist"]);
  });
});
