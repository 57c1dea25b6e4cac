import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CatFileParser } from "../../src/git/cat-file-parser.ts";
import { type LocalRepository, openRepository } from "../../src/git/repository.ts";
import type { GitObject } from "../../src/model/tree.ts";
import { launcher } from "../support/launcher.ts";
import { runSync } from "../support/run-sync.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";

describe("objects by id", () => {
  let temp: TempGit;
  let repository: LocalRepository;

  beforeEach(() => {
    temp = tempGit();
    repository = openRepository(temp.dir, { cacheBytes: 0, start: launcher.start });
  });
  afterEach(async () => {
    await repository.close();
    temp.remove();
  });

  const hash = (input: string): string =>
    runSync("git", ["hash-object", "-w", "--stdin"], { cwd: temp.dir, input }).stdout.trim();
  const text = (object: GitObject | undefined): string | undefined =>
    object === undefined ? undefined : Buffer.from(object.bytes).toString("utf8");

  it("reads thousands at once, in whatever sizes, missing ones among them", async () => {
    const files = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, `${i} `.repeat(i % 97)]));
    files.large = "x".repeat(3_000_000);
    temp.commit(files);
    const ids = new Map(
      temp
        .git("ls-tree", "HEAD")
        .split("\n")
        .map((line) => line.split(/[ \t]/))
        .map(([, , oid, name]) => [name ?? "", oid ?? ""]),
    );
    const missing = "0123456789012345678901234567890123456789";
    const read = await Promise.all(
      Object.keys(files).flatMap((name) => [
        repository.objects.read(ids.get(name) ?? ""),
        repository.objects.read(missing),
      ]),
    );
    expect(read.filter((object) => object === undefined)).toHaveLength(1001);
    expect(read.filter((_, i) => i % 2 === 0).map(text)).toEqual(Object.values(files));
  });

  it("answers nothing for what is no full object id", async () => {
    temp.commit({ a: "1" });
    for (const oid of ["", "HEAD", "--batch", "a\nb", temp.git("rev-parse", "HEAD").slice(0, 12)]) {
      expect(await repository.objects.read(oid)).toBeUndefined();
    }
  });

  it("sees objects that came after the helper process started, loose and packed", async () => {
    const first = hash("first");
    expect(text(await repository.objects.read(first))).toBe("first");
    const second = hash("second");
    expect(text(await repository.objects.read(second))).toBe("second");
    temp.commit({ third: "third" });
    temp.git("repack", "-a", "-d", "-q");
    temp.git("prune-packed");
    expect(text(await repository.objects.read(temp.git("rev-parse", "HEAD:third")))).toBe("third");
  });

  it("starts the helper again when it dies, also with requests under way", async () => {
    const pids = join(temp.dir, "pids");
    const slow = join(temp.dir, "slow-git");
    writeFileSync(
      slow,
      `#!/bin/sh\necho $$ >> ${pids}\n[ $(wc -l < ${pids}) -gt 1 ] || exec sleep 600\nexec git "$@"\n`,
    );
    chmodSync(slow, 0o755);
    const oid = hash("kept");
    const other = openRepository(temp.dir, { gitPath: slow, cacheBytes: 0 });
    const reading = other.objects.read(oid);
    while (!readSafe(pids).includes("\n")) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(Number(readSafe(pids).trim()), "SIGKILL");
    expect(text(await reading)).toBe("kept");
    process.kill(Number(readSafe(pids).trim().split("\n")[1]), "SIGKILL");
    expect(text(await other.objects.read(oid))).toBe("kept");
    await other.close();
  });

  it("finds the one that may not be fetched where a broken pipe ends the helper, with all that it had read", async () => {
    const [one, gone, other] = [hash("one"), "d".repeat(40), hash("other")];
    const refusing = join(temp.dir, "refusing-git");
    const script = `#!/bin/sh
[ "$1" = cat-file ] || exec git "$@"
lines=
while read -r word object; do
  case $word in
    flush) printf '%s' "$lines" | git cat-file --batch-command; lines= ;;
    *)
      if [ "$object" = ${gone} ]; then echo "fatal: transport 'http' not allowed" >&2; kill -PIPE $$; fi
      lines="$lines$word $object
" ;;
  esac
done
`;
    writeFileSync(refusing, script);
    chmodSync(refusing, 0o755);
    const partial = openRepository(temp.dir, { gitPath: refusing, cacheBytes: 0 });
    const read = await Promise.all([one, gone, other].map((oid) => partial.objects.read(oid)));
    expect(read.map((object) => object && text(object))).toEqual(["one", undefined, "other"]);
    await partial.close();
  });

  it("fails with a fault when the helper cannot run or hangs", async () => {
    const oid = hash("x");
    const none = openRepository(temp.dir, { gitPath: "/nonexistent/git" });
    await expect(none.objects.read(oid)).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
    const hung = join(temp.dir, "hung-git");
    writeFileSync(hung, "#!/bin/sh\nexec sleep 60\n");
    chmodSync(hung, 0o755);
    const stuck = openRepository(temp.dir, { gitPath: hung, deadlineMs: 100 });
    await expect(stuck.objects.read(oid)).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
  });

  it("ends an idle helper and starts it anew", async () => {
    const oid = hash("x");
    const brief = openRepository(temp.dir, { idleMs: 20, cacheBytes: 0 });
    expect(text(await brief.objects.read(oid))).toBe("x");
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(text(await brief.objects.read(oid))).toBe("x");
    await brief.close();
  });

  it("parses the same whatever the chunks", () => {
    const output = Buffer.from(
      `${"a".repeat(40)} blob 5\nhe\nlo\n${"b".repeat(40)} missing\n${"c".repeat(40)} tree 0\n\n`,
    );
    for (let size = 1; size <= output.length; size += 1) {
      const seen: (string | undefined)[] = [];
      const parser = new CatFileParser({
        limit: () => 10,
        object: (object) => seen.push(text(object)),
        tooLarge: () => undefined,
      });
      for (let at = 0; at < output.length; at += size) parser.push(output.subarray(at, at + size));
      expect(seen).toEqual(["he\nlo", undefined, ""]);
    }
  });
});

function readSafe(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
