import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay, WEB } from "../support/play.ts";
import { chainFiles, release } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";

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

/** The promotion that a command by ada opened and Sluice merged. */
async function promoted(repository: RepositoryRef): Promise<PullSummary> {
  const pull = await play.merged(repository);
  await play.say(pull, "/promote prod web");
  return eventually("a merged promotion", () =>
    play.github.pulls(repository).findLast(({ headRef, merged }) => headRef === WEB && merged),
  );
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

describe("s2-replay-of-an-old-promotion", () => {
  it("what was merged once is merged by nobody's copy again", async () => {
    const { github } = play;
    const repository = await victim();
    const first = await promoted(repository);
    const pull = await play.merged(repository, release("staging", "1.5.0"));
    await play.say(pull, "/promote prod web");
    await eventually("1.5.0 in prod", () => prodOf(repository) === "1.5.0");
    await play.quiet();

    const { headSha, body } = github.pull(first);
    await push(repository, headSha, repository, WEB);
    const main = play.head(repository).sha;
    // A branch that the base has already brings nothing: mallory makes the base's files what they were.
    await github.commit({ ...repository, branch: "other", files: release("prod", "1.2.0"), by: "mallory" });
    const copy = await github
      .openPull({ ...repository, head: WEB, title: first.title, body, by: "mallory" })
      .catch(() => undefined);
    await play.nudge(repository);
    await play.quiet();
    if (copy !== undefined) expect(github.pull(copy).state).toBe("open");
    expect(main).not.toBe("");
    expect(prodOf(repository)).toBe("1.5.0");
  });

  it("what was closed is dead when it is opened again by one who may not promote, and alive by one who may", async () => {
    const { github } = play;
    const repository = await play.repository({
      ...files,
      ".sluice.yaml": files[".sluice.yaml"]?.replace("healthy: false", "healthy: false, approvals: 1") ?? "",
    });
    for (const login of ["ada", "mallory", "grace"])
      github.setPermission({ ...repository, login, permission: "write" });
    await play.say(await play.merged(repository), "/promote prod web");
    const promotion = await play.promotion(repository);
    await play.gatesSay(promotion, /^Waiting for \d approvals?/);
    await github.closePull({ ...promotion, by: "ada" });
    await play.quiet();
    await github.reopenPull({ ...promotion, by: "mallory" });
    await github.review({ ...promotion, by: "mallory", event: "APPROVE" });
    const check = await play.gatesSay(promotion, "This promotion was closed");
    expect(check.conclusion).toBe("action_required");
    expect(await play.say(promotion, "/retry", "mallory")).toContain("❌ **Not allowed:**");
    await play.nudge(repository);
    await play.quiet();
    expect(github.pull(promotion).state).toBe("open");
    expect(prodOf(repository)).toBe("1.2.0");

    await play.say(promotion, "/retry", "ada");
    await eventually("the promotion to go on", () => prodOf(repository) === "1.4.0");
  });
});
