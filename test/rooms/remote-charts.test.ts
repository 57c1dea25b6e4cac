import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryRef } from "../../sandbox/index.ts";
import { example, filesIn, type SampleSources, startSampleSources } from "../support/local-sources.ts";
import { type Play, startPlay } from "../support/play.ts";

let served: SampleSources;
let play: Play;
let repository: RepositoryRef;
beforeAll(async () => {
  served = await startSampleSources();
  play = await startPlay({ settings: { sources: served.settings } });
  const address = `${play.github.url}/acme/flux-shop`;
  const files = Object.entries(filesIn(example("flux"))).map(
    ([path, text]) => [path, text.replaceAll("https://github.com/acme/flux-shop", () => address)] as const,
  );
  repository = await play.github.createRepository({
    ...{ owner: "acme", name: "flux-shop" },
    files: Object.fromEntries(files),
  });
});
afterAll(async () => {
  await play.close();
  await served.close();
});

const file = (path: string): string => play.file(repository, "main", path);

describe("a pull request to a repository of Flux", () => {
  it("that bumps a chart in a registry shows what the new chart does in each cluster", async () => {
    const path = "apps/base/webapp/chart.yaml";
    const pull = await play.propose(repository, { [path]: file(path).replace("tag: 1.4.0", "tag: 1.5.0") });
    const { check, comment } = await play.answer(pull);
    expect(comment.body).toContain("runAsNonRoot: true");
    expect(comment.body).toMatch(/1\.4\.0.*1\.5\.0/);
    expect(comment.body).toContain("staging");
    expect(comment.body).toContain("production");
    expect(comment.body).not.toContain("not fetched");
    expect(check.conclusion, comment.body).toBe("success");
  });

  it("that names another registry is told that nothing is fetched from there", async () => {
    const path = "apps/base/webapp/chart.yaml";
    const asked = served.requests().length;
    const pull = await play.propose(repository, {
      [path]: file(path).replace("registry.acme.example", "registry.elsewhere.example"),
    });
    const { check, comment } = await play.answer(pull);
    expect(comment.body).toContain("not fetched");
    expect(comment.body).toContain("registry.elsewhere.example");
    expect(check.conclusion, comment.body).toBe("neutral");
    expect(
      served
        .requests()
        .slice(asked)
        .filter((one) => one.includes("/v2/")),
    ).toEqual([]);
  });
});
