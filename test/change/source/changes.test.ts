import { describe, expect, it } from "vitest";
import { type SourcePorts, sourceChanges } from "../../../src/change/source/changes.ts";
import type { SourceCommit, SourceComparison } from "../../../src/model/github.ts";
import { memoryLog } from "../../webhooks/fakes.ts";

const [old, fresh] = ["a".repeat(40), "b".repeat(40)];
const url = "https://github.com/acme/web";

/** An image with these labels. */
function image(source: string | undefined, revision?: string) {
  return {
    labels: {
      ...(source !== undefined && { "org.opencontainers.image.source": source }),
      ...(revision !== undefined && { "org.opencontainers.image.revision": revision }),
    },
  };
}

function commit(sha: string) {
  return { sha, title: `Title of ${sha}`, author: "Ada", url: `${url}/commit/${sha}` };
}

/** What GitHub says lies between two commits. */
function comparison(commits: readonly SourceCommit[], total: number): SourceComparison {
  return { commits, total, status: "ahead", behind: 0, compareUrl: "https://github.com/another/page" };
}

/** Ports of a GitHub that answers with this comparison, or fails; and what it was asked. */
function ports(answer?: SourceComparison | Error, webUrl = "https://github.com") {
  const asked: unknown[] = [];
  const log = memoryLog();
  const source: SourcePorts["source"] = async (...args) => {
    asked.push(args);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, log, ports: { source, webUrl, log } satisfies SourcePorts };
}

const where = { installationId: 5, repository: { owner: "acme", name: "gitops" } };

function between(before: ReturnType<typeof image> | undefined, after: ReturnType<typeof image>, world = ports()) {
  return sourceChanges(world.ports, { where }, before, after);
}

/** The page that is taken from a label. */
async function pageOf(source: string): Promise<string | undefined> {
  return (await between(undefined, image(source)))?.url;
}

describe("the repository that an image is built from", () => {
  it.each([
    [url, url],
    [` ${url}.git `, url],
    [`${url}///`, url],
    ["https://gitlab.example.com:8443/group/sub/web", "https://gitlab.example.com:8443/group/sub/web"],
    ["https://host/a/b/c/d/e/f", "https://host/a/b/c/d/e/f"],
    ["http://127.0.0.1:3000/acme/web", "http://127.0.0.1:3000/acme/web"],
    ["http://localhost/acme/web", "http://localhost/acme/web"],
    ["https://github.com/acme/.github", "https://github.com/acme/.github"],
    ["https://github.com/acme/..web", "https://github.com/acme/..web"],
  ])("is what the label %s names", async (label, page) => {
    expect(await pageOf(label)).toBe(page);
  });

  it.each([
    "",
    "https://github.com/acme",
    "https://host/a/b/c/d/e/f/g",
    "http://github.com/acme/web",
    "http://localhost/acme/web/more",
    "https://github.com:123456/acme/web",
    "https://user@github.com/acme/web",
    "https://github.com/acme/web?x=1",
    "https://github.com/acme/web](http://evil)",
    "https://github.com/acme/web/../../settings",
    "https://github.com/../web",
    "https://github.com/acme/..",
    "http://localhost/./web",
    "javascript:alert(1)",
    "see https://github.com/acme/web",
    "see http://localhost/acme/web",
  ])("is not known by the label %j", async (label) => {
    expect(await pageOf(label)).toBeUndefined();
  });

  it("is not known without a label", async () => {
    expect(await between(image(url, old), image(undefined, fresh))).toBeUndefined();
  });
});

describe("what lies between two images", () => {
  const linkOnly = { url, compareUrl: undefined, commits: [], total: 0 };

  it("is the commits between their revisions, newest first, and a page that compares", async () => {
    const world = ports(comparison([commit("1"), commit("2")], 7));
    expect(await between(image(url, old), image(url, ` ${fresh.toUpperCase()} `), world)).toEqual({
      url,
      compareUrl: `${url}/compare/${old}...${fresh}`,
      commits: [commit("2"), commit("1")],
      total: 7,
    });
    expect(world.asked).toEqual([[5, { owner: "acme", name: "web" }, old, fresh]]);
  });

  it.each([
    ["the one before is not known", undefined, image(url, fresh)],
    ["the one before has no labels", image(undefined), image(url, fresh)],
    ["the one before was built from another repository", image("https://github.com/acme/old", old), image(url, fresh)],
    ["the one before has no revision", image(url), image(url, fresh)],
    ["the new one has no revision", image(url, old), image(url)],
    ["both have the same revision", image(url, old), image(url, old)],
    ["a revision is short", image(url, "abc1234"), image(url, fresh)],
    ["a revision has 41 digits", image(url, `${old}a`), image(url, fresh)],
    ["a revision is a name", image(url, old), image(url, `v${fresh}`)],
    [
      "it is elsewhere than on this GitHub",
      image("https://gitlab.com/acme/web", old),
      image("https://gitlab.com/acme/web", fresh),
    ],
    ["it has a longer name than on GitHub", image(`${url}/sub`, old), image(`${url}/sub`, fresh)],
  ])("is a link alone where %s", async (_, before, after) => {
    const world = ports(comparison([commit("1")], 1));
    const page = await between(before, after, world);
    expect(page).toEqual({ ...linkOnly, url: page?.url });
    expect(world.asked).toEqual([]);
  });

  it("takes revisions of 64 digits", async () => {
    const [one, two] = ["c".repeat(64), "d".repeat(64)];
    expect((await between(image(url, one), image(url, two)))?.compareUrl).toBe(`${url}/compare/${one}...${two}`);
  });

  it("is the page that compares where the App may not read the repository", async () => {
    const expected = { ...linkOnly, compareUrl: `${url}/compare/${old}...${fresh}` };
    expect(await between(image(url, old), image(url, fresh), ports(undefined))).toEqual(expected);
    const alone = { webUrl: "https://github.com", log: memoryLog() };
    expect(await sourceChanges(alone, { where }, image(url, old), image(url, fresh))).toEqual(expected);
  });

  it("is the page that compares when GitHub does not answer, which the log says", async () => {
    const world = ports(new Error("no answer"));
    expect(await between(image(url, old), image(url, fresh), world)).toMatchObject({ commits: [], total: 0 });
    expect(world.log.lines.join()).toContain("the commits between two images could not be read");
    expect(world.log.lines.join()).toContain("no answer");
  });
});
