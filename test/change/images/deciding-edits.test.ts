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

  it("are the items of `images` that match something, if any does", () => {
    const ghost = setting("kustomize-image", "ghost", { matches: "ghost", matchesNothing: true });
    expect(deciding([ghost, setting("kustomize-image", "k")])).toEqual(["k"]);
    expect(deciding([ghost])).toEqual(["ghost"]);
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

describe("of several items of `images` that give one name", () => {
  const item = (file: string, tag: string) => setting("kustomize-image", file, { matches: file, tag: part(tag) });
  /** The manifest that gives a container the name which this item matches. */
  const origin = (matches: string, more: Partial<VersionSetting>) =>
    setting("manifest", "base.yaml", { matches, tag: part("9"), ...more });
  const container = { resource: "Pod/web", container: "web" };

  it("those decide that say what the place shows, else the first", () => {
    expect(deciding([item("a", "7"), item("b", "1")])).toEqual(["b"]);
    expect(deciding([item("a", "1"), item("b", "1")])).toEqual(["a", "b"]);
    expect(deciding([item("a", "7"), item("b", "8")])).toEqual(["a"]);
  });

  it("the one decides that matches what the container's manifest says", () => {
    const from = origin("b", container);
    expect(deciding([item("a", "1"), item("b", "1"), from])).toEqual(["b"]);
    expect(deciding([item("a", "7"), item("b", "8"), from])).toEqual(["b"]);
    expect(deciding([item("a", "1"), item("b", "8"), from])).toEqual(["a"]);
    const here = origin("b", { file: "web.yaml", whole: { path: at, value: "acme/web:9", line: 1 } });
    expect(deciding([item("a", "1"), item("b", "1"), here])).toEqual(["b"]);
    expect(deciding([item("a", "1"), item("b", "1"), { ...from, resource: "Pod/we" }])).toEqual(["b"]);
  });

  it.each<[string, VersionSetting]>([
    ["of another kind", origin("b", { ...container, resource: "Job/web" })],
    ["of another name", origin("b", { ...container, resource: "Pod/api" })],
    ["of another container", origin("b", { ...container, container: "log" })],
    ["without a container", origin("b", { resource: "Pod/web" })],
    ["without an object", origin("b", { container: "web" })],
    ["that is no manifest", { ...origin("b", container), form: "values" }],
  ])("none is told apart by a setting %s", (_, from) => {
    expect(deciding([item("a", "1"), item("b", "1"), from])).toEqual(["a", "b"]);
  });

  it("the one decides that matches something, and of one name the one that wins", () => {
    const unmatched = { ...item("a", "1"), matchesNothing: true } as const;
    expect(deciding([unmatched, item("b", "7")])).toEqual(["b"]);
    expect(deciding([unmatched])).toEqual(["a"]);
    expect(deciding([item("a", "7"), { ...item("b", "1"), matches: "a" }])).toEqual(["a"]);
  });

  it("the first decides about what is no container's image", () => {
    const object = { apiVersion: "acme.com/v1", kind: "Cluster", metadata: { name: "web" }, image: "acme/web:1" };
    const [use] = imageUses(toItems([{ object, file: "web.yaml" }]));
    if (use === undefined) throw new Error("no image");
    expect(deciding([item("a", "7"), item("b", "1")], [], { ...request, use })).toEqual(["a"]);
  });
});

describe("a manifest's setting stands where a place is", () => {
  it.each([
    ["an image in parts", { repository: "acme/web", tag: "1" }, "tag"],
    ["an image by its digest", { repository: "acme/web", digest }, "digest"],
  ] as const)("%s", (_, image, key) => {
    const object = { apiVersion: "acme.com/v1", kind: "Cluster", metadata: { name: "web" }, image };
    const [use] = imageUses(toItems([{ object, file: "web.yaml" }]));
    if (use === undefined) throw new Error("no image");
    const said = { path: ["image", key], value: key === "tag" ? "1" : digest, line: 1 };
    const { tag: _tag, ...bare } = setting("object-image", "web.yaml");
    const [here, there] = [said, { ...said, path: ["other", key] }].map((one) => ({ ...bare, [key]: one }));
    if (here === undefined || there === undefined) throw new Error("no settings");
    const chosen = decidingSettings({ ...request, use }, [there, here, { ...here, file: "base.yaml" }], []);
    expect(chosen).toEqual([here]);
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

describe("a setting in a text that holds values", () => {
  it("decides where that text holds the place", () => {
    const object = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: "web" },
      spec: { source: { helm: { values: "image: { repository: acme/web, tag: '1' }\n" } } },
    };
    const [use] = imageUses(toItems([{ object, file: "web.yaml" }]));
    const held = (...heldIn: readonly string[]) => setting("manifest", "web.yaml", { heldIn });
    const settings = [setting("manifest", "web.yaml"), held("spec"), held("spec", "source", "helm", "values")];
    expect(use && decidingSettings({ ...request, use }, settings, [])).toEqual([settings[2]]);
  });
});
