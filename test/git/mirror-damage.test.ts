import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gitEnvironment } from "../../src/git/environment.ts";
import { damageOf, localDamage } from "../../src/git/mirror-damage.ts";
import { createMirrors } from "../../src/git/mirrors.ts";
import type { Mirrors } from "../../src/model/tree.ts";
import { launcher } from "../support/launcher.ts";
import { runSync } from "../support/run-sync.ts";
import { type TempGit, tempDir, tempGit } from "../support/temp-git.ts";
import { memoryLog } from "../webhooks/fakes.ts";

const repository = { owner: "acme", name: "deploy" };

describe("r2-damaged-mirror: a mirror that a power cut damaged", () => {
  let upstream: TempGit;
  let root: string;
  let mirrors: Mirrors;
  let log: ReturnType<typeof memoryLog>;
  const directory = () => join(root, "acme", "deploy.git");
  const packs = (end: string) =>
    readdirSync(join(directory(), "objects", "pack"))
      .filter((name) => name.endsWith(end))
      .map((name) => join(directory(), "objects", "pack", name));
  const refs = (kind: string) =>
    readdirSync(join(directory(), "refs", "sluice", kind), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  beforeEach(() => {
    upstream = tempGit();
    root = tempDir();
    log = memoryLog();
    mirrors = make();
  });
  afterEach(async () => {
    await mirrors.close();
    upstream.remove();
    rmSync(root, { recursive: true, force: true });
  });

  function make(): Mirrors {
    const remoteUrl = () => `file://${upstream.dir}`;
    return createMirrors({
      root,
      remoteUrl,
      token: async () => undefined,
      protocols: ["file"],
      start: launcher.start,
      log,
    });
  }

  async function read(commit: string, ...more: string[]): Promise<string> {
    const mirror = await mirrors.open({ repository, want: [commit, ...more] }, AbortSignal.timeout(600_000));
    return Buffer.from((await (await mirror.tree(commit)).read("a.yaml")) ?? []).toString("utf8");
  }

  /** What is done, how, and what the log says of it where that is certain. */
  const damages: readonly (readonly [string, () => void, string])[] = [
    ["an empty ref of a commit", () => refs("commit").map((file) => writeFileSync(file, "")), "dropped"],
    ["a ref of NULs", () => refs("commit").map((file) => writeFileSync(file, Buffer.alloc(41))), "dropped"],
    ["an empty ref of a branch", () => refs("ref").map((file) => writeFileSync(file, "")), "dropped"],
    ["a pack that is cut off", () => packs(".pack").map((file) => truncateSync(file, 60)), "moved aside"],
    ["a pack of nothing", () => packs(".pack").map((file) => truncateSync(file, 0)), "moved aside"],
    ["an empty index of a pack", () => packs(".idx").map((file) => truncateSync(file, 0)), "moved aside"],
    ["an index that is missing", () => packs(".idx").map((file) => rmSync(file)), ""],
    ["no packs at all", () => [...packs(".pack"), ...packs(".idx")].map((file) => rmSync(file)), ""],
    ["an empty HEAD", () => writeFileSync(join(directory(), "HEAD"), ""), "moved aside"],
    ["an empty config", () => writeFileSync(join(directory(), "config"), ""), ""],
    ["one byte of a pack that is another one", () => flip(packs(".pack")[0] ?? ""), ""],
  ];

  it.each(damages)("is mended by the next fetch: %s", async (_, damage, said) => {
    const first = upstream.commit({ "a.yaml": "one" });
    expect(await read(first, "refs/heads/main")).toBe("one");
    await mirrors.close();
    damage();
    if (said === "moved aside") expect(await damageOf(directory(), new Map())).toBeDefined();
    // What a worker holds in memory is not what is asked here.
    mirrors = make();
    const second = upstream.commit({ "a.yaml": "two" });
    // What no look at the disk shows is found by a reader, whose job is run again.
    const tried = await read(first).catch(() => read(first));
    expect(tried).toBe("one");
    expect(await read(second, "refs/heads/main")).toBe("two");
    expect(log.lines.join("\n")).toContain(said);
  });

  it("is mended after a reader ran into what no look at the disk shows", async () => {
    const large = Array.from({ length: 2_000 }, (_, n) => createHash("sha256").update(`${n}`).digest("hex")).join("\n");
    const first = upstream.commit({ "a.yaml": large });
    expect(await read(first)).toBe(large);
    await mirrors.close();
    flip(packs(".pack")[0] ?? "");
    mirrors = make();
    await expect(read(first)).rejects.toMatchObject({ name: "Fault" });
    expect(await read(first)).toBe(large);
    expect(log.lines.join("\n")).toContain("moved aside");
  });

  it.each([
    ["shows", () => writeFileSync(join(directory(), "HEAD"), ""), 1],
    ["git alone sees", () => undefined, 2],
  ])("is said to be ours when it is damaged again at once, with its folder: what %s", async (_, damage, tries) => {
    const first = upstream.commit({ "a.yaml": "one" });
    await read(first);
    damage();
    // A git that finds everything broken, as on a disk that loses what it is given.
    const git = join(root, "git");
    writeFileSync(
      git,
      `#!/bin/sh\ncase "$1" in fetch) echo again >> ${root}/tries; echo "fatal: bad object refs/sluice/x" >&2; exit 128;; esac\nexec git "$@"\n`,
      {
        mode: 0o755,
      },
    );
    const broken = createMirrors({
      root,
      remoteUrl: () => `file://${upstream.dir}`,
      token: async () => undefined,
      protocols: ["file"],
      gitPath: git,
      log,
    });
    const opening = broken.open({ repository, want: ["refs/heads/main"] }, AbortSignal.timeout(600_000));
    await expect(opening).rejects.toMatchObject({ kind: "bug", message: expect.stringContaining(directory()) });
    expect(readFileSync(join(root, "tries"), "utf8")).toBe("again\n".repeat(tries));
    await broken.close();
  });

  it("keeps what was thrown away beside it, once, for its owner alone", async () => {
    const first = upstream.commit({ "a.yaml": "one" });
    for (const _round of [1, 2]) {
      await read(first);
      writeFileSync(join(directory(), "HEAD"), "");
    }
    await read(first);
    expect(existsSync(`${directory()}.damaged`)).toBe(true);
    expect(readdirSync(join(root, "acme")).toSorted()).toEqual(["deploy.git", "deploy.git.damaged", "deploy.lock"]);
    expect(runSync("stat", ["-c", "%a", directory()]).stdout.trim()).toBe("700");
  });
});

describe("r2-damaged-mirror: what git writes", () => {
  it("reaches the disk before it counts, references too", () => {
    const given = Object.entries(gitEnvironment({ protocols: [] }));
    const [key = ""] = given.find(([, value]) => value === "core.fsync") ?? [];
    expect(given).toContainEqual([key.replace("KEY", "VALUE"), "committed,reference"]);
  });
});

describe("what git says of damage", () => {
  it.each([
    ["fatal: bad object refs/sluice/commit/1\nerror: x did not send all necessary objects", true],
    ["error: packfile .git/objects/pack/pack-1.pack is far too short to be a packfile", true],
    ["fatal: not a git repository (or any of the parent directories): .git", true],
    ["remote: fatal: packed object is corrupt\nfatal: the remote end hung up", false],
    ["error: RPC failed; curl 18\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output", false],
    ["fatal: unable to access 'https://github.test/': Could not resolve host", false],
    ["fatal: pack has bad object at offset 12: inflate returned -5\nfatal: index-pack failed", false],
  ])("is told from what the other side says: %s", (stderr, isOurs) => {
    expect(localDamage(stderr) !== undefined).toBe(isOurs);
  });
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  rmSync(file);
  writeFileSync(file, bytes);
}
