import { describe, expect, it } from "vitest";
import {
  applyEdits,
  findMarkers,
  findSettings,
  overrideFor,
  type VersionSetting,
  versionEdits,
  type WantedVersion,
} from "../../../src/edit/index.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { foundInChart } from "./support/found-in.ts";
import { digestOf } from "./support/repository.ts";
import { settingLines, wholeSetting } from "./support/setting-lines.ts";

const one = digestOf("1");
const two = digestOf("2");

/** What is found when the render read every file. */
async function found(spec: RenderSpec, files: Readonly<Record<string, string>>) {
  const tree = memoryTree(files);
  return findSettings(spec, [["", "tree", tree.oid]], tree);
}

async function inValues(values: string, more: Readonly<Record<string, string>> = {}) {
  const valueFiles = Object.keys(more).filter((path) => /^\w+\.yaml$/.test(path));
  const spec: RenderSpec = { kind: "helm", path: "c", options: { releaseName: "r", valueFiles } };
  return found(spec, { "c/Chart.yaml": "name: c\n", "c/values.yaml": values, ...more });
}

async function inManifest(text: string) {
  return found({ kind: "plain", path: "", options: {} }, { "m.yaml": text });
}

async function inKustomization(files: Readonly<Record<string, string>>, path = "") {
  return found({ kind: "kustomize", path, options: {} }, files);
}

function edits(setting: VersionSetting | undefined, wanted: WantedVersion) {
  if (setting === undefined) throw new Error("there is no setting");
  const made = versionEdits(setting, wanted);
  if ("refused" in made) return made.refused;
  return made.map((edit) => `${edit.kind} ${edit.path.join(".")}${"value" in edit ? `=${edit.value}` : ""}`);
}

/** A place among values that nothing else says anything about. */
function place(path: readonly string[]) {
  const none = { tagBelow: undefined, digestBelow: undefined, registry: undefined };
  return { key: path.slice(0, -1), version: path.join("."), above: [], isDefault: false, ...none };
}

describe("an image in values", () => {
  it.each<[string, string, readonly string[]]>([
    ["imageName beside a tag", "a: { imageName: web, tag: '1' }\n", ["web: name=web tag=1"]],
    ["imageRepository beside a tag", "a: { imageRepository: web, tag: '1' }\n", ["web: name=web tag=1"]],
    ["repo beside a tag", "a: { repo: web, tag: '1' }\n", ["web: name=web tag=1"]],
    ["the first of two names", "a: { repo: other, repository: web, tag: '1' }\n", ["web: name=web tag=1"]],
    ["a name only in a map called image", "image: { name: web, tag: '1' }\n", ["web: name=web tag=1"]],
    ["a name in another map, which is no image", "a: { name: web, tag: '1' }\n", []],
    ["a version in a map called image", "image: { repository: web, version: '1' }\n", ["web: name=web tag=1"]],
    [
      "a version beside a tag, which is no tag",
      "image: { repository: web, tag: '1', version: '2' }\n",
      ["web: name=web tag=1"],
    ],
    ["only a name in a map called image", "webImage: { repository: web }\n", ["web: name=web"]],
    ["a registry", "image: { registry: r.io, repository: web, tag: '1' }\n", ["r.io/web: name=web tag=1"]],
    ["keys with dashes", "web-image: web\nweb-image-tag: '1'\n", ["web: name=web tag=1"]],
    ["keys with underscores", "web_image_repository: web\nweb_image_tag: '1'\n", ["web: name=web tag=1"]],
    ["keys in camel case", "webImageRepository: web\nwebImageTag: '1'\n", ["web: name=web tag=1"]],
    ["imageTag beside repository", "repository: web\nimageTag: '1'\n", ["web: name=web tag=1"]],
    ["a tag that is empty beside a name with a version", "a: { image: 'web:1', tag: '' }\n", ["web: whole=web:1"]],
    ["a name with a version beside a tag", "image: { repository: 'web:1', tag: '2' }\n", ["web: name=web:1 tag=2"]],
    ["a version in another map, which is no tag", "web: { image: web, version: '1' }\n", ["web: whole=web"]],
    [
      "a template for a name beside a tag",
      "a: { repository: '{{ x }}', tag: '1' }\n",
      ["?: name={{ x }} [template] tag=1"],
    ],
    ["a repository that is an address beside a tag", "a: { repository: 'https://x/y', tag: '1' }\n", []],
    ["imageTag that is a map, which is no tag", "imageTag: { a: 1 }\nimage: web\n", ["web: whole=web"]],
    ["webImageTag beside repository, which is another's", "repository: web\nwebImageTag: '1'\n", ["?: tag=1"]],
    ["webImageRepo", "webImageRepo: web\nwebImageTag: '1'\n", ["web: name=web tag=1"]],
    ["an encrypted text", "image: 'ENC[AES256_GCM,data:x]'\n", ["?: whole=ENC[AES256_GCM,data:x] [encrypted]"]],
    ["an encrypted text under another key", "webImage: 'ENC[AES256_GCM,data:x]'\n", []],
    ["a reference of a volume, which is an image", "image: { reference: web }\n", ["web: whole=web"]],
    ["a reference that is none", "image: { reference: '{{ x }}' }\n", []],
    ["a digest beside image", `imageDigest: ${one}\nimage: web\n`, [`web: name=web digest=${one}`]],
    ["one text", "image: web:1\n", ["web: whole=web:1"]],
    ["one text without a version", "image: web\n", ["web: whole=web"]],
    ["one text under another key, without a version", "webImage: web\n", []],
    ["one text under another key", "webImage: web:1\n", ["web: whole=web:1"]],
    ["a list of texts", "images: [web:1, 'api:2']\n", []],
    ["a map of texts", "images: { web: 'web:1', note: hello }\n", ["web: whole=web:1"]],
    ["a template", "image: '{{ .Values.x }}'\n", ["?: whole={{ .Values.x }} [template]"]],
    ["an address, which is no image", "webImage: 'https://example.com/a.png'\n", []],
    ["nothing", "image: ''\nwebImage: ~\n", []],
  ])("is %s", async (_, values, expected) => {
    const { settings, problems } = await inValues(values);
    expect(settingLines(settings).map((line) => line.replace(/^c\/values\.yaml \S+ /, ""))).toEqual(expected);
    expect(problems).toEqual([]);
  });

  it("has the name beside its tag in another file", async () => {
    const { settings } = await inValues("image: web\n", { "own.yaml": "tag: '2'\n" });
    expect(settingLines(settings)).toEqual(["own.yaml values web: tag=2", "c/values.yaml values web: name=web"]);
    const { settings: split } = await inValues("a: { repository: web }\n", { "own.yaml": "a: { tag: '2' }\n" });
    expect(settingLines(split)).toEqual(["own.yaml values web: tag=2"]);
  });

  it("has its place among the values, and what files below say", async () => {
    const values = `image: { registry: r.io, repository: web, tag: '1', digest: '${one}' }\napi: { image: { repository: api, digest: '${one}' } }\n`;
    const own = "image: { tag: '' }\nwebImage: web:1\n";
    const { settings } = await inValues(`${values}global: { imageRegistry: g.io }\n`, { "own.yaml": own });
    expect(settings.map(({ subject, values: among }) => [subject.name, among])).toEqual([
      ["web", place(["webImage"])],
      ["g.io/web", { ...place(["image", "tag"]), tagBelow: "1", digestBelow: one, registry: "g.io" }],
      ["g.io/web", { ...place(["image", "tag"]), above: ["own.yaml"], isDefault: true, registry: "g.io" }],
      ["api", { ...place(["api", "image", "digest"]), above: ["own.yaml"], isDefault: true }],
    ]);
  });

  it("is decided by a file that sets its filled parts, or its name where it has no other", async () => {
    const digest = await inValues("image: { repository: web, tag: '1', digest: '' }\n", {
      "a.yaml": "image: { tag: '2' }\n",
    });
    expect(digest.settings.map(({ decidedBy }) => decidedBy)).toEqual([undefined, "a.yaml:1"]);
    const empty = await inValues("image: { repository: web, tag: '' }\n", { "a.yaml": "image: { tag: '2' }\n" });
    expect(empty.settings.map(({ decidedBy }) => decidedBy)).toEqual([undefined, "a.yaml:1"]);
  });

  it("is decided by the last file that sets all that it sets", async () => {
    const more = { "a.yaml": "image: { tag: '2' }\n", "b.yaml": "image: { repository: web }\n" };
    const { settings } = await inValues("image: { repository: web, tag: '1' }\n", more);
    expect(settingLines(settings)).toEqual([
      "b.yaml values web: name=web",
      "a.yaml values web: tag=2",
      "c/values.yaml values web: name=web tag=1 < a.yaml:1",
    ]);
    const names = await inValues("image: { repository: web }\n", { "a.yaml": "image: { repository: api }\n" });
    expect(settingLines(names.settings)).toEqual([
      "a.yaml values api: name=api",
      "c/values.yaml values api: name=web < a.yaml:1",
    ]);
  });

  it("is not decided by a file that sets only a part of it", async () => {
    const values = `image: { repository: web, tag: '1', digest: '${one}' }\n`;
    const { settings } = await inValues(values, { "a.yaml": "image: { tag: '2' }\n" });
    expect(settings.map(({ file, decidedBy }) => [file, decidedBy])).toEqual([
      ["a.yaml", undefined],
      ["c/values.yaml", undefined],
    ]);
    expect(settings.every((setting) => !("decidedBy" in setting))).toBe(true);
  });

  it("in a list has its name there", async () => {
    const list = (tag: string) => `list: [{ image: { repository: web, tag: '${tag}' } }]\n`;
    const { settings } = await inValues(list("1"), { "a.yaml": list("2") });
    expect(settingLines(settings)).toEqual([
      "a.yaml values web: name=web tag=2",
      "c/values.yaml values web: name=web tag=1 < a.yaml:1",
    ]);
  });

  it("belongs to an included chart by its name or its aliases", async () => {
    const { settings } = await inValues("{}\n", {
      "c/Chart.yaml": "name: c\ndependencies:\n  - { name: sub, alias: x }\n  - { name: sub, alias: y }\n",
      "c/charts/folder/Chart.yaml": "name: sub\n",
      "c/charts/folder/values.yaml": "image: sub:1\n",
      "c/charts/plain/Chart.yaml": "{}\n",
      "c/charts/plain/values.yaml": "image: plain:1\n",
      "c/charts/none/values.yaml": "image: none:1\n",
    });
    expect(settings.map(({ file, values }) => [file, values?.key])).toEqual([
      ["c/charts/plain/values.yaml", ["plain"]],
      ["c/charts/folder/values.yaml", ["y"]],
      ["c/charts/folder/values.yaml", ["x"]],
    ]);
    expect(settings.map(({ whole }) => whole?.blocked)).toEqual(Array(3).fill("included chart"));
  });
});

describe("an image in a manifest", () => {
  it.each<[string, string, readonly string[]]>([
    [
      "no label, annotation or status",
      "kind: X\nmetadata: { image: a:1 }\nstatus: { image: b:1 }\nspec: { labels: { image: c:1 }, annotations: { image: d:1 }, image: e:1 }\n",
      ["e: whole=e:1"],
    ],
    [
      "a status below the top",
      "kind: X\nspec: { status: { image: b:1 }, metadata: { image: c:1 } }\n",
      ["b: whole=b:1", "c: whole=c:1"],
    ],
    ["none in a ConfigMap", "kind: ConfigMap\ndata: { image: a:1 }\n", []],
    ["none in a Component", "kind: Component\nimages: { image: a:1 }\n", []],
    [
      "those of a list's items",
      "kind: PodList\nitems:\n  - { kind: Pod, spec: { image: a:1 } }\n  - { kind: Secret, image: b:1 }\n",
      ["a: whole=a:1"],
    ],
    [
      "those of an Application's values",
      "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: { source: { chart: web, targetRevision: 1.0.0, helm: { valuesObject: { image: a:1 } } } }\n",
      ["a: whole=a:1", "web: version=1.0.0"],
    ],
    [
      "those of a text of values, which come after those of an object",
      "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    path: x\n    helm:\n      values: |\n        image: a:1\n        web: { image: { repository: b, tag: '2' } }\n      valuesObject: { image: c:1 }\n",
      ["c: whole=c:1", "a: whole=a:1", "b: name=b tag=2"],
    ],
    [
      "none in a text that is no map of values",
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: { source: { helm: { values: "image: [" } } }\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: { source: { helm: { values: image } } }\n',
      [],
    ],
    [
      "none in an Application of another group",
      "apiVersion: example.com/v1\nkind: Application\nspec: { source: { chart: web, targetRevision: 1.0.0 } }\n",
      [],
    ],
  ])("is %s", async (_, text, expected) => {
    const { settings } = await inManifest(text);
    expect(settingLines(settings).map((line) => line.replace(/^m\.yaml \S+ /, ""))).toEqual(expected);
  });

  it("is in a text at a line of the file, and is edited there", async () => {
    const text =
      "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      values: |\n        # mine\n        image: { repository: a, tag: '1' }\n";
    const { settings } = await inManifest(text);
    const [setting] = settings;
    expect(setting).toMatchObject({ heldIn: ["spec", "source", "helm", "values"], tag: { line: 8 } });
    const edits = setting && versionEdits(setting, { tag: "2", digest: "" });
    if (edits === undefined || "refused" in edits) throw new Error("no edits");
    expect(Buffer.from(applyEdits("m.yaml", Buffer.from(text), edits).bytes).toString()).toBe(
      text.replace("'1'", "'2'"),
    );
  });

  it("is found in items of lists only apart from what stands beside them", async () => {
    const { settings } = await inManifest("kind: X\nimage: a:1\nitems: [{ image: b:1 }]\n");
    expect(settings.map(({ subject, resource }) => [subject.name, resource])).toEqual([
      ["a", "X/"],
      ["b", "X/"],
    ]);
  });

  it("is not in files that the engine reads in another way", async () => {
    const text = "kind: Pod\nspec: { image: a:1 }\n";
    const names = ["a.txt", "kustomization.yaml", ".hidden.yaml", "b.yml", "c.json", "d/e.yaml"];
    const { settings } = await found(
      { kind: "plain", path: "", options: {} },
      Object.fromEntries(names.map((name) => [name, text])),
    );
    expect(settings.map(({ file }) => file)).toEqual(["b.yml", "c.json", "d/e.yaml"]);
  });

  it("is not in kustomize's own kinds", async () => {
    const { settings } = await inManifest("kind: Kustomization\nimages: { image: a:1 }\n");
    expect(settings).toEqual([]);
  });

  it("has a chart with its repository", async () => {
    const flux =
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: { chart: { spec: { chart: web, version: 1.0.0, sourceRef: { name: acme } } } }\n";
    const argo =
      "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: { sources: [{ chart: web, targetRevision: 1.0.0, repoURL: https://r }, { path: x }, { chart: api }] }\n";
    const { settings } = await inManifest(`${flux}---\n${argo}`);
    expect(settings.map(({ subject }) => subject)).toEqual([
      { kind: "chart", name: "web", repository: "acme" },
      { kind: "chart", name: "web", repository: "https://r" },
    ]);
    const inflated = await inKustomization({
      "kustomization.yaml":
        "helmCharts: [{ name: web, version: 1.0.0, repo: https://r }, { name: api, version: 2.0.0 }, { name: db }]\n",
    });
    expect(inflated.settings.map(({ subject }) => subject)).toEqual([
      { kind: "chart", name: "api", repository: undefined },
      { kind: "chart", name: "web", repository: "https://r" },
    ]);
  });

  it("is that of its container", async () => {
    const { settings } = await inManifest(
      "kind: Pod\nmetadata: { name: p }\nspec:\n  containers: [{ name: a, image: a:1 }, { image: b:1 }]\n  initContainers: [{ name: c, image: c:1 }]\n  other: [{ name: d, image: d:1 }]\n",
    );
    expect(settings.map(({ resource, container }) => [resource, container])).toEqual([
      ["Pod/p", "a"],
      ["Pod/p", "1"],
      ["Pod/p", "c"],
      ["Pod/p", undefined],
    ]);
  });
});

const pod = (image: string, name = "p") =>
  `kind: Pod\nmetadata: { name: ${name} }\nspec:\n  containers:\n    - name: a\n      image: ${image}\n    - name: b\n      image: other:1\n`;

describe("a patch", () => {
  const base = { "p.yaml": pod("a:1") };
  const lines = async (patches: string, more: Readonly<Record<string, string>> = {}) => {
    const { settings, problems } = await inKustomization({
      ...base,
      "kustomization.yaml": `resources: [p.yaml]\n${patches}`,
      ...more,
    });
    return { lines: settingLines(settings), settings, problems: problems.map(({ message }) => message) };
  };
  const pointed = (path: string, value: string, op = "replace") =>
    lines("patches:\n  - target: { kind: Pod, name: p }\n    path: j.yaml\n", {
      "j.yaml": `- { op: ${op}, path: ${path}, value: ${value} }\n`,
    });

  it.each([
    ["the container that its pointer names", "/spec/containers/1/image", "b:2", "m.yaml manifest b: whole=b:2", 1],
    ["no other container", "/spec/containers/7/image", "b:2", "m.yaml manifest b: whole=b:2", undefined],
  ])("by pointers replaces the image of %s", async (_, path, value, __, replaced) => {
    const { settings } = await pointed(path, value);
    expect(settings.map(({ file, decidedBy }) => [file, decidedBy])).toEqual([
      ["j.yaml", undefined],
      ["p.yaml", undefined],
      ["p.yaml", replaced === 1 ? "j.yaml:1" : undefined],
    ]);
  });

  it("by pointers sets an image only at `image`, with add or replace", async () => {
    expect((await pointed("/spec/containers/0/name", "b:2")).lines).toHaveLength(2);
    expect((await pointed("/spec/containers/0/image", "b:2", "test")).lines).toHaveLength(2);
    expect((await pointed("/spec/containers/0/image", "b:2", "add")).lines[0]).toBe("j.yaml manifest b: whole=b:2");
    const whole = await pointed("/spec/containers/-", "{ name: c, image: c:2 }", "add");
    expect(whole.lines[0]).toBe("j.yaml manifest c: whole=c:2");
    expect(whole.lines.slice(1).join()).not.toContain("<");
  });

  it.each([
    ["another kind", "{ kind: Job, name: p }", false],
    ["another name", "{ kind: Pod, name: q }", false],
    ["any kind", "{ name: p }", true],
    ["any name", "{ kind: Pod }", true],
  ])("for %s", async (_, target, replaces) => {
    const { settings } = await lines(`patches:\n  - target: ${target}\n    path: q.yaml\n`, {
      "q.yaml": pod("a:2", "x"),
    });
    expect(settings.some(({ file, decidedBy }) => file === "p.yaml" && decidedBy === "q.yaml:6")).toBe(replaces);
  });

  it("without a target is for the resource of its kind and name", async () => {
    const same = await lines("patches: [{ path: q.yaml }]\n", { "q.yaml": pod("a:2") });
    expect(same.lines).toContain("p.yaml manifest a: whole=a:1 < q.yaml:6");
    const other = await lines("patches: [{ path: q.yaml }]\n", { "q.yaml": pod("a:2", "x") });
    expect(other.lines).toContain("p.yaml manifest a: whole=a:1");
  });

  it("in the kustomization's text cannot be changed there, and has the line of its image", async () => {
    const text = pod("a:2").replaceAll(/^/gm, "      ").trimEnd();
    const { settings } = await lines(`patches:\n  - patch: |\n${text}\n`);
    const inline = settings.find(({ whole }) => whole?.value === "a:2");
    expect(inline?.whole).toEqual({ value: "a:2", path: ["patches", 0, "patch"], line: 9, blocked: "inline patch" });
    const quoted = await lines(`patches:\n  - patch: '${JSON.stringify({ kind: "Pod", spec: { image: "a:2" } })}'\n`);
    expect(quoted.settings[0]?.whole).toMatchObject({ value: "a:2", line: 3 });
    expect(edits(inline, { tag: "3", digest: "" })).toBe(
      "kustomization.yaml:9: the value is in the text of an inline patch; move the patch to a file of its own",
    );
  });

  it("by pointers has the place of its value, and the container at its pointer", async () => {
    const operations = ["/spec/containers/1/image", "/spec/initContainers/-/image", "/spec/other/0/image"];
    const { settings } = await lines("patchesJson6902:\n  - target: { kind: Pod, name: p }\n    path: j.yaml\n", {
      "j.yaml": operations.map((path) => `- { op: add, path: ${path}, value: 'b:2' }\n`).join(""),
    });
    const found = settings.filter(({ file }) => file === "j.yaml").map(wholeSetting);
    expect(found).toEqual([
      ["manifest image b | j.yaml#0 2", "whole=b:2 @ 2.value :3"],
      ["manifest image b | j.yaml#0 1", "whole=b:2 @ 1.value :2", "container: -"],
      ["manifest image b | j.yaml#0 0", "whole=b:2 @ 0.value :1", "container: 1"],
    ]);
  });

  it("may be under an old key, as a file or a text", async () => {
    const text = pod("b:1").replaceAll(/^/gm, "    ").trimEnd();
    const { lines: found } = await lines(`patchesStrategicMerge:\n  - q.yaml\n  - |\n${text}\n`, {
      "q.yaml": pod("a:2"),
    });
    expect(found).toEqual([
      "kustomization.yaml manifest other: whole=other:1 [inline patch]",
      "kustomization.yaml manifest b: whole=b:1 [inline patch]",
      "q.yaml manifest other: whole=other:1 < kustomization.yaml:12",
      "q.yaml manifest a: whole=a:2 < kustomization.yaml:10",
      "p.yaml manifest a: whole=a:1 < kustomization.yaml:10",
      "p.yaml manifest other: whole=other:1 < kustomization.yaml:12",
    ]);
  });

  it("that names no file in the repository is none", async () => {
    expect((await lines("patches: [{ path: ../../x.yaml }, { target: { kind: Pod } }, {}]\n")).lines).toHaveLength(2);
  });

  it("that cannot be read is a problem with its line", async () => {
    const { lines: left, problems } = await lines("patches:\n  - patch: 'image: ['\n");
    expect(left).toHaveLength(2);
    expect(problems).toEqual([
      expect.stringMatching(/^The inline patch cannot be read: kustomization\.yaml is not YAML/),
    ]);
    expect((await lines("patches:\n  - patch: 'x: ['\n")).problems).toEqual([]);
  });
});

describe("kustomize's images", () => {
  it("decide nothing where an item sets no version", async () => {
    const { settings } = await inKustomization({
      "kustomization.yaml": "resources: [p.yaml]\nimages: [{ name: a, newName: c }, { name: none, newTag: '2' }]\n",
      "p.yaml": pod("a:1"),
    });
    expect(settingLines(settings)).toEqual([
      "kustomization.yaml kustomize-image c: name=c",
      "p.yaml manifest c: whole=a:1",
      "p.yaml manifest other: whole=other:1",
      "kustomization.yaml kustomize-image none: tag=2",
    ]);
    expect(settings.map(({ matchesNothing }) => matchesNothing)).toEqual([undefined, undefined, undefined, true]);
  });

  it("are found once where a base is included twice", async () => {
    const { settings } = await inKustomization(
      {
        "o/kustomization.yaml": "resources: [../x, ../y]\n",
        "x/kustomization.yaml": "resources: [../b]\n",
        "y/kustomization.yaml": "resources: [../b]\n",
        "b/kustomization.yaml": "resources: [p.yaml]\n",
        "b/p.yaml": pod("a:1"),
      },
      "o",
    );
    expect(settingLines(settings)).toEqual([
      "b/p.yaml manifest a: whole=a:1",
      "b/p.yaml manifest other: whole=other:1",
    ]);
  });

  it("have charts below their name and version where they come from a repository", async () => {
    const chart = (folder: string, image: string) => ({
      [`${folder}/Chart.yaml`]: "name: web\n",
      [`${folder}/values.yaml`]: `image: ${image}\n`,
    });
    const files = { ...chart("charts/web-1.0.0/web", "a:1"), ...chart("charts/web", "a:2") };
    const of = (more: string) =>
      inKustomization({ ...files, "kustomization.yaml": `helmCharts: [{ name: web, version: 1.0.0${more} }]\n` });
    expect(settingLines((await of(", repo: https://r")).settings)).toEqual([
      "kustomization.yaml helm-charts web: version=1.0.0",
      "charts/web-1.0.0/web/values.yaml values-text a: whole=a:1",
    ]);
    expect(settingLines((await of("")).settings)[1]).toBe("charts/web/values.yaml values-text a: whole=a:2");
  });

  it("have replacements that leave the repository, which are no problem", async () => {
    const { problems } = await inKustomization({ "kustomization.yaml": "replacements: [{ path: ../../x.yaml }]\n" });
    expect(problems).toEqual([]);
  });
});

describe("a wanted version", () => {
  const first = async (values: string) => (await inValues(values)).settings[0];

  it.each<[string, string, WantedVersion, string | readonly string[]]>([
    [
      "beside a digest alone",
      `web_image_digest: ${one}\nweb_image: web\n`,
      { tag: "2", digest: "" },
      ["insert web_image_tag=2", "set web_image_digest="],
    ],
    [
      "beside a digest in camel case",
      `webImageDigest: ${one}\nwebImage: web\n`,
      { tag: "2", digest: two },
      ["insert webImageTag=2", `set webImageDigest=${two}`],
    ],
    [
      "beside `digest`",
      `image: { repository: web, digest: '${one}' }\n`,
      { tag: "2", digest: "" },
      ["insert image.tag=2", "set image.digest="],
    ],
    [
      "as a digest that has no key",
      "image: { repository: web, tag: '1' }\n",
      { tag: "2", digest: two },
      "c/values.yaml:1 sets only a tag, and the chart has no `digest` next to it, so it cannot set a digest",
    ],
    [
      "without a tag where the tag has the digest",
      `image: { repository: web, tag: '1@${one}' }\n`,
      { tag: "", digest: two },
      "c/values.yaml:1 has the digest after the tag, so it cannot set a digest without a tag",
    ],
    [
      "of another name",
      "image: { repository: web, tag: '1' }\n",
      { tag: "1", digest: "", name: "api" },
      ["set image.repository=api"],
    ],
    [
      "of another name in the same registry",
      "image: { registry: r.io, repository: web, tag: '1' }\n",
      { tag: "1", digest: "", name: "r.io/api" },
      ["set image.repository=api"],
    ],
    [
      "of another name in another registry",
      "image: { registry: r.io, repository: web, tag: '1' }\n",
      { tag: "1", digest: "", name: "q.io/api" },
      ["set image.registry=q.io", "set image.repository=api"],
    ],
    [
      "of another name without a registry",
      "image: { registry: r.io, repository: web, tag: '1' }\n",
      { tag: "1", digest: "", name: "api" },
      "c/values.yaml:1: the registry `r.io` is set elsewhere",
    ],
    [
      "of another name where the registry is global",
      "global: { imageRegistry: g.io }\nimage: { registry: r.io, repository: web, tag: '1' }\n",
      { tag: "1", digest: "", name: "q.io/api" },
      "c/values.yaml:2: the registry `g.io` is set elsewhere",
    ],
    ["in a template", "image: '{{ x }}'\n", { tag: "1", digest: "" }, "c/values.yaml:1: the value is a template"],
    [
      "of nothing",
      "image: { repository: web, tag: '1' }\n",
      { tag: "", digest: "" },
      "neither a tag nor a digest is wanted",
    ],
    ["of a chart", "image: web:1\n", { version: "1" }, "c/values.yaml sets no version of a chart there"],
    ["that is there", "image: { repository: web, tag: '1' }\n", { tag: "1", digest: "" }, []],
  ])("%s", async (_, values, wanted, expected) => {
    expect(edits(await first(values), wanted)).toEqual(expected);
  });
});

describe("a wanted version of an item of `images`", () => {
  it.each<[string, string, WantedVersion, readonly string[]]>([
    ["changes a tag", "newTag: '1'", { tag: "2", digest: "" }, ["set images.0.newTag=2"]],
    ["adds a digest", "newTag: '1'", { tag: "1", digest: two }, [`insert images.0.digest=${two}`]],
    [
      "takes a digest's place",
      `digest: '${one}'`,
      { tag: "2", digest: "" },
      ["insert images.0.newTag=2", "remove images.0.digest"],
    ],
    [
      "has another name",
      "newName: w, newTag: '1'",
      { tag: "1", digest: "", name: "api" },
      ["set images.0.newName=api"],
    ],
    [
      "stays in a tag with its digest, under another name",
      `newTag: '1@${one}'`,
      { tag: "2", digest: two, name: "api" },
      ["insert images.0.newName=api", `set images.0.newTag=2@${two}`],
    ],
    ["leaves a tag that had its digest", `newTag: '1@${one}'`, { tag: "2", digest: "" }, ["set images.0.newTag=2"]],
  ])("%s", async (_, item, wanted, expected) => {
    const { settings } = await inKustomization({ "kustomization.yaml": `images: [{ name: web, ${item} }]\n` });
    expect(edits(settings[0], wanted)).toEqual(expected);
  });
});

describe("a wanted version in a value file", () => {
  const of = async (values: string, own: string, wanted: WantedVersion) => {
    const { settings } = await inValues(values, { "own.yaml": own });
    return edits(
      settings.find(({ file }) => file === "own.yaml"),
      wanted,
    );
  };

  it.each<[string, string, string, WantedVersion, readonly string[]]>([
    [
      "empties a digest beside a tag that it adds",
      "{}\n",
      `image: { repository: web, digest: '${one}' }\n`,
      { tag: "2", digest: "" },
      ["insert image.tag=2", "set image.digest="],
    ],
    [
      "removes a digest that is not wanted",
      "{}\n",
      `image: { repository: web, tag: '1', digest: '${one}' }\n`,
      { tag: "2", digest: "" },
      ["set image.tag=2", "remove image.digest"],
    ],
    [
      "overrides a default tag that is not wanted",
      "image: { repository: web, tag: '1' }\n",
      `image: { digest: '${one}' }\n`,
      { tag: "", digest: two },
      ["insert image.tag=", `set image.digest=${two}`],
    ],
    [
      "overrides a default digest that is not wanted",
      `image: { repository: web, digest: '${one}' }\n`,
      "image: { tag: '1' }\n",
      { tag: "2", digest: "" },
      ["set image.tag=2", "insert image.digest="],
    ],
    [
      "leaves an empty default",
      "image: { repository: web, digest: '' }\n",
      "image: { tag: '1' }\n",
      { tag: "2", digest: "" },
      ["set image.tag=2"],
    ],
  ])("%s", async (_, values, own, wanted, expected) => {
    expect(await of(values, own, wanted)).toEqual(expected);
  });
});

describe("an override in a value file of the target's own", () => {
  it.each<[string, string, WantedVersion, readonly string[] | undefined]>([
    ["adds the key to an empty file", "", { tag: "2", digest: "" }, ["insert image.tag=2"]],
    ["adds the key to a map", "image: {}\n", { tag: "2", digest: "" }, ["insert image.tag=2"]],
    ["fills a null on the way", "image: ~\n", { tag: "2", digest: "" }, ["insert image.tag=2"]],
    ["sets the key", "image: { tag: '0' }\n", { tag: "2", digest: "" }, ["set image.tag=2"]],
    ["sets a null", "image: { tag: ~ }\n", { tag: "2", digest: "" }, ["set image.tag=2"]],
    ["is not possible below a text", "image: web\n", { tag: "2", digest: "" }, undefined],
    ["is not possible over a map", "image: { tag: {} }\n", { tag: "2", digest: "" }, undefined],
    ["is not possible for a digest without a key", "", { tag: "2", digest: two }, undefined],
    ["is not possible for another name", "", { tag: "2", digest: "", name: "api" }, undefined],
    ["is not possible for a chart's version", "", { version: "2" }, undefined],
    ["of nothing is none", "", { tag: "", digest: "" }, undefined],
    ["of what is there is empty", "", { tag: "1", digest: "" }, []],
  ])("%s", async (_, own, wanted, expected) => {
    const found = await inValues("image: { repository: web, tag: '1' }\n", { "own.yaml": own });
    const setting = found.settings.find(({ file }) => file === "c/values.yaml");
    if (setting === undefined) throw new Error("there is no setting");
    const edited = overrideFor(setting, wanted, found, { file: "own.yaml", bytes: Buffer.from(own) });
    expect(
      edited?.map(({ edit }) => `${edit.kind} ${edit.path.join(".")}=${"value" in edit ? edit.value : ""}`),
    ).toEqual(expected);
  });

  it("is not possible in a file that does not win", async () => {
    const found = await inValues("image: { repository: web, tag: '1' }\n");
    const [setting] = found.settings;
    if (setting === undefined) throw new Error("there is no setting");
    const own = { file: "other.yaml", bytes: Buffer.from("") };
    expect(overrideFor(setting, { tag: "2", digest: "" }, found, own)).toBeUndefined();
  });
});

describe("a value with a marker", () => {
  it("has the name that a marker of the same policy marks beside it", async () => {
    const text = `a:\n  n: web # {"$imagepolicy": "ns:p:name"}\n  t: '1' # {"$imagepolicy": "ns:p:tag"}\n  u: '1' # {"$imagepolicy": "ns:q:tag"}\n`;
    const tree = memoryTree({ "a.yaml": text });
    const spec: RenderSpec = { kind: "kustomize", path: "", options: {} };
    const { markers } = await findMarkers(spec, [["", "tree", tree.oid]], tree);
    expect(markers.map(({ subject }) => subject.name)).toEqual(["web", "web", undefined]);
  });
});

describe("a value that the configuration names", () => {
  const of = async (values: string, ...keys: readonly string[]) => {
    const tree = memoryTree({ "c/Chart.yaml": "name: c\n", "c/values.yaml": values });
    const spec: RenderSpec = { kind: "helm", path: "c", options: { releaseName: "r" } };
    const extra = keys.map((key) => ({ file: "c/values.yaml", key }));
    return settingLines((await findSettings(spec, [["", "tree", "0"]], tree, { extra })).settings);
  };

  it.each([
    [
      "a tag, with the first name beside it",
      "a: { repository: '', repo: web, imageName: x, v: '1' }\n",
      "a.v",
      "values web: tag=1",
    ],
    ["a tag without a name", "v: '1'\n", "v", "values ?: tag=1"],
    ["a digest by its text", `v: '${one}'\n`, "v", `values ?: digest=${one}`],
    ["a digest by its key", "vDigest: ''\n", "vDigest", "values ?: digest="],
    ["a reference by its key", "anImage: web\n", "anImage", "values-text web: whole=web"],
    ["a reference by its text", "v: web:1\n", "v", "values-text web: whole=web:1"],
    ["a value of a list", "v: ['1', '2']\n", "v[1]", "values ?: tag=2"],
  ])("is %s", async (_, values, key, expected) => {
    expect(await of(values, key)).toEqual([`c/values.yaml ${expected}`]);
  });

  it.each(["repository", "repo", "image", "imageName"])("has the name under `%s` beside it", async (key) => {
    const { settings } = await foundInChart(
      { "c/values.yaml": `a: { ${key}: web, v: '1' }\n` },
      { releaseName: "r" },
      { extra: [{ file: "c/values.yaml", key: "a.v" }] },
    );
    expect(settings.map(wholeSetting).at(-1)).toEqual(["values image web | c/values.yaml#0 a", "tag=1 @ a.v :1"]);
  });

  it("is another than that of the same key in another document or file", async () => {
    const tree = memoryTree({
      "c/Chart.yaml": "name: c\n",
      "c/values.yaml": "image: web:1\n",
      "own.yaml": "image: web:2\n",
    });
    const spec: RenderSpec = { kind: "helm", path: "c", options: { releaseName: "r" } };
    const extra = [{ file: "own.yaml", key: "image" }];
    const { settings } = await findSettings(spec, [["", "tree", "0"]], tree, { extra });
    expect(settingLines(settings)).toEqual([
      "c/values.yaml values-text web: whole=web:1",
      "own.yaml values-text web: whole=web:2",
    ]);
  });
});
