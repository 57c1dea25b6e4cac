import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type ImagePlay, startImagePlay } from "../support/images.ts";
import { eventually } from "../support/wait.ts";

let play: ImagePlay;
beforeAll(async () => {
  play = await startImagePlay();
});
afterAll(() => play.close());

const entry = `  - { image: "{host}/web", policy: { semver: "^1.0" }, environments: [staging] }\n`;

const source = "org.opencontainers.image.source";
const revision = "org.opencontainers.image.revision";

/** A repository with as many commits as messages, on the same GitHub; gives their ids. */
async function sourceRepository(
  name: string,
  messages: readonly string[],
): Promise<{ readonly url: string; readonly commits: readonly string[] }> {
  const { github } = play;
  const repository: RepositoryRef = await github.createRepository({ owner: "acme", name, files: { a: "0" } });
  const commits: string[] = [];
  for (const [index, message] of messages.entries()) {
    const files = { a: `${index + 1}` };
    commits.push(await github.commit({ ...repository, branch: "main", files, message, by: "ada" }));
  }
  return { url: `${github.url}/acme/${name}`, commits };
}

describe("the source of an image", () => {
  it("is compared where both images say where they come from: a link, and the commits in between", async () => {
    const site = await play.site(entry);
    const { url, commits } = await sourceRepository("webapp", ["First", "Second", "Third"]);
    const [first = "", , third = ""] = commits;
    await site.push("web:1.2.0", { labels: { [source]: url, [revision]: first } });
    await play.quiet();
    await site.push("web:1.4.0", { labels: { [source]: `${url}.git`, [revision]: third } });
    const { body } = await site.bump();
    expect(body).toContain(
      `[All 2 commits between 1.2.0 and 1.4.0](${url}/compare/${first}...${third}) in acme/webapp`,
    );
    expect(body).toMatch(/- Third \(`ada`, \[`[0-9a-f]{7}`\]\(.+\)\)\n- Second \(`ada`,/);
    expect(body).not.toContain("First");
  });

  it("is no more than a link where the old image does not say, and nothing where it is no address", async () => {
    const site = await play.site(entry);
    const { url, commits } = await sourceRepository("other", ["First"]);
    await site.push("web:1.4.0", { labels: { [source]: url, [revision]: commits[0] ?? "" } });
    const pull = await site.bump();
    expect(pull.body).toContain(`[acme/other](${url}) has its source`);
    await play.quiet();
    await site.push("web:1.5.0", { labels: { [source]: "ssh://git@example.com/acme/other" } });
    await eventually("the newer one", () => play.github.pull(pull).body.includes("1.5.0"));
    expect(play.github.pull(pull).body).not.toContain("has its source");
  });

  it("that another installation covers, or nobody, is not read", async () => {
    const site = await play.site(entry);
    const url = "https://github.com/somebody/elsewhere";
    await site.push("web:1.2.0", { labels: { [source]: url, [revision]: "a".repeat(40) } });
    const { github } = await play.cost(() =>
      site.push("web:1.4.0", { labels: { [source]: url, [revision]: "b".repeat(40) } }),
    );
    expect((await site.bump()).body).toContain(`[somebody/elsewhere](${url}) has its source`);
    expect(github.filter((one) => one.includes("compare"))).toEqual([]);
  });
});

describe("whoever may write to the repository", () => {
  const hidden = /<!-- sluice:image:v1 (\S+) (\S+) -->/;

  it("does nothing with a fork's branch of the same name", async () => {
    const { github } = play;
    const site = await play.site(entry.replace("[staging]", "[staging], pullRequest: { autoMerge: true }"));
    await site.push("web:1.4.0");
    const ours = await site.bump();
    await play.quiet();
    const fork = await github.fork({ ...site.repository, by: "hacker" });
    const files = { "docs/hacked.md": "x" };
    const sha = await github.commit({ ...fork, branch: ours.headRef, files, by: "hacker" });
    const head = `hacker:${ours.headRef}`;
    const theirs: PullSummary = await github.openPull({
      ...site.repository,
      head,
      title: "Help",
      body: ours.body,
      by: "hacker",
    });
    await play.quiet();
    const names = (at: string): readonly string[] =>
      github.checkRuns({ ...site.repository, sha: at }).map(({ name }) => name);
    expect(names(sha)).not.toContain("Sluice image");
    expect(github.pull(theirs)).toMatchObject({ state: "open", title: "Help", body: ours.body });
    expect(github.pull(ours).headSha).toBe(ours.headSha);
    await github.closePull({ ...theirs, by: "hacker" });
    await play.quiet();
    expect(github.pull(ours).state).toBe("open");
    expect(site.branches()).toEqual([ours.headRef]);
  });

  it("cannot forge what a pull request brings: the check says so, nothing is merged, and the next look mends it", async () => {
    const { github } = play;
    const site = await play.site(entry.replace("[staging]", "[staging], pullRequest: { autoMerge: true }"));
    await site.push("web:1.4.0");
    const pull = await site.bump();
    const { id } = await play.checkSays(pull, "as described");
    await github.status({ ...site.repository, sha: pull.headSha, context: "ci", state: "pending" });
    await play.quiet();
    const { body } = github.pull(pull);
    const [line = "", text = ""] = hidden.exec(body) ?? [];
    const record = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
    const forged = Buffer.from(JSON.stringify({ ...record, images: [] })).toString("base64");
    await github.editPull({ ...pull, body: body.replace(text, forged), by: "mallory" });
    await github.rerequestCheckRun({ ...site.repository, id });
    const check = await play.checkSays(pull, "no longer says what it brings");
    expect(check.conclusion).toBe("action_required");
    await play.quiet();
    expect(github.pull(pull)).toMatchObject({ state: "open", headSha: pull.headSha });

    await github.editPull({ ...pull, body: body.replace(line, ""), by: "mallory" });
    expect(await play.say(pull, "/retry", "ada")).toContain("Asking the registry again");
    await play.checkSays(pull, "as described");
    expect(github.pull(pull).body).toMatch(hidden);
    play.pass(40_000);
    await github.status({ ...site.repository, sha: pull.headSha, context: "ci", state: "success" });
    expect((await site.bump("closed")).merged).toBe(true);
  });
});

describe("whoever pushes an image", () => {
  it("writes nothing into the pull request by its labels or by commits", async () => {
    const site = await play.site(entry);
    const nasty = "@everyone ![x](http://evil.example/a.png) <img src=x> | `code`\n\n# Heading";
    const { url, commits } = await sourceRepository("nasty", ["Start", `${nasty}\nbody`]);
    await site.push("web:1.2.0", { labels: { [source]: url, [revision]: commits[0] ?? "" } });
    await play.quiet();
    await site.push("web:1.4.0", { labels: { [source]: url, [revision]: commits[1] ?? "", title: nasty } });
    const pull = await site.bump();
    expect(pull.body).toContain("The one commit");
    for (const text of ["@everyone", "![x](", "<img", "\n# Heading"]) expect(pull.body).not.toContain(text);
    await play.quiet();
    for (const [index, link] of [
      "javascript:alert(1)",
      "https://example.com/a/b](http://evil.example) [x",
      "https://example.com/a/b\n- injected",
      "https://user:pass@example.com/a/b",
      `${url}/../../settings`,
      "http://169.254.169.254/latest/meta-data",
    ].entries()) {
      await site.push(`web:1.5.${index}`, { labels: { [source]: link, [revision]: "not a commit" } });
      play.pass(11_000);
      await eventually("the next", () => play.github.pull(pull).title.endsWith(`1.5.${index}`));
      expect(play.github.pull(pull).body).not.toMatch(/has its source|javascript:|evil|injected|169\.254|settings/);
    }
  });

  it("may name tags like numbers and exponents: they are written as text", async () => {
    const overlay = "apps/web/overlays/staging/kustomization.yaml";
    const site = await play.site(
      `  - { image: "{host}/web", policy: { regex: "^[0-9][0-9.e]*$" }, environments: [staging] }\n`,
      {
        [overlay]: `namespace: staging\nresources:\n  - ../../base\nimages:\n  - name: ghcr.io/acme/web\n    newTag: 1.2.0\n`,
      },
    );
    await site.push("web:1.10");
    const pull = await site.bump();
    expect(site.file(overlay, pull.headRef)).toMatch(/newTag: ["']1\.10["']\n$/);
    await play.quiet();
    await site.push("web:2e3");
    await eventually("the newer one", () => play.github.pull(pull).title.includes("2e3"));
    expect(site.file(overlay, pull.headRef)).toMatch(/newTag: ["']2e3["']\n$/);
  });
});
