import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ImagePlay, startImagePlay } from "../support/images.ts";
import { eventually } from "../support/wait.ts";

let play: ImagePlay;
beforeAll(async () => {
  play = await startImagePlay();
});
afterAll(() => play.close());

/** The entry of `web` with these further keys. */
function entry(more = ""): string {
  return `  - { image: "{host}/web", policy: { semver: "^1.0" }, environments: [staging]${more} }\n`;
}

/** What was asked of GitHub by Sluice, without git. */
function calls(github: readonly string[]): readonly string[] {
  return github.filter((one) => !one.includes("access_tokens"));
}

/** What was read of the registry, without what pushes ask. */
function read(registry: readonly string[]): readonly string[] {
  return registry.filter((one) => one.startsWith("GET") || (one.startsWith("HEAD") && one.includes("/manifests/")));
}

describe("what it costs", () => {
  it("to open a pull request: few calls to GitHub, fewer to the registry", async () => {
    const site = await play.site(entry(", pullRequest: { labels: [images] }"));
    await site.push("web:1.2.0");
    const { github, registry } = await play.cost(async () => {
      await site.push("web:1.4.0");
      await site.bump();
    });
    // The pull request, its label and its check take 9 of these, the record of its head 3 the first time and 1 later,
    // the preview the rest.
    expect(calls(github).length, calls(github).join("\n")).toBeLessThanOrEqual(19);
    expect(read(registry).length, read(registry).join("\n")).toBeLessThanOrEqual(10);
  });

  it("to hear of what changes nothing: no call to GitHub at all", async () => {
    const site = await play.site(entry());
    await site.push("web:1.2.0");
    await site.concluded("Nothing changes");
    const { github, registry } = await play.cost(async () => {
      await site.push("web:latest");
      await eventually("the verdict", async () =>
        (await site.log()).results.some(({ tags }) => tags.some(({ tag }) => tag === "latest")),
      );
    });
    expect(github).toEqual([]);
    expect(read(registry).length, read(registry).join("\n")).toBeLessThanOrEqual(3);
  });

  it("to hear once more of what stands in an open pull request: no write", async () => {
    const site = await play.site(entry());
    await site.push("web:1.4.0");
    await site.bump();
    const { github } = await play.cost(() => site.push("web:1.3.0"));
    const writes = calls(github).filter((one) => !one.startsWith("GET"));
    expect(writes, writes.join("\n")).toEqual([]);
    expect(calls(github).length, calls(github).join("\n")).toBeLessThanOrEqual(5);
  });
});
