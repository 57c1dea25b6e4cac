import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NO_REF, writeRef } from "../../sandbox/write-ref.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";

let repository: TempGit;
let dir: string;
let one: string;
let two: string;
beforeEach(() => {
  repository = tempGit();
  dir = join(repository.dir, ".git");
  one = repository.commit({ a: "1" });
  two = repository.commit({ a: "2" });
});
afterEach(() => repository.remove());

/** What git says that the ref points at; empty when there is none. */
function at(ref: string): string {
  return repository.git("for-each-ref", "--format=%(objectname)", ref);
}

describe("writing a ref", () => {
  it("makes, moves and compares as git does", async () => {
    const ref = "refs/heads/sluice/promote/prod/web";
    expect(await writeRef(dir, ref, one, NO_REF)).toBe(true);
    expect(await writeRef(dir, ref, two, NO_REF)).toBe(false);
    expect(await writeRef(dir, ref, two, two)).toBe(false);
    expect(at(ref)).toBe(one);
    expect(await writeRef(dir, ref, two, one)).toBe(true);
    expect(at(ref)).toBe(two);
    expect(await writeRef(dir, ref, one)).toBe(true);
    expect(at(ref)).toBe(one);
    expect(existsSync(join(dir, `${ref}.lock`))).toBe(false);
    repository.git("fsck", "--strict");
  });

  it("leaves what git refuses to git: no room beside another name, no such commit, no good name, a lock", async () => {
    expect(await writeRef(dir, "refs/heads/a", one)).toBe(true);
    expect(await writeRef(dir, "refs/heads/a/b", one)).toBe(false);
    expect(await writeRef(dir, "refs/heads/c/d", one)).toBe(true);
    expect(await writeRef(dir, "refs/heads/c", one)).toBe(false);
    expect(await writeRef(dir, "refs/heads/e", "1".repeat(40))).toBe(false);
    for (const name of ["..", "a..b", "a.lock", ".a", "a.", "a b", "a~1", "@{x}", "/a"])
      expect(await writeRef(dir, `refs/heads/${name}`, one), name).toBe(false);
    writeFileSync(join(dir, "refs/heads/a.lock"), "");
    expect(await writeRef(dir, "refs/heads/a", two)).toBe(false);
    expect(at("refs/heads/a")).toBe(one);
  });

  it("knows refs that are packed, and takes the place of an empty folder", async () => {
    expect(await writeRef(dir, "refs/heads/a", one)).toBe(true);
    mkdirSync(join(dir, "refs/heads/b"), { recursive: true });
    expect(await writeRef(dir, "refs/heads/b", one)).toBe(true);
    repository.git("pack-refs", "--all");
    expect(await writeRef(dir, "refs/heads/a", two, NO_REF)).toBe(false);
    expect(await writeRef(dir, "refs/heads/a", two, one)).toBe(true);
    expect(at("refs/heads/a")).toBe(two);
    expect(readFileSync(join(dir, "refs/heads/a"), "utf8").trim()).toBe(two);
  });
});
