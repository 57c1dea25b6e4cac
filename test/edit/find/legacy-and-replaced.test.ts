import { describe, expect, it } from "vitest";
import { overrideFor } from "../../../src/edit/find/index.ts";
import { settingLines } from "./support/setting-lines.ts";
import { kustomize, targetsOf } from "./support/target.ts";

const { target } = targetsOf();
const own = "o/kustomization.yaml";
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      containers:
        - name: web
          image: web:1
`;
const base = { "b/kustomization.yaml": "resources: [d.yaml]\n", "b/d.yaml": deployment };

async function overridden(kustomization: string) {
  const before = await target({ ...base, [own]: kustomization }, kustomize("o"));
  const setting = before.found.settings.find(({ file }) => file === "b/d.yaml");
  if (setting === undefined) throw new Error("the manifest is not found");
  const wanted = { tag: "9", digest: "" };
  const edits = overrideFor(setting, wanted, before.found, { file: own, bytes: await before.bytes(own) });
  return before.edited(edits ?? []);
}

describe("the images of old kustomizations", () => {
  it("are found under `imageTags`", async () => {
    const { found, images } = await target(
      { ...base, [own]: "resources: [../b]\nimageTags:\n  - { name: web, newTag: '2' }\n" },
      kustomize("o"),
    );
    expect(images).toEqual(["web:2"]);
    expect(settingLines(found.settings)[0]).toBe("o/kustomization.yaml kustomize-image web: tag=2");
  });

  it("get new items where they have some already", async () => {
    const after = await overridden("resources: [../b]\nimageTags:\n  - name: redis\n    newTag: '2'\n");
    expect(after.images).toEqual(["web:9"]);
    expect(await after.text(own)).toBe(
      "resources: [../b]\nimageTags:\n  - name: redis\n    newTag: '2'\n  - name: web\n    newTag: \"9\"\n",
    );
  });
});

describe("`images`", () => {
  it.each([
    ["nothing", "resources: [../b]\nimages:\n"],
    ["an empty list", "resources: [../b]\nimages: []\n"],
    ["no key", "resources: [../b]"],
  ])("gets its first item where there is %s", async (_, text) => {
    expect((await overridden(text)).images).toEqual(["web:9"]);
  });

  it("may name an image with its tag", async () => {
    const { found, images } = await target(
      { ...base, [own]: "resources: [../b]\nimages: [{ name: 'web:1', newTag: '2' }]\n" },
      kustomize("o"),
    );
    expect(images).toEqual(["web:2"]);
    expect(settingLines(found.settings)).toEqual([
      "o/kustomization.yaml kustomize-image web: tag=2",
      "b/d.yaml manifest web: whole=web:1 < o/kustomization.yaml:2",
    ]);
  });
});

describe("an image that a replacement writes", () => {
  const source = "source: { kind: ConfigMap, name: versions, fieldPath: data.web }";
  const targets =
    "targets: [{ select: { kind: Deployment }, fieldPaths: ['spec.template.spec.containers.[name=web].image'] }]";
  const versions = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: versions }\ndata: { web: 'web:7' }\n";

  it("is a problem, with the line of the replacement", async () => {
    const { found, images } = await target(
      {
        ...base,
        "o/versions.yaml": versions,
        [own]: `resources: [../b, versions.yaml]\nreplacements:\n  - ${source}\n    ${targets}\n`,
      },
      kustomize("o"),
    );
    expect(images).toEqual(["web:7"]);
    expect(found.problems).toEqual([
      { file: own, line: 3, message: "`replacements` write an image from another field: the version is set there" },
    ]);
  });

  it("is a problem in a file of replacements too", async () => {
    const { found } = await target(
      {
        ...base,
        "o/versions.yaml": versions,
        "o/r.yaml": `- ${source}\n  ${targets}\n`,
        [own]: "resources: [../b, versions.yaml]\nreplacements: [{ path: r.yaml }]\n",
      },
      kustomize("o"),
    );
    expect(found.problems).toMatchObject([{ file: "o/r.yaml", line: 1 }]);
  });

  it("is none where it writes something else", async () => {
    const { found } = await target(
      {
        ...base,
        "o/versions.yaml": versions,
        [own]: `resources: [../b, versions.yaml]\nreplacements:\n  - ${source}\n    targets: [{ select: { kind: Deployment }, fieldPaths: [metadata.name] }]\n`,
      },
      kustomize("o"),
    );
    expect(found.problems).toEqual([]);
  });
});
