import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { previewCheck, previewComment } from "../../src/diff/index.ts";
import { type LocalRepository, openRepository } from "../../src/git/repository.ts";
import { COMMENT_LIMIT, OUTPUT_LIMIT } from "../../src/github/limits.ts";
import type { Preview } from "../../src/model/preview.ts";
import type { Renderer } from "../../src/model/render.ts";
import type { Repository } from "../../src/model/tree.ts";
import { computePreview } from "../../src/preview/compute.ts";
import { exact, ParsedRenders } from "../../src/render/parsed-renders.ts";
import { sharedRenderer } from "../render/support/engines.ts";
import { memoryRenderer } from "../support/memory-renderer.ts";
import { memoryRepository } from "../support/memory-repository.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";

type Files = Readonly<Record<string, string>>;

async function previewOf(repository: Repository, renderer: Renderer, base: string, head: string): Promise<Preview> {
  const signal = AbortSignal.timeout(600_000);
  const outcome = await computePreview(
    { repository, base, head, fingerprintKey: new Uint8Array(32), signal },
    { renderer },
  );
  if (outcome.kind !== "preview") throw new Error(JSON.stringify(outcome.problems));
  return outcome.preview;
}

const config = "version: 1\nenvironments:\n  - name: prod\n    path: apps/{app}\n";

/** Of the first files and the second, in memory. */
function inMemory(before: Files, after: Files): Promise<Preview> {
  const repository = memoryRepository();
  const base = repository.commit({ ".sluice.yaml": config, ...before });
  const head = repository.commit({ ".sluice.yaml": config, ...before, ...after }, { parents: [base] });
  return previewOf(repository, memoryRenderer(), base, head);
}

const map = (name: string, text: string) =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name} }, data: { a: ${text} } }\n`;

const many = (count: number, entry: (index: number) => readonly [string, string]): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => entry(index)));

/** What is posted fits into GitHub, whatever there is to say. */
function expectToFit(preview: Preview): void {
  expect(previewComment(preview).body.length).toBeLessThanOrEqual(COMMENT_LIMIT);
  const { text, summary } = previewCheck(preview);
  expect(Math.max(text?.length ?? 0, summary.length)).toBeLessThanOrEqual(OUTPUT_LIMIT);
}

describe("a pull request with more than 3,000 changed files, where GitHub's own list ends", () => {
  it("has them all compared: Git says what changed", async () => {
    const files = (text: string) => many(3_001, (at) => [`apps/web/map-${at}.yaml`, map(`map-${at}`, text)]);
    const preview = await inMemory(files("one"), files("two"));
    expect(preview.changedFiles).toBe(3_001);
    expect(preview.targets[0]?.changes).toHaveLength(3_001);
    expect(preview.completeness).toMatchObject({ affected: 1, rendered: 1, failed: 0 });
    expectToFit(preview);
  });
});

describe("a pull request with 1,000 affected targets", () => {
  it("has one comment that fits, and counts all of them", async () => {
    const files = (text: string) => many(1_000, (at) => [`apps/app-${at}/map.yaml`, map("settings", `${text}-${at}`)]);
    const preview = await inMemory(files("one"), files("two"));
    expect(preview.completeness).toMatchObject({ targets: 1_000, affected: 1_000, rendered: 1_000 });
    expect(previewComment(preview).body).toContain("1,000");
    expectToFit(preview);
  });

  it("has each result in no more room than it takes", () => {
    const chunk = new Uint8Array(65_536).fill(7);
    expect(exact(chunk)).toBe(chunk);
    const own = exact(chunk.subarray(100, 300));
    expect([own.length, own.buffer.byteLength]).toEqual([200, 200]);
    expect(own).toEqual(chunk.subarray(100, 300));
  });

  it("has their results packed, and few of them parsed at a time", () => {
    const parsed = new ParsedRenders(100_000);
    const texts = [1, 2, 3].map((at) =>
      JSON.stringify([{ object: { kind: "ConfigMap", at, text: "x".repeat(60_000) } }]),
    );
    const held = texts.map((text) => parsed.hold(text, Buffer.from(text)).resources);
    const first = held[0]?.();
    expect(held[0]?.()).toBe(first);
    for (const [index, resources] of held.entries()) expect(resources()).toMatchObject([{ object: { at: index + 1 } }]);
    expect(held[0]?.()).toEqual(first);
    expect(held[0]?.()).not.toBe(first);
  });
});

describe("the engine takes what is large", () => {
  let temp: TempGit;
  let repository: LocalRepository;
  beforeAll(() => {
    temp = tempGit();
    repository = openRepository(temp.dir);
  });
  afterAll(async () => {
    await repository.close();
    temp.remove();
  });
  const preview = (before: Files, after: Files) => {
    const base = temp.commit(before);
    return previewOf(repository, sharedRenderer(), base, temp.commit(after));
  };

  it("a bundle of custom resource definitions of 5 MB, of which one field changes", async () => {
    const fields = many(400, (at) => [
      `field${at}`,
      `{ type: string, description: "${"What it is for. ".repeat(10)}" }`,
    ]);
    const properties = Object.entries(fields)
      .map(([name, schema]) => `                ${name}: ${schema}\n`)
      .join("");
    const definition = (at: number) => `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things${at}.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Thing${at}, plural: things${at} }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
${properties}`;
    const bundle = Array.from({ length: 60 }, (_, at) => definition(at)).join("");
    expect(bundle.length).toBeGreaterThan(5_000_000);
    const files = (text: string) => ({
      "crds/bundle.yaml": text,
      "crds/kustomization.yaml": "resources: [bundle.yaml]\n",
    });
    const found = await preview(files(bundle), files(bundle.replace("type: string", "type: integer")));
    expect(found.completeness).toMatchObject({ affected: 1, rendered: 1, failed: 0 });
    expect(found.targets[0]?.changes).toHaveLength(1);
    expectToFit(found);
  });

  it("a chart of 3 MB, of which one value changes", async () => {
    const text = "a line of the chart that fills it with what it has to say";
    const template = (at: number) => `apiVersion: v1
kind: ConfigMap
metadata: { name: map-${at}, labels: { release: "{{ .Values.release }}" } }
data:
${Array.from({ length: 450 }, (_, line) => `  line-${line}: "${text}"\n`).join("")}`;
    const chart = {
      "apps/big/Chart.yaml": "apiVersion: v2\nname: big\nversion: 1.0.0\n",
      ...many(100, (at) => [`apps/big/templates/map-${at}.yaml`, template(at)]),
    };
    expect(Object.values(chart).join("").length).toBeGreaterThan(3_000_000);
    const files = (release: string) => ({
      ".sluice.yaml": config,
      ...chart,
      "apps/big/values.yaml": `release: "${release}"\n`,
    });
    const found = await preview(files("one"), files("two"));
    expect(found.completeness).toMatchObject({ affected: 1, rendered: 1, failed: 0 });
    expect(found.targets[0]?.changes).toHaveLength(100);
    expectToFit(found);
  });
});
