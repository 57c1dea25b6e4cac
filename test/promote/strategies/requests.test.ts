import { describe, expect, it } from "vitest";
import { imageUses } from "../../../src/change/images/image-uses.ts";
import { toItems } from "../../../src/diff/item.ts";
import type { VersionSetting } from "../../../src/edit/find/index.ts";
import { requestsFor, type TargetImages } from "../../../src/promote/strategies/requests.ts";

/** Containers of Deployments: `DEPLOYMENT/CONTAINER IMAGE`. */
function images(id: string, places: readonly string[], settings: readonly VersionSetting[] = []): TargetImages {
  const all = places.map((place) => {
    const [where = "", image = ""] = place.split(" ");
    const [owner = "", name = ""] = where.split("/");
    return { owner, container: { name, image } };
  });
  const resources = [...Map.groupBy(all, ({ owner }) => owner)].map(([name, some]) => {
    const spec = { template: { spec: { containers: some.map(({ container }) => container) } } };
    return { object: { apiVersion: "apps/v1", kind: "Deployment", metadata: { name }, spec } };
  });
  return { id, uses: imageUses(toItems(resources)), settings };
}

/** An item of kustomize's `images` that gives this name. */
function item(matches: string, name: string | undefined): VersionSetting {
  const subject = { kind: "image", name } as const;
  return { subject, matches, form: "kustomize-image", file: "kustomization.yaml", document: 0, at: ["images", 0] };
}

/** What each place of prod is to show: `DEPLOYMENT/CONTAINER IMAGE`, with `!` where the name changes too. */
function wanted(target: TargetImages, source: TargetImages): readonly string[] {
  return requestsFor(target, source).requests.map(({ use, wanted: { name, tag, digest }, renames }) => {
    const version = `${tag === "" ? "" : `:${tag}`}${digest === "" ? "" : `@${digest}`}`;
    return `${use.owner}/${use.container} ${name}${version}${renames ? "!" : ""}`;
  });
}

function refusal(target: TargetImages, source: TargetImages): unknown {
  try {
    return requestsFor(target, source);
  } catch (error) {
    return error;
  }
}

const prod = (places: readonly string[], settings?: readonly VersionSetting[]) => images("web/prod", places, settings);
const staging = (places: readonly string[], settings?: readonly VersionSetting[]) =>
  images("web/staging", places, settings);

describe("the images of a source", () => {
  it("are carried by name, by the item of `images` that gives them, and by their last part", () => {
    const [here, there] = [item("app", "mirror/old"), item("app", "acme/new")];
    const result = requestsFor(
      prod(["a/c acme/web:1", "b/c mirror/old:1", "d/c mirror/proxy:1", "e/c acme/mine:1"], [here]),
      staging(["a/c acme/web:2", "b/c acme/new:3", "d/c other/proxy:4", "e/c acme/theirs:5"], [there]),
    );
    expect(result.requests.map(({ use, wanted: to, renames }) => [use.text, to.name, to.tag, renames])).toEqual([
      ["acme/web:1", "acme/web", "2", false],
      ["mirror/old:1", "acme/new", "3", true],
      ["mirror/proxy:1", "mirror/proxy", "4", false],
    ]);
    expect(result.lacking).toEqual(["acme/theirs"]);
  });

  it("are in the order of the target's names", () => {
    const here = prod(["a/c z/same:1", "b/c a/rest:1", "c/c m/rest2:1"]);
    const there = staging(["a/c z/same:2", "b/c x/rest:2", "c/c x/rest2:2"]);
    expect(wanted(here, there)).toEqual(["b/c a/rest:2", "c/c m/rest2:2", "a/c z/same:2"]);
  });

  it("are nothing where neither has one", () => {
    expect(requestsFor(prod([]), staging([]))).toEqual({ requests: [], lacking: [] });
  });

  it("keep the digest, and the registry of the target", () => {
    const digest = `sha256:${"ab".repeat(32)}`;
    expect(wanted(prod(["a/c mirror/web:1"]), staging([`a/c acme/web:2@${digest}`]))).toEqual([
      `a/c mirror/web:2@${digest}`,
    ]);
    expect(wanted(prod(["a/c acme/web"]), staging(["a/c acme/web"]))).toEqual(["a/c acme/web"]);
  });
});

describe("names that an item of `images` gives", () => {
  const two = ["a/c acme/new:2", "b/c acme/next:3"];

  it("match by the item, not by their last part", () => {
    const here = prod(["a/c mirror/new:1"], [item("app", "mirror/new")]);
    expect(wanted(here, staging(two, [item("app", "acme/next")]))).toEqual(["a/c acme/next:3!"]);
  });

  it.each([
    ["the item gives several there", [item("app", "acme/new"), item("app", "acme/next")]],
    ["the item gives none that runs there", [item("app", "acme/gone")]],
    ["nobody knows what the item gives there", [item("app", undefined)]],
    ["the item is another one", [item("other", "acme/next")]],
    ["a manifest gives it", [{ ...item("app", "acme/next"), form: "manifest" } as const]],
  ])("match by their last part where %s", (_, settings) => {
    const here = prod(["a/c mirror/new:1"], [item("app", "mirror/new")]);
    expect(wanted(here, staging(two, settings))).toEqual(["a/c mirror/new:2"]);
  });

  it("match nothing that is matched by its name, here or there", () => {
    const here = prod(["a/c acme/web:1", "b/c mirror/old:1"], [item("app", "mirror/old")]);
    expect(wanted(here, staging(["a/c acme/web:2"], [item("app", "acme/web")]))).toEqual(["a/c acme/web:2"]);
    const both = staging(["a/c acme/web:2", "b/c acme/new:3"], [item("app", "acme/new")]);
    const result = requestsFor(prod(["a/c acme/web:1"], [item("app", "acme/web")]), both);
    expect(result.requests.map(({ wanted: to }) => to.tag)).toEqual(["2"]);
    expect(result.lacking).toEqual(["acme/new"]);
  });

  it("are not matched once more by their last part", () => {
    const here = prod(["a/c x/old:1", "b/c y/new:1"], [item("app", "x/old")]);
    expect(wanted(here, staging(["a/c acme/new:2"], [item("app", "acme/new")]))).toEqual(["a/c acme/new:2!"]);
  });

  it("match where only others are not clear", () => {
    const items = [item("app", "x/one"), item("app", "x/two"), item("db", "x/db")];
    const there = staging(["a/c acme/new:2", "b/c acme/store:3"], [item("app", "acme/new"), item("db", "acme/store")]);
    expect(wanted(prod(["a/c x/one:1", "b/c x/two:1", "c/c x/db:1"], items), there)).toEqual(["c/c acme/store:3!"]);
  });

  it("match once: two here that one there would be for match by neither", () => {
    const here = prod(["a/c x/one:1", "b/c x/two:1"], [item("app", "x/one"), item("app", "x/two")]);
    expect(refusal(here, staging(["a/c acme/new:2"], [item("app", "acme/new")]))).toMatchObject({ kind: "refused" });
  });

  it("never match two manifests that have no such item", () => {
    const manifest = (name: string): VersionSetting => ({ ...item("x", name), form: "manifest" });
    const here = prod(["a/c x/one:1"], [manifest("x/one")]);
    expect(refusal(here, staging(["a/c y/two:2"], [manifest("y/two")]))).toMatchObject({ kind: "refused" });
  });
});

describe("an image that the source has in several versions", () => {
  it("is that of the same container of the same resource, else of the same container", () => {
    expect(
      wanted(
        prod(["a/one acme/web:1", "a/two acme/web:1", "b/one acme/web:1"]),
        staging(["a/one acme/web:2", "a/two acme/web:3", "b/one acme/web:4"]),
      ),
    ).toEqual(["a/one acme/web:2", "a/two acme/web:3", "b/one acme/web:4"]);
    expect(
      wanted(prod(["z/one acme/web:1", "z/two acme/web:1"]), staging(["a/one acme/web:2", "a/two acme/web:3"])),
    ).toEqual(["z/one acme/web:2", "z/two acme/web:3"]);
  });

  it("is refused where that cannot be told", () => {
    const source = staging(["a/one acme/web:2", "b/one acme/web", "c/one acme/web:2", "c/two acme/web:2"]);
    expect(refusal(prod(["z/one acme/web:1"]), source)).toMatchObject({
      kind: "refused",
      message:
        "web/staging has `acme/web` in several versions, and it cannot be told which one web/prod is to have: 2 in Deployment/a, no tag in Deployment/b, 2 in Deployment/c",
      fix: "Give it one version in the source, or carry the values by the strategy `paths`.",
    });
  });
});

describe("what cannot be carried", () => {
  it.each([
    [["a/c x/old:1"], ["a/c y/new:1", "b/c y/other:1"], "web/staging has `y/new`, `y/other`, web/prod has `x/old`"],
    [[], ["a/c y/new:1"], "web/staging has `y/new`, web/prod has no image"],
    [["a/c x/old:1"], [], "web/staging has no image, web/prod has `x/old`"],
  ])("is %j from %j, which have nothing in common", (here, there, lists) => {
    expect(refusal(prod(here), staging(there))).toMatchObject({
      kind: "refused",
      message: `no image is in both targets: ${lists}`,
      fix: "Carry what changes by the strategy `paths` or `directory`.",
    });
  });

  it("is an image without a version where the target has one", () => {
    expect(refusal(prod(["a/c acme/web:1"]), staging(["a/c acme/web"]))).toMatchObject({
      kind: "refused",
      message: "web/staging has `acme/web` without a tag and a digest (Deployment/a): there is no version to carry",
      fix: "Give it a tag or a digest in the source.",
    });
  });
});
