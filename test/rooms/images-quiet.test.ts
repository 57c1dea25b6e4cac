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

describe("the event log", () => {
  it("says of an image that nobody asks for that nobody does", async () => {
    const site = await play.site(entry());
    await site.push("stranger:1.0.0");
    const { results, events } = await site.concluded("no repository's configuration names this image", "stranger");
    expect(results).toHaveLength(1);
    expect(events).toMatchObject([{ hook: "local" }]);
    expect(site.bumps()).toEqual([]);
  });

  it("says why each tag was not taken", async () => {
    const site = await play.site(entry());
    for (const tag of ["1.1.0", "2.0.0", "1.5.0-rc.1", "nightly"]) await site.push(`web:${tag}`);
    await site.push("web:1.2.0");
    play.pass(11_000);
    await site.push("web:1.2.0");
    const { results } = await eventually("all verdicts", async () => {
      const found = await site.log();
      return (found.results[0]?.tags.length ?? 0) >= 5 ? found : undefined;
    });
    const reasons = new Map(results[0]?.tags.map(({ tag, reason }) => [tag, reason]));
    expect(reasons.get("1.1.0")).toContain("lower than");
    expect(reasons.get("2.0.0")).toContain("not in");
    expect(reasons.get("1.5.0-rc.1")).toContain("pre-release");
    expect(reasons.get("nightly")).toContain("version");
    expect(results[0]?.summary).toContain("Nothing changes");
    expect(site.bumps()).toEqual([]);
  });

  it("says what is wrong with a configuration that was broken since", async () => {
    const site = await play.site(entry());
    await play.quiet();
    const config = site.file(".sluice.yaml");
    await site.commit({ ".sluice.yaml": `${config}nonsense: true\n` });
    await play.quiet();
    await site.push("web:1.4.0");
    await site.concluded("nonsense");
    expect(site.bumps()).toEqual([]);
    await site.commit({ ".sluice.yaml": config });
    expect((await site.bump()).title).toContain("1.4.0");
  });
});

describe("a minimum age", () => {
  it("makes a young build wait, and takes it as soon as it is old enough, without an event", async () => {
    const site = await play.site(entry(", minimumAge: 1h"));
    await site.push("web:1.4.0", { created: new Date(play.now() - 3_600_000 + 600_000) });
    const { results } = await site.concluded("is not old enough until");
    expect(results[0]?.summary).toMatch(/1\.4\.0 is not old enough until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
    await play.quiet();
    expect(site.bumps()).toEqual([]);
    play.pass(610_000);
    expect((await site.bump()).title).toContain("1.2.0 → 1.4.0");
  });
});

describe("polling", () => {
  it("finds a tag of which no event told, and only where it is asked for", async () => {
    const events = await play.site(entry());
    play.registry.setNotifications(undefined);
    const site = await play.site(entry(", poll: 1m"));
    await play.quiet();
    await events.push("web:1.4.0");
    await site.push("web:1.4.0");
    await play.quiet();
    expect(site.bumps()).toEqual([]);
    play.pass(65_000);
    expect((await site.bump()).title).toContain("1.2.0 → 1.4.0");
    expect(events.bumps()).toEqual([]);
    play.listen();
  });
});
