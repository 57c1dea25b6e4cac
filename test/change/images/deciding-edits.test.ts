import { describe, expect, it } from "vitest";
import { decidingSettings } from "../../../src/change/images/deciding-edits.ts";
import type { ImageRequest } from "../../../src/change/images/image-request.ts";
import { imageUses } from "../../../src/change/images/image-uses.ts";
import { toItems } from "../../../src/diff/item.ts";
import type { VersionSetting } from "../../../src/edit/find/index.ts";

const digest = `sha256:${"ab".repeat(32)}`;
const other = `sha256:${"cd".repeat(32)}`;

/** The wish that the container of `web.yaml` shows tag 2. */
function requestOf(image: string): ImageRequest {
  const containers = [{ name: "web", image }];
  const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec: { containers } };
  const [use] = imageUses(toItems([{ object, file: "web.yaml" }]));
  if (use === undefined) throw new Error(`no image ${image}`);
  return { use, wanted: { name: "acme/web", tag: "2", digest: "" }, renames: false };
}

const request = requestOf("acme/web:1");
const part = (value: string) => ({ path: ["image", "tag"], value, line: 1 });

function setting(form: VersionSetting["form"], file: string, more: Partial<VersionSetting> = {}): VersionSetting {
  const subject = { kind: "image", name: "acme/web" } as const;
  return { subject, matches: "acme/web", form, file, document: 0, at: ["image"], tag: part("1"), ...more };
}

const unnamed = { subject: { kind: "image", name: undefined } } as const;
const empty = { tag: part("") };
const at = ["spec", "containers", 0, "image"];

/** The files of the settings that decide. */
function deciding(settings: readonly VersionSetting[], source: readonly VersionSetting[] = [], wish = request) {
  return decidingSettings(wish, settings, source).map(({ file }) => file);
}

describe("the settings that decide about an image", () => {
  it("are the first item of `images` that says a version", () => {
    expect(
      deciding([
        setting("values", "v"),
        setting("kustomize-image", "empty", empty),
        setting("kustomize-image", "k1", { tag: part("7") }),
        setting("kustomize-image", "k2"),
      ]),
    ).toEqual(["k1"]);
  });

  it("are values that say what the place shows, of each key the one that wins", () => {
    expect(
      deciding([
        setting("values", "v0", { tag: part("0") }),
        setting("values", "v1"),
        setting("values", "v2"),
        setting("values", "v3", { at: ["other"] }),
        setting("values-text", "v4"),
        setting("manifest", "m"),
        setting("kustomize-image", "empty", empty),
      ]),
    ).toEqual(["v1", "v3", "v4"]);
  });

  it("are the manifest that stands there, else every manifest that says it", () => {
    const whole = { path: at, value: "acme/web:1", line: 1 };
    const manifest = (file: string, path: readonly (string | number)[] = at) =>
      setting("manifest", file, { whole: { ...whole, path: [...path] } });
    expect(deciding([manifest("base.yaml"), manifest("web.yaml"), manifest("web.yaml", ["spec"])])).toEqual([
      "web.yaml",
    ]);
    expect(deciding([manifest("base.yaml"), manifest("web.yaml", ["spec"])])).toEqual(["base.yaml", "web.yaml"]);
    expect(deciding([setting("manifest", "web.yaml", { whole: { ...whole, value: "acme/web:0" } })])).toEqual([]);
    expect(deciding([setting("manifest", "web.yaml", { whole: { ...whole, value: "{{ tag }}" } })])).toEqual([]);
  });

  it("are values without a name that say it: those that say the wanted version in the source, else all", () => {
    const [one, two] = [setting("values", "one", unnamed), setting("values", "two", { ...unnamed, at: ["other"] })];
    const shadowed = setting("values", "three", unnamed);
    expect(deciding([one, two, shadowed])).toEqual(["one", "two"]);
    const there = { ...two, file: "source", tag: part("2") };
    expect(deciding([one, two], [there])).toEqual(["two"]);
    expect(deciding([one, two], [{ ...there, tag: part("3") }])).toEqual(["one", "two"]);
    const { tag: _, ...untagged } = there;
    expect(deciding([one, two], [untagged])).toEqual(["one", "two"]);
    expect(deciding([one, two], [{ ...there, at: ["elsewhere"] }])).toEqual(["one", "two"]);
    expect(deciding([one, two, setting("values", "named", empty)])).toEqual(["one", "two"]);
    expect(deciding([setting("values", "no", { ...unnamed, tag: part("9") })])).toEqual([]);
  });

  it("are values of that name that leave the version to the chart, when nothing else says it", () => {
    expect(
      deciding([
        setting("values", "e1", empty),
        setting("values", "e2", empty),
        setting("manifest", "m", empty),
        setting("values", "said", { at: ["x"], tag: part("0") }),
        setting("values", "digest", { at: ["y"], ...empty, digest: part(digest) }),
      ]),
    ).toEqual(["e1"]);
  });

  it("are none of another image, of a chart, or decided elsewhere", () => {
    expect(
      deciding([
        setting("values", "a", { subject: { kind: "image", name: "acme/other" } }),
        setting("values", "b", { subject: { kind: "chart", name: "acme/web", repository: undefined } }),
        setting("values", "c", { decidedBy: "x:1" }),
      ]),
    ).toEqual([]);
  });
});

describe("of several items of `images` that give the same name", () => {
  const item = (file: string, matches: string, tag: string, more: Partial<VersionSetting> = {}) =>
    setting("kustomize-image", file, { matches, tag: part(tag), ...more });
  const manifest = (more: Partial<VersionSetting>) =>
    setting("manifest", "base.yaml", { matches: "web", whole: part("web:0"), ...more });
  const origin = manifest({ resource: "Pod/web", container: "web" });

  it.each<[string, readonly VersionSetting[], readonly string[]]>([
    ["the one for the container's own name", [item("a", "app", "7"), item("b", "web", "7"), origin], ["b"]],
    ["of those that say it, the one for its own name", [item("a", "app", "1"), item("b", "web", "1"), origin], ["b"]],
    ["the one that says it, though for another name", [item("a", "app", "1"), item("b", "web", "7"), origin], ["a"]],
    ["all that say it", [item("a", "app", "1"), item("b", "web", "1"), item("c", "x", "7")], ["a", "b"]],
    ["the first where none says it", [item("a", "app", "7"), item("b", "web", "7")], ["a"]],
    ["one that matches something", [item("a", "app", "1", { matchesNothing: true }), item("b", "web", "7")], ["b"]],
    ["one that may match what a chart writes", [item("a", "app", "7", { matchesNothing: true })], ["a"]],
    ["the winner of one name", [item("a", "web", "7"), item("b", "web", "1")], ["a"]],
  ])("it is %s", (_, settings, files) => {
    expect(deciding(settings)).toEqual(files);
  });

  it.each<[string, Partial<VersionSetting>, boolean]>([
    ["where it stands", { file: "web.yaml", whole: { ...part("web:0"), path: at } }, true],
    ["in its object", { resource: "Pod/web", container: "web" }, true],
    ["in an object that got a prefix", { resource: "Pod/we", container: "web" }, true],
    ["in another object", { resource: "Pod/api", container: "web" }, false],
    ["in an object of another kind", { resource: "Job/web", container: "web" }, false],
    ["in another container", { resource: "Pod/web", container: "api" }, false],
    ["in no container", { resource: "Pod/web" }, false],
    ["in no object", { container: "web" }, false],
  ])("a container's own name is that %s", (_, more, is) => {
    const settings = [item("a", "app", "7"), item("b", "web", "7"), manifest(more)];
    expect(deciding(settings)).toEqual([is ? "b" : "a"]);
  });

  it("is the first for a place that is no container's", () => {
    const object = { apiVersion: "v1", kind: "Widget", metadata: { name: "web" }, spec: { image: "acme/web:1" } };
    const [use] = imageUses(toItems([{ object, file: "web.yaml" }]));
    const settings = [item("a", "app", "7"), item("b", "web", "1")];
    expect(use && deciding(settings, [], { ...request, use })).toEqual(["a"]);
  });
});

describe("a setting in a text", () => {
  it("decides where the text holds the place", () => {
    const source = { helm: { values: "image: { repository: acme/web, tag: '1' }\n" } };
    const object = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: "web" },
      spec: { source },
    };
    const [use] = imageUses(toItems([{ object, file: "web.yaml" }]));
    const heldIn = ["spec", "source", "helm", "values"];
    const settings = [
      setting("manifest", "web.yaml"),
      setting("manifest", "web.yaml", { heldIn: ["spec", "source"] }),
      setting("manifest", "web.yaml", { heldIn }),
    ];
    expect(use && decidingSettings({ ...request, use }, settings, [])).toEqual([settings[2]]);
  });

  it("may be a digest alone", () => {
    const settings = [setting("object-image", "a"), setting("object-image", "b", { digest: part(digest), ...empty })];
    expect(deciding(settings, [], requestOf(`acme/web@${digest}`))).toEqual(["b"]);
  });
});

describe("a value says what a place shows", () => {
  it.each<readonly [string, Partial<VersionSetting>, boolean]>([
    ["acme/web:1", { tag: part("1") }, true],
    ["acme/web:1", { tag: part("0") }, false],
    ["acme/web", { tag: part("") }, true],
    [`acme/web:1@${digest}`, { tag: part("1") }, false],
    [`acme/web:1@${digest}`, { tag: part("1"), digest: part(digest) }, true],
    [`acme/web:1@${digest}`, { tag: part("1"), digest: part(other) }, false],
    [`acme/web:1@${digest}`, { tag: part("0"), digest: part(digest) }, false],
    [`acme/web:1@${digest}`, { tag: part(`1@${digest}`) }, true],
    [`acme/web:1@${digest}`, { tag: part(`1@${other}`), digest: part(digest) }, false],
    [`acme/web@${digest}`, { tag: part("7"), digest: part(digest) }, true],
    [`acme/web@${digest}`, { tag: part("7"), digest: part(other) }, false],
    ["acme/web:1", { tag: part("1"), digest: part(digest) }, true],
    [`acme/web:1@${digest}`, { whole: part(`x/y:1@${digest}`) }, true],
    [`acme/web:1@${digest}`, { whole: part("x/y:1") }, false],
    ["acme/web:1", { whole: part("x/y:2") }, false],
    ["acme/web:1", { whole: part("{{ tag }}") }, false],
  ])("of %s by %o: %s", (image, more, says) => {
    const value = setting("values", "v", { ...unnamed, ...more });
    // Where the version is empty, only a value of that name can leave it to the chart.
    const named = image === "acme/web" ? setting("values", "v", more) : value;
    expect(deciding([named], [], requestOf(image))).toEqual(says ? ["v"] : []);
  });
});
