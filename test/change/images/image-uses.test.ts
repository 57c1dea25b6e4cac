import { describe, expect, it } from "vitest";
import { textsOf, versionChanges } from "../../../src/change/images/expected-changes.ts";
import { type ImageRequest, identityOf } from "../../../src/change/images/image-request.ts";
import { type ImageUse, imageUses, useKey } from "../../../src/change/images/image-uses.ts";
import { toItems } from "../../../src/diff/item.ts";
import { type ImageReference, parseImage, type VersionSetting } from "../../../src/edit/find/index.ts";
import type { Json, JsonObject } from "../../../src/model/json.ts";

function resource(kind: string, more: JsonObject, name = "web"): JsonObject {
  return { apiVersion: "acme.com/v1", kind, metadata: { name, namespace: "prod", image: "acme/not:1" }, ...more };
}

function usesIn(...objects: readonly JsonObject[]): readonly ImageUse[] {
  return imageUses(toItems(objects.map((object) => ({ object, file: "web.yaml" }))));
}

/** `POINTER TEXT` of each place. */
const places = (...objects: readonly JsonObject[]) =>
  usesIn(...objects).map(({ pointer, text }) => `${pointer} ${text}`);

/** A value this many lists deep. */
function nested(depth: number, value: Json): Json {
  return depth === 0 ? value : [nested(depth - 1, value)];
}

const digest = `sha256:${"ab".repeat(32)}`;

describe("places that name an image", () => {
  it("are containers, with what is said about each", () => {
    const [use, ...more] = usesIn(
      resource("Deployment", {
        spec: { template: { spec: { containers: [{ name: "app", image: `acme/web:1@${digest}` }] } } },
      }),
    );
    expect(more).toEqual([]);
    expect(use).toEqual({
      item: "acme.com\nDeployment\nprod\nweb",
      resource: "Deployment/prod/web",
      owner: "web",
      pointer: "/spec/template/spec/containers/0/image",
      role: "Deployment containers app",
      place: "container `app`",
      container: "app",
      text: `acme/web:1@${digest}`,
      file: "web.yaml",
      name: "acme/web",
      version: `1@${digest}`,
      image: { name: "acme/web", tag: "1", digest },
    });
    expect(useKey({ item: "a", pointer: "/b" })).toBe("a\n/b");
  });

  it("are containers of every section, also without a version, but not without an image", () => {
    const containers = [{ name: "a", image: "acme/web" }, { name: "b" }, { name: "c", image: "acme/web:2" }];
    const pod = resource("Pod", { spec: { containers, initContainers: [{ name: "d", image: "acme/init:1" }] } });
    expect(
      usesIn(pod)
        .map(({ role, text }) => `${role} ${text}`)
        .toSorted(),
    ).toEqual(["Pod containers a acme/web", "Pod containers c acme/web:2", "Pod initContainers d acme/init:1"]);
  });

  it("are fields called `image` of other objects that say a version, each once, in maps and lists", () => {
    const object = resource("Cluster", {
      image: "acme/db:1",
      spec: {
        image: "acme/db",
        "a/b": [{ image: "acme/log:1" }, { images: "acme/no:1" }, { image: "" }, { image: 7 }, "acme/no:2"],
        metadata: { image: "acme/inner:1" },
        picture: { image: { image: "acme/deep:1" } },
        template: { spec: { containers: [{ name: "c", image: "acme/web:1" }] } },
      },
    });
    expect(places(object).toSorted()).toEqual([
      "/image acme/db:1",
      "/spec/a~1b/0/image acme/log:1",
      "/spec/metadata/image acme/inner:1",
      "/spec/picture/image/image acme/deep:1",
      "/spec/template/spec/containers/0/image acme/web:1",
    ]);
    const [field] = usesIn(resource("Cluster", { image: "acme/db:1" }));
    expect(field).toMatchObject({ role: "Cluster /image", container: undefined, owner: "web" });
  });

  it.each(["ConfigMap", "Secret", "CustomResourceDefinition", "SealedSecret"])("are none in a %s", (kind) => {
    const template = { spec: { containers: [{ name: "c", image: "acme/web:1" }] } };
    expect(places(resource(kind, { data: { image: "acme/web:1" }, spec: { template } }))).toEqual([]);
    expect(places(resource("Cluster", { data: { image: "acme/web:1" }, spec: { template } }))).toHaveLength(2);
  });

  it("are images in parts, with where each part is", () => {
    const repository = "acme/web";
    const image = (more: JsonObject) => usesIn(resource("Cluster", { image: { repository, ...more } }));
    expect(image({ tag: "1", digest })).toMatchObject([
      {
        ...{ pointer: "/image/tag", parts: { tag: "/image/tag", digest: "/image/digest" } },
        ...{ place: "`image.tag` of Cluster `web`", role: "Cluster /image/tag", text: `acme/web:1@${digest}` },
      },
    ]);
    expect(image({ digest })).toMatchObject([{ pointer: "/image/digest", parts: { digest: "/image/digest" } }]);
    const [tagged] = image({ tag: "1" });
    expect(tagged?.parts).toEqual({ tag: "/image/tag" });
    const [whole] = usesIn(resource("Cluster", { image: "acme/db:1" }));
    expect(whole).not.toHaveProperty("parts");
    expect(whole).not.toHaveProperty("before");
  });

  it("are images in a text that holds values, and with something before them", () => {
    const application = (source: JsonObject): JsonObject => ({
      ...{ apiVersion: "argoproj.io/v1alpha1", kind: "Application", metadata: { name: "web" } },
      spec: { sources: [source] },
    });
    const values = 'image:\n  repository: acme/web\n  tag: "1"\n';
    expect(usesIn(application({ helm: { values } }))).toMatchObject([
      {
        pointer: "/spec/sources/0/helm/values\n/image/tag",
        parts: { tag: "/spec/sources/0/helm/values\n/image/tag" },
        place: "`spec.sources[0].helm.values: image.tag` of Application `web`",
      },
    ]);
    expect(usesIn(application({ kustomize: { images: ["app=acme/web:1"] } }))).toMatchObject([
      {
        ...{ pointer: "/spec/sources/0/kustomize/images/0", before: "app=", text: "acme/web:1" },
        place: "`spec.sources[0].kustomize.images[0]` of Application `web`",
      },
    ]);
  });

  it("are images of volumes, by the volume's name", () => {
    const volumes = [{ name: "data", image: { reference: "acme/data:1" } }];
    expect(usesIn(resource("Pod", { spec: { containers: [], volumes } }))).toMatchObject([
      { role: "Pod volume data", place: "image volume `data`", container: undefined, text: "acme/data:1" },
    ]);
  });

  it("are none that cannot be read, nor below forty levels", () => {
    expect(places(resource("Cluster", { image: "not an image: 1" }))).toEqual([]);
    expect(places(resource("Cluster", { spec: nested(38, { image: "acme/db:1" }) }))).toHaveLength(1);
    expect(places(resource("Cluster", { spec: nested(40, { image: "acme/db:1" }) }))).toHaveLength(0);
  });

  it("are found once for each object", () => {
    const items = toItems([{ object: resource("Cluster", { image: "acme/db:1" }) }]);
    expect(imageUses(items)[0]).toBe(imageUses(items)[0]);
  });
});

describe("what is to change", () => {
  const request = (from: string, to: ImageReference): ImageRequest => {
    const [use] = usesIn(resource("Cluster", { image: from }));
    if (use === undefined) throw new Error(`no image ${from}`);
    return { use, wanted: to, renames: parseImage(from)?.name !== to.name };
  };
  const reference = (text: string): ImageReference => parseImage(text) ?? { name: text, tag: "", digest: "" };

  it("is a line for each image and pair of versions, with the name where that changes", () => {
    expect(
      versionChanges([
        request("acme/web:1", reference("acme/web:2")),
        request("acme/web:1", reference("acme/web:2")),
        request("acme/web:0", reference("acme/web:2")),
        request("acme/web:1", reference(`acme/next:2@${digest}`)),
      ]),
    ).toEqual([
      { image: "acme/web", from: "1", to: "2" },
      { image: "acme/web", from: "0", to: "2" },
      { image: "acme/web", from: "1", to: `acme/next:2@${digest}` },
    ]);
  });

  it("may be followed by the whole reference, its version, tag and digest, and its name", () => {
    const other = digest.replaceAll("ab", "cd");
    const texts = textsOf(request(`acme/web:1.3@${digest}`, reference(`acme/next:1.4@${other}`)));
    expect(texts).toEqual(
      expect.arrayContaining([
        [`acme/web:1.3@${digest}`, `acme/next:1.4@${other}`],
        [`1.3@${digest}`, `1.4@${other}`],
        ["1.3", "1.4"],
        ["1-3", "1-4"],
        [digest, other],
        ["ab".repeat(32), "cd".repeat(32)],
        ["acme/web", "acme/next"],
      ]),
    );
    const names = textsOf(request("acme/web:1", reference("acme/web:2"))).map(([from]) => from);
    expect(names.toSorted()).toEqual(["1", "1", "acme/web:1"]);
  });
});

describe("what makes settings of two targets the same one", () => {
  const setting = (more: Partial<VersionSetting>): VersionSetting => ({
    subject: { kind: "image", name: "acme/web" },
    matches: "web",
    form: "values",
    file: "values.yaml",
    document: 0,
    at: ["image"],
    ...more,
  });
  const values = {
    key: ["sub", "image"],
    above: [],
    isDefault: false,
    version: "image.tag",
    tagBelow: undefined,
    digestBelow: undefined,
    registry: undefined,
  };

  it.each([
    [{ form: "kustomize-image" }, '["kustomize-image","web"]'],
    [{}, '["values",["image"]]'],
    [{ values }, '["values",["sub","image"]]'],
    [{ form: "values-text" }, '["values-text",["image"]]'],
    [{ form: "helm-charts", subject: { kind: "chart", name: "lib", repository: undefined } }, '["helm-charts","lib"]'],
    [{ form: "manifest" }, undefined],
  ] as const)("of %o is %s", (more, identity) => {
    expect(identityOf(setting(more))).toBe(identity);
  });
});
