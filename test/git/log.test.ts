import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseCommit } from "../../src/git/parse-commit.ts";
import { type LocalRepository, openRepository } from "../../src/git/repository.ts";
import { launcher } from "../support/launcher.ts";
import { runSync } from "../support/run-sync.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";

describe("history", () => {
  let temp: TempGit;
  let repository: LocalRepository;

  beforeEach(() => {
    temp = tempGit();
    repository = openRepository(temp.dir, { start: launcher.start });
  });
  afterEach(async () => {
    await repository.close();
    temp.remove();
  });

  const shas = async (request: Parameters<LocalRepository["log"]>[0]): Promise<string[]> =>
    (await repository.log(request)).map(({ sha }) => sha);

  /** Makes a commit object of these bytes, as anybody can who pushes. */
  const raw = (text: string | Buffer): string => {
    const run = runSync("git", ["hash-object", "-w", "-t", "commit", "--literally", "--stdin"], {
      cwd: temp.dir,
      input: text,
    });
    return run.stdout.toString().trim();
  };

  it("gives commits newest first with whole messages, authors and parents", async () => {
    const first = temp.commit({ a: "1" }, "One");
    const second = temp.commit({ a: "2" }, "Two: größer ✓\n\nA body\n\nWith: trailers\nAnd: more");
    const [two, one] = await repository.log({ to: "main" });
    expect(two).toMatchObject({
      sha: second,
      parents: [first],
      author: { name: "Test", email: "test@example.com" },
      message: "Two: größer ✓\n\nA body\n\nWith: trailers\nAnd: more\n",
    });
    expect(new Date(two?.date ?? "").toISOString()).toBe(two?.date);
    expect(one).toMatchObject({ sha: first, parents: [], message: "One\n" });
    expect(await shas({ to: "main", from: first })).toEqual([second]);
    expect(await shas({ to: "main", limit: 1 })).toEqual([second]);
    expect(await shas({ to: first, from: "main" })).toEqual([]);
  });

  it("follows the branch alone when asked, and names both parents of a merge", async () => {
    const base = temp.commit({ a: "1" });
    temp.git("checkout", "-q", "-b", "side");
    const side = temp.commit({ b: "1" });
    temp.git("checkout", "-q", "main");
    temp.git("merge", "-q", "--no-ff", "-m", "Merge", "side");
    const merge = temp.git("rev-parse", "HEAD");
    expect(await shas({ to: "main", from: base, firstParent: true })).toEqual([merge]);
    expect((await shas({ to: "main", from: base })).toSorted()).toEqual([merge, side].toSorted());
    const ofSide = await repository.log({ to: "main", from: base, firstParent: true, paths: ["b"] });
    expect(ofSide).toMatchObject([{ sha: merge, parents: [base, side] }]);
  });

  it("keeps to paths as they are written, from any folder of the checkout", async () => {
    temp.commit({ "a/x": "1", "b/x": "1" });
    const star = temp.commit({ "a*/x": "1" });
    const a = temp.commit({ "a/x": "2" });
    const odd = temp.commit({ ":(top)--all/x": "1" });
    expect(await shas({ to: "main", paths: ["a*"] })).toEqual([star]);
    expect(await shas({ to: "main", paths: ["a/x"], limit: 1 })).toEqual([a]);
    expect(await shas({ to: "main", paths: [":(top)--all"] })).toEqual([odd]);
    expect(await shas({ to: "main", paths: ["nothing"] })).toEqual([]);
    expect(await shas({ to: "main", paths: [""] })).toHaveLength(4);
    const below = openRepository(`${temp.dir}/b`);
    expect((await below.log({ to: "main", paths: ["a"] }))[0]?.sha).toBe(a);
    await below.close();
  });

  it("reads commits that nobody's git would make", async () => {
    const tree = temp.git("mktree", "--missing") || "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    const odd = raw(
      Buffer.concat([
        Buffer.from(`tree ${tree}\nauthor no address\ncommitter X <x> 99999999999999999999 +0000\n`),
        Buffer.from("encoding ISO-8859-1\ngpgsig -----BEGIN\n parent 0\n\n"),
        Buffer.from([0x67, 0x72, 0xf6, 0x00, 0x21]),
      ]),
    );
    const huge = raw(
      `tree ${tree}\nparent ${odd}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\n${"x".repeat(2_000_000)}`,
    );
    const long = raw(
      `tree ${tree}\nparent ${huge}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 60 +0200\n\n${"é".repeat(400_000)}`,
    );
    const log = await repository.log({ to: long });
    expect(log.map(({ sha }) => sha)).toEqual([long, huge, odd]);
    expect(log[0]).toMatchObject({ date: "1970-01-01T00:01:00.000Z", message: "é".repeat(65_536) });
    expect(log[1]).toMatchObject({ message: "" });
    expect(log[2]).toMatchObject({ parents: [], author: { name: "", email: "" }, message: "grö\0!" });
  });

  it("gives empty text for bytes that are no commit", () => {
    const empty = { sha: "s", parents: [], author: { name: "", email: "" }, message: "" };
    expect(parseCommit("s", new Uint8Array())).toEqual({ ...empty, date: "1970-01-01T00:00:00.000Z" });
    expect(parseCommit("s", Buffer.from([0xff, 0x0a, 0x0a, 0xff])).message).toBe("�");
  });

  it("knows who descends from whom", async () => {
    const first = temp.commit({ a: "1" });
    const second = temp.commit({ a: "2" });
    temp.git("checkout", "-q", "--orphan", "alone");
    const alone = temp.commit({ c: "1" });
    expect(await repository.isAncestor(first, second)).toBe(true);
    expect(await repository.isAncestor(second, second)).toBe(true);
    expect(await repository.isAncestor(second, first)).toBe(false);
    expect(await repository.isAncestor("main", alone)).toBe(false);
    await expect(repository.isAncestor("0".repeat(40), first)).rejects.toMatchObject({ kind: "not-found" });
  });

  it("lists branches by the beginning of their names", async () => {
    const first = temp.commit({ a: "1" });
    for (const name of ["rel/1", "rel/2", "relic", "other"]) temp.git("branch", name);
    temp.git("tag", "rel/1");
    expect(await repository.refs("refs/heads/rel/")).toEqual(
      new Map([
        ["refs/heads/rel/1", first],
        ["refs/heads/rel/2", first],
      ]),
    );
    expect([...(await repository.refs("refs/heads/rel")).keys()]).toContain("refs/heads/relic");
    expect((await repository.refs("refs/heads/none/")).size).toBe(0);
  });
});
