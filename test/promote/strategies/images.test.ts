import { describe, expect, it } from "vitest";
import { fieldKey } from "../../../src/change/proof/prove.ts";
import type { Target } from "../../../src/model/target.ts";
import { planImages } from "../../../src/promote/strategies/images.ts";
import { targetIn } from "../../support/memory-renderer.ts";
import type { MemoryEntry } from "../../support/memory-tree.ts";
import { type InputParts, inputOf, lines } from "./support.ts";

type Files = Readonly<Record<string, MemoryEntry>>;

const prod = targetIn("web/prod", "web/prod", "kustomize");
const staging = targetIn("web/staging", "web/staging", "kustomize");
const others = ["a/eu", "b/eu", "c/eu", "d/eu"].map((id) => targetIn(id));

/** A Pod with a container for each image, in block style. */
function pod(...images: readonly string[]): string {
  const containers = images.map((image, index) => `    - name: c${index}\n      image: ${image}\n`).join("");
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n${containers}`;
}

/** A kustomization with items of `images`: `NAME TAG`. */
function kustomization(resources: string, ...items: readonly string[]): string {
  const images = items.map((item) => {
    const [name, tag] = item.split(" ");
    return `  - name: ${name}\n    newTag: ${tag}\n`;
  });
  return `resources: [${resources}]\n${images.length === 0 ? "" : `images:\n${images.join("")}`}`;
}

async function plan(source: Files, target: Files, parts: InputParts = {}) {
  const input = await inputOf(source, target, { source: staging, target: prod, ...parts });
  const { changes, remarks: _, ...rest } = await planImages(input);
  return { ...rest, changes: lines(changes) };
}

const file = "web/prod/kustomization.yaml";
const wanted = { "web/staging/web.yaml": pod("acme/web:2") };
const own = { [file]: kustomization("web.yaml", 'acme/web "1"'), "web/prod/web.yaml": pod("acme/web:1") };

describe("the plan of images", () => {
  it("writes the version where the target sets it, and says what the render must become", async () => {
    const result = await plan(wanted, own);
    expect(result).toEqual({
      versions: [{ image: "acme/web", from: "1", to: "2" }],
      changes: [`write ${file}: ${kustomization("web.yaml", 'acme/web "2"')}`],
      notes: [],
      expected: {
        images: new Map([["\nPod\n\nweb\n/spec/containers/0/image", "acme/web:2"]]),
        names: new Map([["acme/web", "acme/web:2"]]),
        texts: [
          ["acme/web:1", "acme/web:2"],
          ["1", "2"],
          ["1", "2"],
        ],
        beyond: "nothing",
        edited: new Set(),
      },
    });
  });

  it("is nothing where the target has the version, and expects its images as they are", async () => {
    expect(await plan({ "web/staging/web.yaml": pod("acme/web:1") }, own)).toEqual({
      versions: [],
      changes: [],
      notes: [],
      expected: {
        images: new Map(),
        names: new Map([["acme/web", "acme/web:1"]]),
        texts: [],
        beyond: "nothing",
        edited: new Set(),
      },
    });
  });

  it("writes one setting once for several places that want the same", async () => {
    const two = { ...own, "web/prod/web.yaml": pod("acme/web:1", "acme/web:1") };
    const { changes, versions } = await plan(wanted, two);
    expect(changes).toHaveLength(1);
    expect(versions).toHaveLength(1);
  });

  it("may change every field that is no image where a named value is carried too", async () => {
    const settings = { paths: [{ file: "web.yaml", key: "metadata.name" }] };
    const source = { "web/staging/web.yaml": pod("acme/web:2").replace("name: web", "name: next") };
    const { versions, expected } = await plan(source, own, { settings });
    expect(versions).toEqual([
      { image: "acme/web", from: "1", to: "2" },
      { image: "web.yaml: metadata.name", from: "web", to: "next" },
    ]);
    expect(expected?.beyond).toBe("values");
    expect(expected?.texts).toContainEqual(["web", "next"]);
  });
});

describe("versions of charts that objects have rendered in the cluster", () => {
  /** An object of Argo CD with a chart and a parameter that says a version. */
  const application = (chart: string, tag: string, more = "") =>
    `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: web\nspec:\n  source:\n    repoURL: https://charts.example.com\n    chart: web\n    targetRevision: ${chart}\n    helm:\n      parameters:\n        - name: image.tag\n          value: ${tag}\n${more}`;
  const at = { source: targetIn("web/staging"), target: targetIn("web/prod") };
  const path = "web/prod/app.yaml";
  const field = (...steps: readonly (string | number)[]) => fieldKey(path, steps);
  const carry = (source: string, target: string) => plan({ "web/staging/app.yaml": source }, { [path]: target }, at);

  it("are carried, and what a chart makes of them may be anything", async () => {
    const result = await carry(application("2.0.0", "v2"), application("1.0.0", "v1"));
    expect(result.versions).toEqual([
      { image: "parameter image.tag", from: "v1", to: "v2" },
      { image: "chart web", from: "1.0.0", to: "2.0.0" },
    ]);
    expect(result.changes).toEqual([`write ${path}: ${application("2.0.0", "v2")}`]);
    expect(result.expected).toMatchObject({ beyond: "everything" });
    expect([...(result.expected?.edited ?? [])].toSorted()).toEqual(
      [field("spec", "source", "helm", "parameters", 0, "value"), field("spec", "source", "targetRevision")].toSorted(),
    );
  });

  it("leave the render as it is but for the values where only those change", async () => {
    const alone = await carry(application("1.0.0", "v2"), application("1.0.0", "v1"));
    expect(alone.versions).toEqual([{ image: "parameter image.tag", from: "v1", to: "v2" }]);
    expect(alone.expected?.beyond).toBe("nothing");
    expect(alone.expected?.texts).toEqual(
      expect.arrayContaining([
        ["v1", "v2"],
        ["1", "2"],
      ]),
    );
    expect(alone.notes).toEqual([]);
  });

  it("that stay are told, also where nothing else changes, but not of a target's own past", async () => {
    const other = (version: string) => `        - name: app.version\n          value: "${version}"\n`;
    const [there, here] = [application("1.0.0", "v1", other("2")), application("1.0.0", "v1", other("1"))];
    const stays =
      "`parameter app.version` of Application `web` stays at `1`; staging has `2`. Name it in `promote.paths` to have it carried.";
    const same = await carry(there, here);
    expect({ changes: same.changes, notes: same.notes }).toEqual({ changes: [], notes: [stays] });
    const moves = await carry(application("2.0.0", "v1", other("2")), here);
    expect(moves.notes).toEqual([]);
    const input = await inputOf({ "web/staging/app.yaml": there }, { [path]: here }, at);
    const after = input.target.render.resources();
    expect((await planImages(input)).remarks?.(after)).toEqual([stays]);
    const past = await inputOf({ [path]: there }, { [path]: here }, { source: at.target });
    expect((await planImages(past)).remarks?.(after)).toEqual([]);
  });
});

describe("an image of another name that the same item of `images` gives", () => {
  const item = (name: string, tag: string) =>
    `resources: [web.yaml]\nimages:\n  - name: app\n    newName: ${name}\n    newTag: "${tag}"\n`;

  it("is carried with its name", async () => {
    const source = {
      "web/staging/kustomization.yaml": item("acme/new", "2"),
      "web/staging/web.yaml": pod("acme/new:2"),
    };
    const target = { [file]: item("mirror/old", "1"), "web/prod/web.yaml": pod("mirror/old:1") };
    const { changes, expected } = await plan(source, target);
    expect(changes).toEqual([`write ${file}: ${item("acme/new", "2")}`]);
    expect(expected?.images).toEqual(new Map([["\nPod\n\nweb\n/spec/containers/0/image", "acme/new:2"]]));
  });
});

describe("notes of a plan of images", () => {
  it("say which images go back", async () => {
    const source = { "web/staging/web.yaml": pod("acme/web:1.2.0", "acme/log:2", "acme/db:main") };
    const items = ["acme/web 1.3.0", 'acme/log "1"', "acme/db old"];
    const target = {
      [file]: kustomization("web.yaml", ...items),
      "web/prod/web.yaml": pod("acme/web:1.3.0", "acme/log:1", "acme/db:old"),
    };
    expect((await plan(source, target)).notes).toEqual(["`acme/web` goes back: 1.2.0 is older than 1.3.0."]);
    const past = { "web/prod/web.yaml": pod("acme/web:1.2.0", "acme/log:2", "acme/db:main") };
    const result = await plan(past, target, { source: prod });
    expect(result.versions).toHaveLength(3);
    expect(result.notes).toEqual([]);
  });

  it("say what only the source has, and that there is no image", async () => {
    const source = { "web/staging/web.yaml": pod("acme/web:1", "acme/log:2", "acme/db:3") };
    expect((await plan(source, own)).notes).toEqual([
      "Only web/staging has `acme/db`, `acme/log`: that is not promoted.",
    ]);
    expect((await plan({}, {})).notes).toEqual(["Neither web/staging nor web/prod has an image."]);
  });

  it("leave to a target within what is set there", async () => {
    const all = targetIn("all/prod", "all", "kustomize");
    const inner = targetIn("web/prod", "web/prod", "kustomize");
    const target = {
      "all/kustomization.yaml": "resources: [../web/prod, log.yaml]\n",
      "all/reads": "web/prod/web.yaml\nweb/prod/kustomization.yaml\n",
      "all/log.yaml": pod("acme/log:1").replace("name: web", "name: log"),
      ...own,
    };
    const source = { "web/staging/web.yaml": pod("acme/web:2", "acme/log:2") };
    const readers = { [file]: [all, inner], "web/prod/web.yaml": [all, inner] };
    const result = await plan(source, target, { target: all, readers });
    expect(result.notes).toEqual(["`acme/web` is set by web/prod, which this target takes in: it is promoted there."]);
    expect(result.versions).toEqual([{ image: "acme/log", from: "1", to: "2" }]);
    expect([...(result.expected?.names.keys() ?? [])]).toEqual(["acme/log"]);
  });
});

describe("a version that is set in a file of others", () => {
  const base = { "base/web.yaml": pod("acme/web:1"), "web/prod/reads": "base/web.yaml\n" };
  const based = (more: string) => ({ ...base, [file]: `resources: [../../base/web.yaml]\n${more}` });
  const overridden = `images:\n  - name: acme/web\n    newTag: "2"\n`;
  const readers = (count: number): Readonly<Record<string, readonly Target[]>> => ({
    "base/web.yaml": [prod, ...others.slice(0, count)],
  });

  it.each([
    [1, "`a/eu`"],
    [3, "`a/eu`, `b/eu`, `c/eu`"],
    [4, "`a/eu`, `b/eu`, `c/eu` and 1 more"],
  ])("is set again in the target's own kustomization: %i others", async (count, list) => {
    const result = await plan(wanted, based(""), { readers: readers(count) });
    expect(result.changes.map((line) => line.replaceAll("'", '"'))).toEqual([
      `write ${file}: resources: [../../base/web.yaml]\n${overridden}`,
    ]);
    expect(result.notes).toEqual([
      `\`base/web.yaml\` sets \`acme/web\` and belongs to ${list} too: the version is set in \`${file}\` instead.`,
    ]);
  });

  it("is refused where the target has no file of its own for it", async () => {
    const both = { "base/web.yaml": [prod, ...others.slice(0, 2)], [file]: [prod, ...others.slice(0, 1)] };
    await expect(plan(wanted, based(""), { readers: both })).rejects.toMatchObject({
      kind: "refused",
      message: "editing `base/web.yaml` would also change a in eu, b in eu",
    });
    const plain = targetIn("web/prod");
    const manifests = { "web/prod/web.yaml": pod("acme/web:1") };
    const shared = { "web/prod/web.yaml": [plain, ...others.slice(0, 1)] };
    await expect(plan(wanted, manifests, { target: plain, readers: shared })).rejects.toMatchObject({
      message: "editing `web/prod/web.yaml` would also change a in eu",
    });
  });

  it("is edited there where others of the environment render as before", async () => {
    const shared = { "base/web.yaml": [prod, targetIn("api/prod")] };
    const result = await plan(wanted, based(""), { readers: shared, unmoved: ["base/web.yaml"] });
    expect(result.changes).toEqual([`write base/web.yaml: ${pod("acme/web:2")}`]);
    expect(result.notes).toEqual([]);
  });

  it("is edited there for another environment only where the target has no file of its own for it", async () => {
    const unmoved = ["base/web.yaml"];
    const own = await plan(wanted, based(""), { readers: readers(1), unmoved });
    expect(own.changes.map((line) => line.replaceAll("'", '"'))).toEqual([
      `write ${file}: resources: [../../base/web.yaml]\n${overridden}`,
    ]);
    const plain = targetIn("web/prod");
    const manifests = { "web/prod/web.yaml": pod("acme/web:1") };
    const all = { "web/prod/web.yaml": [plain, ...others.slice(0, 1)] };
    const parts = { target: plain, readers: all, unmoved: ["web/prod/web.yaml"] };
    expect((await plan(wanted, manifests, parts)).changes).toEqual([`write web/prod/web.yaml: ${pod("acme/web:2")}`]);
  });

  it("is edited there where the others only take the target in", async () => {
    const outer = targetIn("all/prod", "clusters/prod");
    const result = await plan(wanted, own, { readers: { [file]: [prod, outer] } });
    expect(result.changes).toHaveLength(1);
    expect(result.notes).toEqual([]);
  });
});

describe("a version that cannot be edited where it is set", () => {
  const anchored = pod("&image acme/web:1").replace("- name: c0", "- name: &image2 c0");
  const used = `${anchored}    - name: d\n      image: *image\n`;

  it("is set again in the kustomization, else refused with the reason", async () => {
    const kustomized = { [file]: kustomization("web.yaml"), "web/prod/web.yaml": used };
    const result = await plan(wanted, kustomized);
    expect(result.notes).toEqual([
      `\`web/prod/web.yaml\` sets \`acme/web\` and cannot be edited there: the version is set in \`${file}\` instead.`,
    ]);
    const plain = targetIn("web/prod");
    await expect(plan(wanted, { "web/prod/web.yaml": used }, { target: plain })).rejects.toMatchObject({
      kind: "refused",
      message: "web/prod/web.yaml:8: the value has an anchor that is used elsewhere",
      fix: "Make that change by hand.",
    });
  });
});

describe("one setting for containers that are to have several versions", () => {
  it("is refused", async () => {
    const source = { "web/staging/web.yaml": pod("acme/web:2", "acme/web:3") };
    const target = { ...own, "web/prod/web.yaml": pod("acme/web:1", "acme/web:1") };
    await expect(plan(source, target)).rejects.toMatchObject({
      kind: "refused",
      message: `\`${file}\` sets \`acme/web\` in one place for containers that are to have several versions`,
      fix: "Give it one version in the source, or set the versions apart.",
    });
  });
});

describe("a version that nothing in the files sets", () => {
  const plain = targetIn("web/prod");
  const elsewhere = { "web/prod/reads": "generated.yaml\n", "generated.yaml": pod("acme/web:1") };

  it("is set in the kustomization, once for all its places", async () => {
    const target = { ...elsewhere, "generated.yaml": pod("acme/web:1", "acme/web:1"), [file]: "namePrefix: a-\n" };
    const result = await plan(wanted, target);
    expect(result.changes.map((line) => line.replaceAll("'", '"'))).toEqual([
      `write ${file}: namePrefix: a-\nimages:\n  - name: acme/web\n    newTag: "2"\n`,
    ]);
    expect(result.notes).toEqual([
      `Nothing in the files sets \`acme/web\` by itself: the version is set in \`${file}\`.`,
    ]);
  });

  it("is refused where there is none, or it is no container's image", async () => {
    const refusal = { kind: "refused", fix: "Name the value that does with `promote.paths`." };
    await expect(plan(wanted, elsewhere, { target: plain })).rejects.toMatchObject({
      ...refusal,
      message: "nothing in the files of web/prod sets `acme/web:1`",
    });
    const cluster = (tag: string) => `apiVersion: v1\nkind: Cluster\nmetadata: { name: db }\nimage: acme/web:${tag}\n`;
    const custom = { ...elsewhere, "generated.yaml": cluster("1"), [file]: "namePrefix: a-\n" };
    await expect(plan({ "web/staging/web.yaml": cluster("2") }, custom)).rejects.toMatchObject({
      ...refusal,
      message: "nothing in the files of web/prod sets `acme/web:1`",
    });
  });

  it("is refused with up to three files that could not be read", async () => {
    const broken = Object.fromEntries(["a", "b", "c", "d"].map((name) => [`web/prod/${name}.yml`, "image: ["]));
    const error = await plan(wanted, { ...elsewhere, ...broken }, { target: plain }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "refused", message: expect.stringContaining(" (not read: web/prod/a.yml: ") });
    expect(String(error)).toContain("; web/prod/b.yml: ");
    expect(String(error)).toContain("; web/prod/c.yml: ");
    expect(String(error)).not.toContain("d.yml");
  });

  it("may come with a value that is carried besides", async () => {
    const settings = { paths: [{ file: "v.yaml", key: "a" }] };
    const source = { ...wanted, "web/staging/v.yaml": "a: 2\n" };
    const result = await plan(source, { ...elsewhere, "web/prod/v.yaml": "a: 1\n" }, { target: plain, settings });
    expect(result.changes).toEqual(["write web/prod/v.yaml: a: 2\n"]);
    expect(result.expected?.beyond).toBe("values");
  });
});
