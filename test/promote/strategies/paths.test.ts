import { describe, expect, it } from "vitest";
import { planPaths } from "../../../src/promote/strategies/paths.ts";
import { targetIn } from "../../support/memory-renderer.ts";
import type { MemoryEntry } from "../../support/memory-tree.ts";
import { type InputParts, inputOf, lines } from "./support.ts";

/** The plan that carries these keys from one text of `values.yaml` to the other. */
async function plan(source: string, target: string, keys: readonly string[], parts: InputParts = {}) {
  const paths = keys.map((key) => ({ file: "values.yaml", key }));
  const input = await inputOf(
    { "web/staging/values.yaml": source },
    { "web/prod/values.yaml": target },
    { settings: { paths }, ...parts },
  );
  const { changes, ...rest } = await planPaths(input);
  return { ...rest, changes: lines(changes) };
}

/** The target's text after the value at `a` was carried; `undefined` when nothing is to change. */
async function written(source: string, target: string): Promise<string | undefined> {
  const { changes } = await plan(`a: ${source}\n`, `a: ${target}\n`, ["a"]);
  return changes[0]?.replace("write web/prod/values.yaml: a: ", "").trimEnd();
}

describe("a file and a key with names in them", () => {
  const named = (file: string, key: string): InputParts => ({ settings: { paths: [{ file, key }] } });

  it("are those of each side, from the root of the repository after a slash", async () => {
    const input = await inputOf(
      { "envs/staging.yaml": "web.site: { tag: '2' }\nweb: 0\n" },
      { "envs/prod.yaml": "web.site: { tag: '1' }\nweb: 0\n" },
      {
        ...named("/envs/{environment}.yaml", "{app}.tag"),
        source: targetIn("web.site/staging", "web/staging"),
        target: targetIn("web.site/prod", "web/prod"),
      },
    );
    const { versions, changes } = await planPaths(input);
    expect(lines(changes)).toEqual(["write envs/prod.yaml: web.site: { tag: '2' }\nweb: 0\n"]);
    expect(versions).toEqual([{ image: "/envs/prod.yaml: web.site.tag", from: "1", to: "2" }]);
  });

  it("name the item of a list, and are named where they are missing", async () => {
    const texts = ["staging", "prod"].map((name) => `apps:\n  - { for: web-${name}, tag: ${name} }\n`);
    const list = named("values.yaml", "apps[for={app}-{environment}].tag");
    const { changes } = await plan(texts[0] ?? "", texts[1] ?? "", [], list);
    expect(changes).toEqual(["write web/prod/values.yaml: apps:\n  - { for: web-prod, tag: staging }\n"]);
    await expect(plan("a: 1\n", "a: 1\n", [], named("values.yaml", "{app}.tag"))).rejects.toMatchObject({
      message: expect.stringContaining("`web/prod/values.yaml` of web/prod has no `web.tag`"),
    });
  });
});

describe("a value in a file that others read", () => {
  const readers = { "web/prod/values.yaml": [targetIn("web/prod"), targetIn("web/eu")] };

  it("is carried where they render as before, and refused where they do not", async () => {
    const unmoved = ["web/prod/values.yaml"];
    expect((await plan("a: 1\n", "a: 2\n", ["a"], { readers, unmoved })).changes).toHaveLength(1);
    await expect(plan("a: 1\n", "a: 2\n", ["a"], { readers })).rejects.toMatchObject({
      message: "editing `web/prod/values.yaml` would also change web in eu",
    });
  });
});

describe("named values", () => {
  it("are carried, and may change every field that is no image", async () => {
    expect(await plan("a: 1\nb: { c: x }\n", "a: 2\nb: { c: z } # mine\n", ["a", "b.c"])).toEqual({
      versions: [
        { image: "values.yaml: a", from: "2", to: "1" },
        { image: "values.yaml: b.c", from: "z", to: "x" },
      ],
      changes: ["write web/prod/values.yaml: a: 1\nb: { c: x } # mine\n"],
      notes: [],
      expected: {
        images: new Map(),
        names: new Map(),
        texts: [
          ["2", "1"],
          ["z", "x"],
        ],
        beyond: "values",
      },
    });
  });

  it.each([
    ["1", "2", "1"],
    ["true", "false", "true"],
    ["null", "x", "null"],
    ["x", "null", "x"],
    ["'1'", "2", '"1"'],
    ["1", "'1'", "1"],
    ["'1'", "1", '"1"'],
    ["1.10", "1.9", "'1.10'"],
    ["0x10", "1", "'0x10'"],
    ["x", "x", undefined],
    ["x", "'x'", undefined],
    ["1", "1", undefined],
    ["null", "null", undefined],
  ])("of which %s goes over %s become %s", async (source, target, text) => {
    const result = await written(source, target);
    expect(result?.replaceAll("'", '"')).toBe(text?.replaceAll("'", '"'));
  });

  it("are those of the first document that has them", async () => {
    const documents = (value: string) => `x: 1\n---\na: ${value}\n---\na: last\n`;
    const { changes } = await plan(documents("new"), documents("old"), ["a"]);
    expect(changes).toEqual([`write web/prod/values.yaml: ${documents("new")}`]);
  });

  it("are none where none is named", async () => {
    expect(await plan("a: 1\n", "a: 2\n", [])).toMatchObject({ versions: [], changes: [] });
    const input = await inputOf({}, { "web/prod/a.yaml": "{}" });
    expect(await planPaths(input)).toMatchObject({ versions: [], changes: [], expected: { texts: [] } });
  });

  it("stand in the file that the template names for each environment", async () => {
    const input = await inputOf(
      { "web/staging/staging.yaml": "a: 1\n" },
      { "web/prod/prod.yaml": "a: 2\n" },
      { settings: { paths: [{ file: "{environment}.yaml", key: "a" }] } },
    );
    const { versions, changes } = await planPaths(input);
    expect(versions).toEqual([{ image: "prod.yaml: a", from: "2", to: "1" }]);
    expect(lines(changes)).toEqual(["write web/prod/prod.yaml: a: 1\n"]);
  });
});

describe("named values that cannot be carried", () => {
  const fix = "Name single values that are in the files of both targets, or add them.";

  it.each([
    [["a"], "x: 1\n", "a: 2\n", "`web/staging/values.yaml` of web/staging has no `a`"],
    [["a"], "x: 1\n", "y: 2\n", "`web/prod/values.yaml` of web/prod has no `a`"],
    [["a"], "a: [1]\n", "a: 2\n", "`a` in `web/staging/values.yaml` is a list"],
    [["a"], "a: 1\n", "a: { b: 1 }\n", "`a` in `web/prod/values.yaml` is a map"],
    [
      ["a", "b", "a"],
      "x: 1\n",
      "a: 2\n",
      "`web/staging/values.yaml` of web/staging has no `a`; `web/prod/values.yaml` of web/prod has no `b`",
    ],
  ])("are listed, each once: %j of %j over %j", async (keys, source, target, problems) => {
    await expect(plan(source, target, keys)).rejects.toMatchObject({
      kind: "refused",
      message: `the values cannot be carried: ${problems}`,
      fix,
    });
  });

  it.each<readonly [string, Record<string, MemoryEntry>, Record<string, MemoryEntry>, string]>([
    [
      "the source has none",
      {},
      { "web/prod/values.yaml": "a: 1\n" },
      "web/staging has no file `web/staging/values.yaml`",
    ],
    ["the target has none", { "web/staging/values.yaml": "a: 1\n" }, {}, "web/prod has no file `web/prod/values.yaml`"],
    [
      "it is a link",
      { "web/staging/values.yaml": "a: 1\n" },
      { "web/prod/values.yaml": { link: "other.yaml" } },
      "web/prod has no file `web/prod/values.yaml`",
    ],
  ])("stand in a file of which %s", async (_, source, target, problem) => {
    const paths = [{ file: "values.yaml", key: "a" }];
    const input = await inputOf(source, target, { settings: { paths } });
    await expect(planPaths(input)).rejects.toMatchObject({
      message: `the values cannot be carried: ${problem}`,
      fix,
    });
  });

  it("stand in a file that others read, unless nothing is to change", async () => {
    const readers = { "web/prod/values.yaml": [targetIn("web/prod"), targetIn("web/eu")] };
    await expect(
      plan("a: 1\n", "a: 2\n", ["a"], { readers, settings: { paths: [{ file: "values.yaml", key: "a" }] } }),
    ).rejects.toMatchObject({
      kind: "refused",
      message: "editing `web/prod/values.yaml` would also change web in eu",
    });
    const same = plan("a: 1\n", "a: 1\n", [], { readers, settings: { paths: [{ file: "values.yaml", key: "a" }] } });
    expect(await same).toMatchObject({ changes: [] });
  });
});
