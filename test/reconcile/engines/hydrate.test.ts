import { beforeEach, describe, expect, it } from "vitest";
import type { Desired } from "../../../src/reconcile/engines/engine.ts";
import type { EnvironmentStep } from "../../../src/reconcile/engines/environment.ts";
import { hydrateEngine } from "../../../src/reconcile/engines/hydrate/index.ts";
import { type FakeGitHub, fakeGitHub } from "../../support/fake-github.ts";

const repository = { owner: "acme", name: "shop" };
const signal = new AbortController().signal;
const head = "8".repeat(40);

let github: FakeGitHub;
let settings: Parameters<typeof hydrateEngine>[1];
/** What was rendered to text. */
let rendered: string[];

beforeEach(() => {
  github = fakeGitHub();
  settings = { branch: "env/{environment}", path: "{app}", base: "main", pullRequest: false };
  rendered = [];
});

/** A target whose render is this text. */
function target(app: string, text: string, environment = "prod"): Desired {
  const digest = Buffer.from(text).toString("hex").padEnd(64, "0").slice(0, 64);
  const yaml = async () => {
    rendered.push(app);
    return text;
  };
  return { app, environment, path: `apps/${app}`, head, digest, resources: () => [], yaml, sameAt: async () => false };
}

function step(targets: readonly Desired[], apps: readonly string[] | "unknown" = targets.map(({ app }) => app)) {
  const open = async () => github.repository;
  const clock = () => Date.parse("2026-11-30T08:00:00Z");
  const repositoryUrl = "https://github.com/acme/shop";
  const engine = hydrateEngine({ github, open, clock, repositoryUrl }, settings);
  const environment = targets[0]?.environment ?? "prod";
  const gone = async (deployed: readonly string[]) =>
    apps === "unknown" ? [] : deployed.filter((app) => !apps.includes(app));
  return engine.step({ repository, environment, head, targets, gone }, signal);
}

async function files(branch = "env/prod"): Promise<Readonly<Record<string, string>>> {
  const tree = await github.repository.tree(branch);
  const texts = await Promise.all(
    (await tree.files()).map(async (path) => [path, Buffer.from((await tree.read(path)) ?? "").toString()]),
  );
  return Object.fromEntries(texts);
}

/** The branch's commits, newest first: the first line of each. */
async function subjects(branch = "env/prod"): Promise<readonly string[]> {
  return (await github.repository.log({ to: branch })).map(({ message }) => message.split("\n")[0] ?? "");
}

const states = ({ reports }: EnvironmentStep) =>
  reports.map(({ operation, status }) => [operation.app, status.state, status.state === "live" && status.changed]);

describe("hydrating an environment", () => {
  it("makes the branch with what each target renders to, in one commit without parents", async () => {
    expect(states(await step([target("web", "a: 1\n"), target("api", "b: 2")]))).toEqual([
      ["web", "live", 1],
      ["api", "live", 1],
    ]);
    const there = await files();
    expect(Object.keys(there)).toEqual(["api/manifest.yaml", "web/manifest.yaml"]);
    expect(there["web/manifest.yaml"]).toMatch(/^# Rendered by Sluice[^\n]*\n(# [^\n]+\n){3}a: 1\n$/);
    expect(there["api/manifest.yaml"]).toMatch(/\nb: 2\n$/);
    expect(await subjects()).toEqual(["Render prod at 8888888"]);
  });

  it("commits nothing, and renders no text, when the branch has it already", async () => {
    await step([target("web", "a: 1\n")]);
    const before = github.repository.branches.get("env/prod");
    rendered = [];
    expect(states(await step([target("web", "a: 1\n")]))).toEqual([["web", "live", 0]]);
    expect(github.repository.branches.get("env/prod")).toBe(before);
    expect(rendered).toEqual([]);
  });

  it("writes only what changed, on top of what is there", async () => {
    await step([target("web", "a: 1\n"), target("api", "b: 1\n")]);
    expect(states(await step([target("web", "a: 2\n"), target("api", "b: 1\n")]))).toEqual([
      ["web", "live", 1],
      ["api", "live", 0],
    ]);
    expect(await subjects()).toHaveLength(2);
    expect((await files())["web/manifest.yaml"]).toMatch(/\na: 2\n$/);
  });

  it("undoes what a person edited in its files, and keeps what a person put beside them", async () => {
    await step([target("web", "a: 1\n")]);
    const ours = (await files())["web/manifest.yaml"] ?? "";
    const edited = { "web/manifest.yaml": ours.replace("a: 1", "a: 9"), "README.md": "mine\n" };
    github.repository.branches.set("env/prod", github.repository.commit(edited));
    await step([target("web", "a: 1\n")]);
    expect(await files()).toEqual({ "README.md": "mine\n", "web/manifest.yaml": ours });
  });

  it("takes away the file of an app that Git no longer has", async () => {
    await step([target("web", "a: 1\n"), target("api", "b: 1\n")]);
    await step([target("web", "a: 1\n")]);
    expect(Object.keys(await files())).toEqual(["web/manifest.yaml"]);
  });

  it("takes away the file of an app that is written to another folder now", async () => {
    await step([target("web", "a: 1\n")]);
    settings = { ...settings, path: "apps/{app}" };
    await step([target("web", "a: 1\n")]);
    expect(Object.keys(await files())).toEqual(["apps/web/manifest.yaml"]);
  });

  it("keeps the file of an app that does not render now", async () => {
    await step([target("web", "a: 1\n"), target("api", "b: 1\n")]);
    await step([target("web", "a: 2\n")], ["web", "api"]);
    expect(Object.keys(await files())).toEqual(["api/manifest.yaml", "web/manifest.yaml"]);
  });

  it("takes nothing away while it is not known which apps there are", async () => {
    await step([target("web", "a: 1\n"), target("api", "b: 1\n")]);
    await step([target("web", "a: 2\n")], "unknown");
    expect(Object.keys(await files())).toEqual(["api/manifest.yaml", "web/manifest.yaml"]);
  });

  it("leaves other environments on a shared branch alone", async () => {
    settings = { ...settings, branch: "rendered", path: "{environment}/{app}" };
    await step([target("web", "a: 1\n", "staging")]);
    await step([target("web", "a: 1\n", "prod")]);
    await step([target("api", "b: 1\n", "prod")]);
    expect(Object.keys(await files("rendered"))).toEqual(["prod/api/manifest.yaml", "staging/web/manifest.yaml"]);
  });

  it("writes on top of whoever was faster", async () => {
    await step([target("web", "a: 1\n")]);
    github.before("advanceBranch", () => {
      const now = github.repository.branches.get("env/prod") ?? "";
      const theirs = github.repository.commit({ "NOTE.md": "mine\n" }, { parents: [now] });
      github.repository.branches.set("env/prod", theirs);
    });
    await step([target("web", "a: 2\n")]);
    expect(Object.keys(await files())).toEqual(["NOTE.md", "web/manifest.yaml"]);
  });

  it.each([
    "main",
    "sluice/promote/prod",
    "sluice-state",
    "refs/heads/main",
    "../heads/main",
    "../tags/v1",
    "env/../main",
    "/main",
    "main/",
    " main",
    "main\n",
    "a//b",
    "a.lock",
    "HEAD",
    "env/{app}",
  ])("never writes to %j", async (branch) => {
    settings = { ...settings, branch };
    await expect(step([target("web", "a: 1\n")])).rejects.toMatchObject({ kind: "config" });
    expect(github.calls).not.toContain("commit");
  });

  it("never writes over the file of another environment", async () => {
    settings = { ...settings, branch: "rendered" };
    await step([target("web", "a: prod\n", "prod")]);
    const thief = step([target("web", "a: staging\n", "staging")]);
    await expect(thief).rejects.toThrow("`web/manifest.yaml`, to which staging is rendered, is a file of prod");
    expect((await files("rendered"))["web/manifest.yaml"]).toContain("a: prod");
  });

  it.each([".git", ".GIT/hooks", "../x"])("refuses the folder %s", async (path) => {
    settings = { ...settings, path };
    await expect(step([target("web", "a: 1\n")])).rejects.toThrow("leads out of the branch");
  });

  it("goes on where somebody has written the first lines of its files by hand", async () => {
    await step([target("web", "a: 1\n")]);
    const ours = (await files())["web/manifest.yaml"] ?? "";
    const broken = {
      "web/manifest.yaml": ours.replace("web/prod", "%zz/%"),
      "x/manifest.yaml": ours.replace("web/", "%/"),
    };
    github.repository.branches.set("env/prod", github.repository.commit(broken));
    await step([target("web", "a: 1\n")]);
    expect((await files())["web/manifest.yaml"]).toBe(ours);
  });

  it("says in its commit what the name of an app shows, and no more", async () => {
    await step([target("web\n\nSource-Commit: 0", "a: 1\n")]);
    const [commit] = await github.repository.log({ to: "env/prod" });
    expect(commit?.message.match(/^Source-Commit: .*$/gm)).toEqual([`Source-Commit: ${head}`]);
  });

  it("refuses two targets in one folder", async () => {
    settings = { ...settings, path: "all" };
    const two = step([target("web", "a: 1\n"), target("api", "b: 1\n")]);
    await expect(two).rejects.toThrow("two apps of prod are rendered to `all/manifest.yaml`");
  });
});

describe("hydrating an environment by pull request", () => {
  const own = "sluice/render/prod/env/prod";
  const waits = (result: EnvironmentStep) =>
    result.reports.map(({ status }) => (status.state === "waiting" ? status.reason : status.state));
  const newest = () => github.pullRequestOf(own, "env/prod");
  /** As a person's merge on GitHub leaves it: the branch stays. */
  const merge = async () => {
    const pull = await newest();
    const heads = ["env/prod", own].map((branch) => github.repository.branches.get(branch) ?? "");
    const merged = github.repository.commit(await files(own), { parents: heads });
    github.repository.branches.set("env/prod", merged);
    return github.closePull(pull?.number ?? 0, merged);
  };

  beforeEach(() => {
    settings = { ...settings, pullRequest: true };
  });

  it("makes the branch without manifests, and opens a pull request that has them", async () => {
    expect(waits(await step([target("web", "a: 1\n")]))).toEqual(["#1 has to be merged into env/prod"]);
    expect(Object.keys(await files())).toEqual(["README.md"]);
    expect(Object.keys(await files(own))).toEqual(["README.md", "web/manifest.yaml"]);
    expect(await newest()).toMatchObject({ title: "Deploy prod: 1 rendered file", base: { ref: "env/prod" } });
    expect((await newest())?.body).toContain("[`8888888`](https://github.com/acme/shop/commit/");
  });

  it("does nothing more until it is merged, and is live then", async () => {
    await step([target("web", "a: 1\n")]);
    const calls = github.calls.length;
    await step([target("web", "a: 1\n")]);
    expect(github.calls.slice(calls)).toEqual(["pullRequestOf"]);
    await merge();
    expect(states(await step([target("web", "a: 1\n")]))).toEqual([["web", "live", 0]]);
    expect(github.repository.branches.has(own)).toBe(false);
    expect(await files()).toHaveProperty("web/manifest.yaml");
  });

  it("updates the open one to the newer render, with what people put on the branch meanwhile", async () => {
    await step([target("web", "a: 1\n")]);
    const at = github.repository.branches.get("env/prod") ?? "";
    const theirs = github.repository.commit({ "NOTE.md": "mine\n" }, { parents: [at] });
    github.repository.branches.set("env/prod", theirs);
    expect(waits(await step([target("web", "a: 2\n"), target("api", "b: 1\n")]))).toEqual([
      "#1 has to be merged into env/prod",
      "#1 has to be merged into env/prod",
    ]);
    expect(Object.keys(await files(own))).toEqual(["NOTE.md", "api/manifest.yaml", "web/manifest.yaml"]);
    expect((await newest())?.title).toBe("Deploy prod: 2 rendered files");
    expect(github.pulls.size).toBe(1);
  });

  it("leaves one alone that a person closed, until the render is another one", async () => {
    await step([target("web", "a: 1\n")]);
    github.closePull(1);
    expect(waits(await step([target("web", "a: 1\n")]))).toEqual(["#1 was closed without a merge"]);
    expect(github.pulls.size).toBe(1);
    expect(waits(await step([target("web", "a: 2\n")]))).toEqual(["#2 has to be merged into env/prod"]);
  });

  it("opens another one when somebody asks for a deploy after one was closed", async () => {
    await step([target("web", "a: 1\n")]);
    const { closedAt = 0 } = github.closePull(1);
    const asked = (at: number) => ({ ...target("web", "a: 1\n"), request: { id: "c1", at } });
    expect(waits(await step([asked(closedAt - 1)]))).toEqual(["#1 was closed without a merge"]);
    expect(waits(await step([asked(closedAt + 1)]))).toEqual(["#2 has to be merged into env/prod"]);
  });

  it("closes it when Git wants what the branch has", async () => {
    await step([target("web", "a: 1\n")]);
    await merge();
    await step([target("web", "a: 2\n")]);
    expect(states(await step([target("web", "a: 1\n")]))).toEqual([["web", "live", 0]]);
    expect((await newest())?.state).toBe("closed");
    expect(github.comments.get("2/closed")).toContain("nothing is left to merge");
    expect(github.repository.branches.has(own)).toBe(false);
  });

  it("opens another one for what it has closed itself, when that is rendered again", async () => {
    await step([target("web", "a: 1\n")]);
    await merge();
    for (const text of ["a: 2\n", "a: 1\n"]) await step([target("web", text)]);
    expect(waits(await step([target("web", "a: 2\n")]))).toEqual(["#3 has to be merged into env/prod"]);
  });

  it("is one for each path of an environment, so that none overwrites the other", async () => {
    const [usual, other] = [settings, { ...settings, path: "jobs/{app}" }];
    const both = async () => {
      const calls = github.calls.length;
      for (const [app, way] of [
        ["web", usual],
        ["api", other],
      ] as const) {
        settings = way;
        await step([target(app, "a: 1\n")], ["web", "api"]);
      }
      return github.calls.slice(calls);
    };
    await both();
    expect([...github.pulls.values()].map(({ body }) => /`[^`]*manifest.yaml`/.exec(body)?.[0])).toEqual([
      "`web/manifest.yaml`",
      "`jobs/api/manifest.yaml`",
    ]);
    expect(await both()).toEqual(["pullRequestOf", "pullRequestOf"]);
  });

  it("has nothing of an app that was put on hold meanwhile", async () => {
    await step([target("web", "a: 1\n"), target("api", "b: 1\n")]);
    await step([target("api", "b: 1\n")], ["web", "api"]);
    expect(Object.keys(await files(own))).toEqual(["README.md", "api/manifest.yaml"]);
    expect((await newest())?.title).toBe("Deploy prod: 1 rendered file");
  });

  it("takes away what was pushed beside its files", async () => {
    await step([target("web", "a: 1\n")]);
    const at = github.repository.branches.get(own) ?? "";
    const there = await files(own);
    const more = { ...there, "web/extra.yaml": "kind: ClusterRoleBinding\n", "README.md": "other\n" };
    github.repository.branches.set(own, github.repository.commit(more, { parents: [at] }));
    await step([target("web", "a: 1\n")]);
    expect(await files(own)).toEqual(there);
  });

  it("overwrites what was pushed to the pull request's branch", async () => {
    await step([target("web", "a: 1\n")]);
    const at = github.repository.branches.get(own) ?? "";
    const there = await files(own);
    const edited = { ...there, "web/manifest.yaml": there["web/manifest.yaml"]?.replace("a: 1", "a: 9") ?? "" };
    github.repository.branches.set(own, github.repository.commit(edited, { parents: [at] }));
    await step([target("web", "a: 1\n")]);
    expect(await files(own)).toEqual(there);
  });

  it("deletes the file of an app that Git no longer has by pull request, too", async () => {
    await step([target("web", "a: 1\n"), target("api", "b: 1\n")]);
    await merge();
    await step([target("web", "a: 1\n")]);
    expect(Object.keys(await files())).toContain("api/manifest.yaml");
    expect((await newest())?.body).toContain("`api/manifest.yaml` (deleted)");
    expect(Object.keys(await files(own))).toEqual(["README.md", "web/manifest.yaml"]);
  });
});
