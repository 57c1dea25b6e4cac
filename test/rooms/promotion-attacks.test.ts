import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay, WEB } from "../support/play.ts";
import { chainFiles } from "../support/promotions.ts";

const run = promisify(execFile);

let play: Play;
beforeAll(async () => {
  play = await startPlay();
});
afterAll(() => play.close());

const versions = { web: { staging: "1.4.0", prod: "1.2.0" } };
const files = chainFiles(
  { staging: "", prod: "allow: { users: [ada] }\ngates: { healthy: false }\npromote: { merge: automatic }" },
  versions,
);

/** A repository in which promotions merge by themselves; mallory has write and may not promote. */
async function victim(): Promise<RepositoryRef> {
  const repository = await play.repository(files);
  for (const login of ["ada", "mallory"]) play.github.setPermission({ ...repository, login, permission: "write" });
  return repository;
}

/** Pushes a commit of another repository, or of this one, to a branch by force, as mallory. */
async function push(from: RepositoryRef, sha: string, to: RepositoryRef, branch: string): Promise<void> {
  const { github } = play;
  const url = github.gitUrl(to, "mallory");
  await run("git", ["push", "-q", "--force", url, `${sha}:refs/heads/${branch}`], { cwd: github.gitDir(from) });
}

/** What prod runs, by the default branch. */
function prodOf(repository: RepositoryRef): string | undefined {
  const text = play.file(repository, "main", "apps/web/overlays/prod/kustomization.yaml");
  return /newTag: "([^"]*)"/.exec(text)?.[1];
}

describe("s1-seal-of-another-repository", () => {
  it("a promotion that was signed for another repository is none here, and is not merged", async () => {
    const { github } = play;
    const target = await victim();
    // Mallory's own repository has the victim's history, and on it whatever she likes.
    const own = await play.repository({ "README.md": "Mine.\n" });
    for (const login of ["ada", "mallory"]) github.setPermission({ ...own, login, permission: "admin" });
    await push(target, play.head(target).sha, own, "main");
    const mine = {
      "evil.yaml": "kind: Evil\n",
      ".sluice.yaml": files[".sluice.yaml"]?.replace("automatic", "manual") ?? "",
    };
    await github.commit({ ...own, branch: "main", files: mine });
    await play.say(await play.merged(own), "/promote prod web", "ada");
    const theirs = await play.promotion(own);
    const { headSha, body } = github.pull(theirs);
    expect(await play.say(await play.merged(target), "/promote prod web", "mallory")).toContain("❌ **Not allowed:**");

    await push(own, headSha, target, WEB);
    const copy = await github.openPull({ ...target, head: WEB, title: theirs.title, body, by: "mallory" });
    const check = await play.gatesSay(copy, "no promotion of Sluice's");
    expect(check.conclusion).toBe("action_required");
    await play.nudge(target);
    await play.quiet();
    expect(github.pull(copy).state).toBe("open");
    expect(prodOf(target)).toBe("1.2.0");
  });
});
