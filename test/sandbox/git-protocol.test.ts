import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerLsRefs } from "../../sandbox/git-protocol.ts";
import { readRefs } from "../../sandbox/repository-git.ts";
import { runSync } from "../support/run-sync.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";

let temp: TempGit;
beforeEach(() => {
  temp = tempGit();
});
afterEach(() => temp.remove());

function packet(line: string): string {
  return `${(Buffer.byteLength(line) + 5).toString(16).padStart(4, "0")}${line}\n`;
}

function request(...args: readonly string[]): Buffer {
  const head = `${packet("command=ls-refs")}${packet("agent=git/2")}${packet("object-format=sha1")}`;
  return Buffer.from(`${head}0001${args.map(packet).join("")}0000`);
}

/** What git says to the same request. */
function byGit(input: Buffer): string {
  const env = { ...process.env, GIT_PROTOCOL: "version=2" };
  return runSync("git", ["upload-pack", "--stateless-rpc", temp.dir], { input, env }).stdout;
}

function bySandbox(input: Buffer): string | undefined {
  return answerLsRefs(`${temp.dir}/.git`, input)?.toString("utf8");
}

function refs(...names: readonly string[]): void {
  for (const name of names) temp.git("update-ref", name, temp.commit({ [name]: name }));
}

describe("the list of refs for who fetches", () => {
  it.each([
    { what: "all of them", args: ["peel", "symrefs"] },
    {
      what: "those with a prefix",
      args: ["peel", "symrefs", "ref-prefix refs/heads/sluice/", "ref-prefix refs/pull/1/"],
    },
    { what: "the head", args: ["symrefs", "ref-prefix HEAD", "ref-prefix refs/heads/m"] },
    { what: "the head without its name", args: ["ref-prefix HEAD"] },
    { what: "none", args: ["symrefs", "unborn", "ref-prefix refs/heads/none"] },
  ])("is git's own: $what", ({ args }) => {
    refs(
      "refs/heads/sluice/b",
      "refs/heads/sluice/a/ü",
      "refs/pull/1/head",
      "refs/pull/10/head",
      "refs/heads/sluice-x",
    );
    expect(bySandbox(request(...args))).toBe(byGit(request(...args)));
  });

  it("is git's own where there is no commit yet", () => {
    for (const args of [["symrefs", "unborn"], ["symrefs"]])
      expect(bySandbox(request(...args))).toBe(byGit(request(...args)));
  });

  it("is git's own where refs are packed, moved since and deleted", async () => {
    refs("refs/heads/a", "refs/heads/b", "refs/heads/c");
    temp.git("pack-refs", "--all");
    refs("refs/heads/b");
    temp.git("update-ref", "-d", "refs/heads/c");
    expect(bySandbox(request("peel"))).toBe(byGit(request("peel")));
    const lines = temp.git("for-each-ref", "--format=%(refname) %(objectname)").split("\n");
    expect(await readRefs(`${temp.dir}/.git`)).toEqual(Object.fromEntries(lines.map((line) => line.split(" "))));
  });

  it("is left to git where a tag must be looked into, and whatever else is asked for", () => {
    refs("refs/heads/a");
    temp.git("tag", "-a", "v1", "-m", "one");
    expect(bySandbox(request("peel"))).toBeUndefined();
    expect(bySandbox(request("peel", "ref-prefix refs/heads/"))).toBe(byGit(request("peel", "ref-prefix refs/heads/")));
    expect(bySandbox(request("ref-suffix x"))).toBeUndefined();
    for (const body of [`${packet("command=fetch")}0000`, "", "0000", "zzzz", "00ff"])
      expect(bySandbox(Buffer.from(body))).toBeUndefined();
  });
});
