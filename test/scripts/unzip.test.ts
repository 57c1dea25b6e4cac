import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unzip } from "../../scripts/lib/unzip.ts";
import { tempDir } from "../support/temp-git.ts";
import { type ZipFile, zipOf } from "./support/zip.ts";

let folder = "";
beforeEach(() => {
  folder = tempDir("sluice-zip-");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Unpacks into `folder/out`, each file under its own name. */
function unpack(zip: Buffer): number {
  writeFileSync(join(folder, "test.zip"), zip);
  return unzip(join(folder, "test.zip"), join(folder, "out"), (name) => ({
    path: name,
    executable: name.startsWith("bin/"),
  }));
}

const unpackFiles = (...files: readonly ZipFile[]) => unpack(zipOf(files));

describe("a zip", () => {
  it("is unpacked as it was packed", () => {
    const long = "line\n".repeat(50_000);
    const count = unpackFiles(
      { name: "read.me", content: "stored", method: 0 },
      { name: "folder/" },
      { name: "folder/deep/long", content: long },
      { name: "folder/empty" },
      { name: "bin/tool", content: "run" },
    );
    const read = (path: string): string => readFileSync(join(folder, "out", path), "utf8");
    expect(count).toBe(4);
    expect([read("read.me"), read("folder/empty"), read("bin/tool")]).toEqual(["stored", "", "run"]);
    expect(read("folder/deep/long") === long).toBe(true);
  });

  it.skipIf(process.platform === "win32")("gives run bits to what is to be run, and to nothing else", () => {
    unpackFiles({ name: "bin/tool" }, { name: "text", mode: 0o100755 });
    const rights = (path: string): number => statSync(join(folder, "out", path)).mode & 0o111;
    expect([rights("bin/tool"), rights("text")]).toEqual([0o111, 0]);
  });

  it.each(["../out.txt", "a/../../out.txt", "/out.txt", "a//b", "./a", "a\\..\\..\\out.txt", "C:/out.txt", "a\0b", ""])(
    "may not have a file named %j",
    (name) => {
      expect(() => unpackFiles({ name, content: "x" })).toThrow(`a file named ${JSON.stringify(name)}`);
      expect(readdirSync(folder)).toEqual(["test.zip"]);
    },
  );

  it("may not have a name twice, which would write through what the first one left", () => {
    expect(() => unpackFiles({ name: "a", content: "1" }, { name: "a", content: "2" })).toThrow("EEXIST");
    expect(readFileSync(join(folder, "out", "a"), "utf8")).toBe("1");
  });

  it.each<[string, ZipFile]>([
    ["has a link", { name: "a", content: "/etc/passwd", mode: 0o120777 }],
    ["is encrypted", { name: "a", content: "x", flags: 1 }],
    ["has a damaged a", { name: "a", content: "x", crc: 1 }],
    ["has a damaged a", { name: "a", content: "more than it says", size: 3 }],
    ["has a damaged a", { name: "a", content: "less than it says", size: 300 }],
    ["packs a in a way that is not known here", { name: "a", content: "x", method: 12 }],
  ])("is refused when it %s: %j", (message, file) => {
    expect(() => unpackFiles(file)).toThrow(message);
    expect(existsSync(join(folder, "out", "a"))).toBe(false);
  });

  it("is refused when it is no zip, or only the end of one", () => {
    const zip = zipOf([{ name: "a", content: "x".repeat(100), method: 0 }]);
    expect(() => unpack(Buffer.from("not a zip"))).toThrow("has no directory");
    expect(() => unpack(Buffer.alloc(0))).toThrow("has no directory");
    expect(() => unpack(zip.subarray(0, -30))).toThrow("has no directory");
    expect(() => unpack(zip.subarray(50))).toThrow("ends too early");
  });
});
