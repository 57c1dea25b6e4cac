import { describe, expect, it } from "vitest";
import { applyEdits, findMarkers, findSettings, type MarkerSetting, versionEdits } from "../../../src/edit/index.ts";
import type { Trace } from "../../../src/model/render.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { digestOf, filesBelow, fixtures, lineOf } from "./support/repository.ts";

const tree = memoryTree(
  Object.fromEntries(
    Object.entries(filesBelow(fixtures)).flatMap(([file, text]) =>
      file.startsWith("marked/") ? [[file.slice("marked/".length), text]] : [],
    ),
  ),
);
const kustomize: RenderSpec = { kind: "kustomize", path: "app", options: {} };
const read = (...files: readonly string[]): Trace => files.map((file) => [file, "file", "0"]);
const all = read("app/kustomization.yaml", "app/release.yaml", "app/traps.yaml");
const [one, two] = [digestOf("1"), digestOf("2")];

/** Of a marked value: its policy and part, its path, the image and what it says, what is in the way. */
function markerLine({ marker: { policy, part }, subject, document, at, ...setting }: MarkerSetting): string {
  const value = setting[part];
  const path = [...at, value?.path.at(-1)].join(".");
  const blocked = value?.blocked === undefined ? "" : ` (${value.blocked})`;
  return `${policy.namespace}:${policy.name} ${part} ${document}/${path} ${subject.name ?? "?"} ${value?.value.trim()}${blocked} :${value?.line}`;
}

describe("values with a marker", () => {
  it("are found in whatever object, with the policy and what of the image they are", async () => {
    const { markers, problems } = await findMarkers(
      kustomize,
      read("app/kustomization.yaml", "app/release.yaml"),
      tree,
    );
    expect(markers.map(markerLine)).toEqual([
      "flux-system:proxy tag 0/images.0.newTag ghcr.io/acme/proxy 1.0.0 :7",
      "flux-system:webapp-chart tag 0/spec.chart.spec.version ? 6.5.0 :9",
      "flux-system:webapp name 0/spec.values.image.repository ghcr.io/acme/webapp ghcr.io/acme/webapp :13",
      "flux-system:webapp tag 0/spec.values.image.tag ghcr.io/acme/webapp 1.10 :14",
      "flux-system:webapp digest 0/spec.values.image.digest ghcr.io/acme/webapp  :15",
      "flux-system:proxy whole 0/spec.values.sidecar.image ghcr.io/acme/proxy ghcr.io/acme/proxy:1.0.0 :17",
      "flux-system:webapp name 1/spec.images.0.newName ghcr.io/acme/webapp ghcr.io/acme/webapp :26",
      "flux-system:webapp tag 1/spec.images.0.newTag ghcr.io/acme/webapp v1 :27",
      "flux-system:manifests tag 2/spec.ref.tag ? 0.1.0 :41",
      "flux-system:manifests digest 2/spec.ref.digest ?  :42",
    ]);
    expect(problems).toEqual([]);
  });

  it("are those of the policies that are asked for", async () => {
    const wanted = ({ namespace, name }: { namespace: string; name: string }) =>
      `${namespace}:${name}` === "other:webapp";
    const { markers, problems } = await findMarkers(kustomize, all, tree, { wanted });
    expect(markers.map(markerLine)).toEqual(["other:webapp tag 0/spec.other ? 1.0.0 :16"]);
    expect(problems.map(({ message }) => message)).not.toContain(expect.stringContaining("single value"));
  });

  it("cannot always be changed, and a comment is not always a marker: both are named in the problems", async () => {
    const { markers, problems } = await findMarkers(kustomize, read("app/traps.yaml"), tree);
    expect(markers.map(markerLine)).toEqual([
      "flux-system:webapp whole 0/spec.flow.image ghcr.io/acme/webapp ghcr.io/acme/webapp:1 :5",
      "flux-system:webapp tag 0/spec.anchored ? 1.0.0 (anchor) :12",
      "flux-system:webapp tag 0/spec.aliased ? 1.0.0 (alias) :13",
      "flux-system:webapp tag 0/spec.block ? 1.0.0 (text block) :14",
      "other:webapp tag 0/spec.other ? 1.0.0 :16",
      "flux-system:webapp tag 0/spec.spaced ? 1.0.0 :17",
      "flux-system:webapp tag 0/spec.twice ? 1.0.0 :21",
    ]);
    expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      "7: The image policy marker is not valid: the whole comment has to be a JSON object",
      "9: The image policy marker is not valid: `flux-system:webapp:repo` is not `namespace:name`, alone or followed by `:name`, `:tag` or `:digest`",
      "10: The image policy marker is not valid: the values of its object have to be texts",
      "6: The image policy marker `flux-system:webapp:tag` belongs to no single value",
      "21: The image policy marker `flux-system:webapp:tag` is the second of its value, and is the one that counts",
    ]);
  });

  it("are searched in YAML files alone: a template with a marker is a problem, one without is not", async () => {
    const spec: RenderSpec = { kind: "helm", path: "chart", options: { releaseName: "r" } };
    const { markers, problems } = await findMarkers(spec, [["chart", "tree", "0"]], tree);
    expect(markers.map(markerLine)).toEqual(["flux-system:webapp tag 0/image.tag ghcr.io/acme/webapp 1.4.0 :4"]);
    expect(problems).toMatchObject([{ file: "chart/templates/pod.yaml" }]);
  });

  it("are left out in files that a folder's globs leave out", async () => {
    const spec: RenderSpec = { kind: "plain", path: "app", options: { exclude: ["traps.yaml", "kustomization.yaml"] } };
    const { markers } = await findMarkers(spec, [["app", "tree", "0"]], tree);
    expect(new Set(markers.map(({ file }) => file))).toEqual(new Set(["app/release.yaml"]));
    const other: RenderSpec = { kind: "plain", path: "other", options: {} };
    expect((await findMarkers(other, [["", "tree", "0"]], tree)).markers).toEqual([]);
  });

  it("know of the settings of the same value", async () => {
    const files = memoryTree({
      "base/kustomization.yaml": "resources: [d.yaml]\n",
      "base/d.yaml":
        'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n    - name: w\n      image: web:1 # {"$imagepolicy": "a:b"}\n',
      "app/kustomization.yaml": "resources: [../base]\nimages: [{ name: web, newName: reg/web, newTag: '2' }]\n",
    });
    const trace = read("base/kustomization.yaml", "base/d.yaml", "app/kustomization.yaml");
    const { settings } = await findSettings(kustomize, trace, files);
    const { markers } = await findMarkers(kustomize, trace, files, { known: settings });
    expect(markers.map(lineOf)).toEqual(["marker reg/web web:1 | base/d.yaml:7 <- app/kustomization.yaml:2"]);
  });

  it.each(["newName", "repository", "repo", "image", "imageName", "name"])(
    "have the image's name beside them: under `%s`",
    async (key) => {
      const text = `a:\n  newName: ''\n  ${key}: web\n  t: '1' # {"$imagepolicy": "a:b:tag"}\n`;
      const file = "app/kustomization.yaml";
      const { markers } = await findMarkers(kustomize, read(file), memoryTree({ [file]: text }));
      expect(markers.map(({ subject }) => subject)).toEqual([{ kind: "image", name: "web" }]);
    },
  );

  it("have the image's name in themselves, or marked beside them in the same document", async () => {
    const file = "app/kustomization.yaml";
    const text = `repository: other
whole: web:1 # {"$imagepolicy": "a:b"}
name: api # {"$imagepolicy": "a:b:name"}
tag: '1' # {"$imagepolicy": "a:b:tag"}
---
tag: '1' # {"$imagepolicy": "a:b:tag"}
---
- '1' # {"$imagepolicy": "a:b:tag"}
`;
    const { markers } = await findMarkers(kustomize, read(file), memoryTree({ [file]: text }));
    expect(markers.map(({ subject }) => subject.name)).toEqual(["web", "api", "api", undefined, undefined]);
  });

  it("are no problem where a comment for people only looks like one", async () => {
    const file = "app/kustomization.yaml";
    const text = '# {"$imagepolicy": 1}\na: 1\n# Mark it with {"$imagepolicy": "a:b"}.\nb: 2\n';
    expect(await findMarkers(kustomize, read(file), memoryTree({ [file]: text }))).toEqual({
      markers: [],
      problems: [],
    });
  });

  it("marks what SOPS encrypted", async () => {
    const files = memoryTree({ "app/kustomization.yaml": 'a: 1 # {"$imagepolicy": "a:b:tag"}\nsops: { mac: x }\n' });
    const { markers } = await findMarkers(kustomize, read("app/kustomization.yaml"), files);
    expect(markers.map(markerLine)).toEqual(["a:b tag 0/a ? 1 (encrypted) :1"]);
  });
});

/** The file after all of its markers got the version. */
async function edited(text: string, wanted: { tag: string; digest: string; name?: string }): Promise<string> {
  const file = "app/kustomization.yaml";
  const { markers } = await findMarkers(kustomize, read(file), memoryTree({ [file]: text }));
  const edits = markers.flatMap((marker) => {
    const made = versionEdits(marker, wanted);
    if ("refused" in made) throw new Error(made.refused);
    return made;
  });
  return Buffer.from(applyEdits(file, Buffer.from(text), edits).bytes).toString();
}

describe("a value with a marker becomes", () => {
  const marked = (value: string, part = "") => `a:   ${value}  # {"$imagepolicy": "ns:web${part}"} \r\nb: 1\r\n`;
  it.each([
    ["the whole image, with the name that it has", marked("web:1"), { tag: "1.10", digest: "" }, marked("web:1.10")],
    ["an image with a digest", marked("'web:1'"), { tag: "2", digest: one }, marked(`'web:2@${one}'`)],
    ["an image by its digest alone", marked(`web:1@${two}`), { tag: "", digest: one }, marked(`web@${one}`)],
    [
      "an image with another name",
      marked("web:1"),
      { tag: "2", digest: "", name: "r:5000/web" },
      marked("r:5000/web:2"),
    ],
    ["the name", marked("web", ":name"), { tag: "2", digest: "", name: "r/web" }, marked("r/web", ":name")],
    ["the name that it has", marked("web", ":name"), { tag: "2", digest: "" }, marked("web", ":name")],
    [
      "a tag that YAML would take for a number",
      marked("1.9", ":tag"),
      { tag: "1.10", digest: "" },
      marked('"1.10"', ":tag"),
    ],
    ["a tag in its quotes", marked("'1.9'", ":tag"), { tag: "1e3", digest: one }, marked("'1e3'", ":tag")],
    ["a tag with the digest in it", marked(`1@${two}`, ":tag"), { tag: "2", digest: one }, marked(`2@${one}`, ":tag")],
    ["a tag that loses the digest in it", marked(`1@${two}`, ":tag"), { tag: "v2", digest: "" }, marked("v2", ":tag")],
    ["a digest", marked(two, ":digest"), { tag: "2", digest: one }, marked(one, ":digest")],
  ])("%s", async (_, before, wanted, after) => {
    expect(await edited(before, wanted)).toBe(after);
    expect(await edited(after, wanted)).toBe(after);
  });

  it("what is wanted where nothing is written yet, or on the next line", async () => {
    const wanted = { tag: "1.10", digest: one, name: "web" };
    expect(await edited('a: # {"$imagepolicy": "a:b:tag"}\nb: ~ # {"$imagepolicy": "a:b"}\n', wanted)).toBe(
      `a: "1.10" # {"$imagepolicy": "a:b:tag"}\nb: web:1.10@${one} # {"$imagepolicy": "a:b"}\n`,
    );
    expect(await edited('a: # {"$imagepolicy": "a:b:tag"}\n  1.9\n', wanted)).toBe(
      'a: # {"$imagepolicy": "a:b:tag"}\n  "1.10"\n',
    );
    expect(await edited('{ "a": "1.9", # {"$imagepolicy": "a:b:tag"}\n"b": 1 }\n', wanted)).toBe(
      '{ "a": "1.10", # {"$imagepolicy": "a:b:tag"}\n"b": 1 }\n',
    );
  });

  it.each([
    ["a tag where only a digest is wanted", marked("1", ":tag"), { tag: "", digest: one }, "only a digest is wanted"],
    ["a digest where none is wanted", marked(two, ":digest"), { tag: "2", digest: "" }, "none is wanted"],
    ["an image without a version", marked("web:1"), { tag: "", digest: "" }, "neither a tag nor a digest"],
    ["an image without a name", marked("'{x}'"), { tag: "2", digest: "" }, "the value is not an image name"],
    ["a template", marked("'{{ x }}'", ":tag"), { tag: "2", digest: "" }, "a template"],
  ])("never %s", async (_, text, wanted, reason) => {
    await expect(edited(text, wanted)).rejects.toThrow(`app/kustomization.yaml:1: `);
    await expect(edited(text, wanted)).rejects.toThrow(reason);
  });
});
