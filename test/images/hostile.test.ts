import { describe, expect, it } from "vitest";
import type { SourceCommits } from "../../src/model/github.ts";
import { entry, imageWorld } from "./support/memory-world.ts";

const source = "org.opencontainers.image.source";
const revision = "org.opencontainers.image.revision";
/** A repository on the same GitHub. */
const url = "https://github.test/acme/webapp";
const first = "a".repeat(40);
const last = "b".repeat(40);

/** The commits that are between any two of a repository, and what was asked. */
function commits(...titles: readonly string[]): { readonly read: SourceCommits; readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    read: async (_installation, { owner, name }, from, to) => {
      asked.push(`${owner}/${name}`);
      const found = titles.map((title, index) => ({
        sha: `${index + 1}`.repeat(40),
        title,
        author: "ada",
        url: `${url}/commit/${index + 1}`,
      }));
      const compareUrl = `${url}/compare/${from}...${to}`;
      return { commits: found, total: found.length, status: "ahead", behind: 0, compareUrl };
    },
  };
}

describe("the source of an image", () => {
  it("is no more than a link where the old image does not say, and nothing where it is no address", async () => {
    const world = await imageWorld(entry(), {}, commits("First").read);
    await world.release("web:1.4.0", { labels: { [source]: url, [revision]: first } });
    const pull = world.bump();
    expect(pull.body).toContain(`[acme/webapp](${url}) has its source`);
    await world.release("web:1.5.0", { labels: { [source]: "ssh://git@example.com/acme/other" } });
    const { body } = await world.again(pull);
    expect(body).toContain("1.5.0");
    expect(body).not.toContain("has its source");
  });

  it("that another installation covers, or nobody, is not read", async () => {
    const { read, asked } = commits("First");
    const world = await imageWorld(entry(), {}, read);
    const elsewhere = "https://github.com/somebody/elsewhere";
    await world.release("web:1.2.0", { labels: { [source]: elsewhere, [revision]: first } });
    await world.release("web:1.4.0", { labels: { [source]: elsewhere, [revision]: last } });
    expect(world.bump().body).toContain(`[somebody/elsewhere](${elsewhere}) has its source`);
    expect(asked).toEqual([]);
  });
});

describe("whoever may write to the repository", () => {
  const hidden = /<!-- sluice:image:v1 (\S+) (\S+) -->/;

  it("cannot forge what a pull request brings: the check says so, nothing is merged, and the next look mends it", async () => {
    const world = await imageWorld(entry(", pullRequest: { autoMerge: true }"));
    await world.release("web:1.4.0");
    const pull = world.bump();
    const said = async () => `${(await world.check(pull))?.title}\n${(await world.check(pull))?.summary}`;
    expect(await said()).toContain("as described");
    await world.ci(pull, "pending");
    const { body } = await world.again(pull);
    const [line = "", text = ""] = hidden.exec(body) ?? [];
    const record = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
    const forged = Buffer.from(JSON.stringify({ ...record, images: [] })).toString("base64");
    await world.github.updatePullRequest(pull.number, { body: body.replace(text, forged) });
    await world.checkAgain(pull);
    expect(await said()).toContain("no longer says what it brings");
    expect(await world.check(pull)).toMatchObject({ conclusion: "action_required" });
    expect(await world.again(pull)).toMatchObject({ state: "open", head: { sha: pull.head.sha } });

    await world.github.updatePullRequest(pull.number, { body: body.replace(line, "") });
    expect(await world.say("/retry", "ada", pull)).toContain("Asking the registry again");
    expect(await said()).toContain("as described");
    expect((await world.again(pull)).body).toMatch(hidden);
    await world.ci(pull, "passed");
    expect((await world.again(pull)).merged).toBe(true);
  });
});

describe("whoever pushes an image", () => {
  it("writes nothing into the pull request by its labels or by commits", async () => {
    const nasty = "@everyone ![x](http://evil.example/a.png) <img src=x> | `code`\n\n# Heading";
    const world = await imageWorld(entry(), {}, commits(nasty).read);
    await world.release("web:1.2.0", { labels: { [source]: url, [revision]: first } });
    await world.release("web:1.4.0", { labels: { [source]: url, [revision]: last, title: nasty } });
    const pull = world.bump();
    expect(pull.body).toContain("The one commit");
    for (const text of ["@everyone", "![x](", "<img", "\n# Heading"]) expect(pull.body).not.toContain(text);
    for (const [index, link] of [
      "javascript:alert(1)",
      "https://example.com/a/b](http://evil.example) [x",
      "https://example.com/a/b\n- injected",
      "https://user:pass@example.com/a/b",
      `${url}/../../settings`,
      "http://169.254.169.254/latest/meta-data",
    ].entries()) {
      await world.pass(1);
      await world.release(`web:1.5.${index}`, { labels: { [source]: link, [revision]: "not a commit" } });
      const { title, body } = await world.again(pull);
      expect(title.endsWith(`1.5.${index}`)).toBe(true);
      expect(body).not.toMatch(/has its source|javascript:|evil|injected|169\.254|settings/);
    }
  });
});
