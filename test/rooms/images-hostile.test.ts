import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type ImagePlay, startImagePlay } from "../support/images.ts";
import { eventually } from "../support/wait.ts";

let play: ImagePlay;
beforeAll(async () => {
  play = await startImagePlay();
});
afterAll(() => play.close());

const day = 24 * 3_600_000;
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
});

describe("whoever may write to the repository", () => {
  it("does nothing with a fork's branch of the same name", async () => {
    const { github } = play;
    // Ours must not become so old meanwhile that it is merged.
    play.pass(-day);
    onTestFinished(() => play.pass(day));
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
});

describe("whoever pushes an image", () => {
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
