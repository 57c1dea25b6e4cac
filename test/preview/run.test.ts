import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalRepository, openRepository } from "../../src/git/repository.ts";
import { Fault, UserError } from "../../src/model/errors.ts";
import type { CheckReport, GitHub, PullRequest } from "../../src/model/github.ts";
import type { PreviewJob } from "../../src/model/jobs.ts";
import type { Mirrors } from "../../src/model/tree.ts";
import { readResult } from "../../src/preview/earlier-result.ts";
import { runPreview } from "../../src/preview/run.ts";
import { createRenderer, type EngineRenderer } from "../../src/render/renderer.ts";
import { patient, realEngine } from "../render/support/engines.ts";
import { deployment, gitopsFiles } from "../support/gitops.ts";
import { launcher } from "../support/launcher.ts";
import { memoryState } from "../support/memory-state.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";
import { memoryEvents, memoryGitHub, memoryLog, memoryQueue } from "../webhooks/fakes.ts";

let temp: TempGit;
let repository: LocalRepository;
let renderer: EngineRenderer;
let head: string;

beforeAll(() => {
  temp = tempGit();
  temp.commit(gitopsFiles());
  temp.git("checkout", "--quiet", "--detach");
  head = temp.commit({ "apps/web/base/deployment.yaml": deployment({ replicas: 3, cpu: "1" }) });
  repository = openRepository(temp.dir, { start: launcher.start });
  renderer = createRenderer({ binary: realEngine(), limits: patient, workers: 1 });
});
afterAll(async () => {
  await Promise.all([repository.close(), renderer.close()]);
  temp.remove();
});

const now = Date.UTC(2026, 10, 29, 23, 12);

const job: PreviewJob = {
  type: "preview",
  installationId: 1,
  repository: { owner: "acme", name: "gitops" },
  pullRequest: 7,
};

function pull(): PullRequest {
  return {
    number: 7,
    title: "Scale",
    state: "open",
    draft: false,
    head: { sha: head, ref: "scale", repository: job.repository },
    base: { sha: head, ref: "main" },
    defaultBranch: "main",
    fork: false,
    nodeId: "PR_7",
    url: "",
    body: "",
    author: "ada",
    byApp: true,
    repositoryId: 1,
    merged: false,
    mergeCommit: undefined,
    openedAt: 0,
    closedAt: undefined,
    labels: [],
  };
}

/** Runs a preview for the last time with a mirror and a GitHub of the test's own. */
async function run(parts: {
  readonly open: Mirrors["open"];
  readonly github?: Partial<GitHub>;
  readonly signal?: AbortSignal;
}) {
  const checks: CheckReport[] = [];
  const memory = memoryGitHub();
  const queue = memoryQueue();
  const upsertCheck = async (report: CheckReport) => {
    checks.push(report);
    return { url: "" };
  };
  const github = { ...memory, pullRequest: async () => pull(), upsertCheck, ...parts.github };
  const events = memoryEvents();
  const ports = {
    github: async () => github,
    mirrors: { open: parts.open, close: async () => undefined },
    renderer,
    state: memoryState(),
    queue,
    log: memoryLog(),
    events,
    clock: () => now,
  };
  const context = {
    signal: parts.signal ?? AbortSignal.timeout(600_000),
    attempt: 6,
    lastAttempt: true,
    firstRun: false,
    addedAt: now - 12 * 60_000,
  };
  const settings = { fingerprintKey: new Uint8Array(32), forks: false, webUrl: "https://github.example" };
  const ended = await runPreview(job, ports, settings, context).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { ended, checks, comments: [...memory.comments.values()], received: events.received, jobs: queue.jobs };
}

describe("the run of a preview", () => {
  it("posts nothing when it is stopped, so that the next worker finds the job undone", async () => {
    const stop = new AbortController();
    const open: Mirrors["open"] = async (_request, signal) => {
      stop.abort();
      signal.throwIfAborted();
      return repository;
    };
    const { ended, checks, comments } = await run({ open, signal: stop.signal });
    expect(ended).toBe(stop.signal.reason);
    expect(checks.map(({ status }) => status)).toEqual(["in_progress"]);
    expect(comments).toEqual([]);
  });

  it("posts nothing when it loses its lock at the end: another worker may have posted by then", async () => {
    const lost = new AbortController();
    let asked = 0;
    const pullRequest = async () => {
      if (++asked === 2) lost.abort(new Fault("unavailable", "the lock was lost"));
      return pull();
    };
    const { ended, checks, comments, received } = await run({
      open: async () => repository,
      github: { pullRequest },
      signal: lost.signal,
    });
    expect(ended).toBe(lost.signal.reason);
    expect(received).toEqual([]);
    expect(checks.map(({ status }) => status)).toEqual(["in_progress"]);
    expect(comments).toEqual([]);
  });

  it("says that Sluice failed when the last run takes too long", async () => {
    const late = new AbortController();
    const open: Mirrors["open"] = async () => {
      late.abort(new Fault("timeout", "the preview job ran for too long"));
      return repository;
    };
    const { ended, checks, received } = await run({ open, signal: late.signal });
    expect(ended).toBeUndefined();
    expect(checks.at(-1)).toMatchObject({ status: "completed", conclusion: "failure" });
    expect(received).toEqual([expect.objectContaining({ kind: "preview.failed", head, pullRequest: 7 })]);
  });

  it("tries again later when somebody does not answer, and says what is known of the commit before", async () => {
    const down = new Fault("unavailable", "git fetch failed: 502", { peer: "git.example" });
    const memory = memoryGitHub();
    const github = { ownComment: memory.ownComment, upsertComment: memory.upsertComment };
    await run({ open: async () => repository, github });
    const before = memory.comments.get("7/preview") ?? "";
    const moved = { ...pull(), head: { ...pull().head, sha: "f".repeat(40) } };
    const broken = { ...github, pullRequest: async () => moved };
    const { ended, checks, received, jobs } = await run({ open: () => Promise.reject(down), github: broken });
    expect(ended).toBeUndefined();
    expect(checks.at(-1)).toMatchObject({ conclusion: "failure", title: "Not checked: git.example did not answer" });
    const at = now + 15 * 60_000;
    expect(jobs).toEqual([{ type: "scheduled", at, job: { ...job, putOff: 1 } }]);
    expect(received).toMatchObject([{ kind: "preview.failed" }]);
    const after = memory.comments.get("7/preview") ?? "";
    expect(after).toContain("`fffffff`, needs files from there; 12 min of trying. Sluice tries again at 23:27 UTC.");
    expect(after).toContain(`<summary>The result for the commit before, ${head.slice(0, 7)}</summary>`);
    expect(readResult(after)).toEqual(readResult(before));
    await run({ open: () => Promise.reject(down), github: broken });
    expect(memory.comments.get("7/preview")).toBe(after);
  });

  it("tries again later when GitHub itself does not answer, though nothing can be said there", async () => {
    const down = new Fault("unavailable", "GitHub answered 502", { peer: "GitHub" });
    const pullRequest = () => Promise.reject(down);
    const { ended, checks, jobs } = await run({ open: async () => repository, github: { pullRequest } });
    expect(ended).toBe(down);
    expect(checks).toEqual([]);
    expect(jobs).toEqual([{ type: "scheduled", at: now + 15 * 60_000, job: { ...job, putOff: 1 } }]);
  });

  it("announces what was posted once it was, under one id in every run", async () => {
    const [first, again] = [await run({ open: async () => repository }), await run({ open: async () => repository })];
    expect(first.received).toEqual([
      expect.objectContaining({
        kind: "preview.posted",
        repository: job.repository,
        pullRequest: 7,
        head,
        affected: 2,
        rendered: 2,
        failed: 0,
        findings: { danger: 0, warning: 0, notice: 0 },
      }),
    ]);
    expect(again.received.map(({ id }) => id)).toEqual(first.received.map(({ id }) => id));
  });

  it("announces a refusal with its reason, and a head that was pushed meanwhile", async () => {
    const missing = new UserError("not-found", "the commit is gone");
    const refused = await run({ open: () => Promise.reject(missing) });
    expect(refused.received).toMatchObject([
      { kind: "preview.refused", cause: "repository", reason: "the commit is gone" },
    ]);
    let asked = 0;
    const moved = { ...pull(), head: { ...pull().head, sha: "f".repeat(40) } };
    const pullRequest = async () => (++asked === 1 ? pull() : moved);
    const superseded = await run({ open: async () => repository, github: { pullRequest } });
    expect(superseded.received).toMatchObject([{ kind: "preview.superseded", head, newer: "f".repeat(40) }]);
    const changedFiles = async () => ["apps/web/base/deployment.yaml"];
    const fork = await run({
      open: async () => repository,
      github: { pullRequest: async () => ({ ...pull(), fork: true }), changedFiles },
    });
    expect(fork.comments.join()).toContain("It changes files of **web** in prod and staging.");
    expect(fork.received).toMatchObject([{ kind: "preview.refused", cause: "fork" }]);
  });

  it("says nothing under the name of the default branch's check for a pull request of its head into another base", async () => {
    const open: Mirrors["open"] = async () => repository;
    const into = (ref: string) => ({ pullRequest: async () => ({ ...pull(), base: { sha: head, ref } }) });
    const decoy = await run({ open, github: into("decoy") });
    expect(new Set(decoy.checks.map(({ name }) => name))).toEqual(new Set(["Sluice preview (decoy)"]));
    const { checks } = await run({ open, github: into("main") });
    expect(new Set(checks.map(({ name }) => name))).toEqual(new Set(["Sluice preview"]));
  });

  it("completes the check where no comment may be written, as on a locked pull request", async () => {
    const locked = new UserError("permission", "Unable to create comment because issue is locked.");
    const { ended, checks } = await run({
      open: async () => repository,
      github: { upsertComment: () => Promise.reject(locked) },
    });
    expect(ended).toBe(locked);
    expect(checks.at(-1)).toMatchObject({ status: "completed", conclusion: "success", headSha: head });
  });

  it("links the commits that it compared to GitHub, and names the branch", async () => {
    const { ended, comments } = await run({ open: async () => repository });
    const from = temp.git("rev-parse", "main");
    expect(ended).toBeUndefined();
    expect(JSON.stringify(comments)).toContain(
      `main [\`${from.slice(0, 7)}\`](https://github.example/acme/gitops/commit/${from}) → this branch`,
    );
  });

  it("names the comment in the check, once that is there", async () => {
    const { checks } = await run({ open: async () => repository });
    expect(checks.at(-1)?.summary).toContain("in [the comment](");
  });

  describe("where nothing changes", () => {
    const quiet = async (comment: string | undefined, written: boolean) => {
      temp.git("checkout", "--quiet", "--detach", "main");
      const config = gitopsFiles()[".sluice.yaml"] ?? "";
      const base = temp.commit({
        ".sluice.yaml": comment === undefined ? config : `${config}preview: { comment: ${comment} }\n`,
      });
      const now = temp.commit({ "README.md": `${comment} ${written}` });
      temp.git("branch", "--force", "quiet", base);
      const memory = memoryGitHub();
      if (written) await memory.upsertComment(7, "preview", "an older text");
      const of = { ...pull(), head: { ...pull().head, sha: now }, base: { sha: base, ref: "quiet" } };
      const { checks } = await run({
        open: async () => repository,
        github: { pullRequest: async () => of, upsertComment: memory.upsertComment },
      });
      return { comment: [...memory.comments.values()][0], check: checks.at(-1) };
    };

    it.each([
      [undefined, false, undefined],
      ["changes", false, undefined],
      ["changes", true, "### No change in"],
      ["always", false, "### No change in"],
      ["never", false, undefined],
      ["never", true, "an older text"],
    ])("preview.comment %s, with a comment there: %s", async (mode, written, text) => {
      const { comment, check } = await quiet(mode, written);
      expect(comment?.slice(0, text?.length)).toBe(text);
      expect(check).toMatchObject({ conclusion: "success", title: expect.stringMatching(/^No change in /) });
      if (comment === undefined) expect(check?.summary).toContain("No app uses the changed file.");
    });
  });
});
