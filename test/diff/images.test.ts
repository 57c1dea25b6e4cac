import { describe, expect, it } from "vitest";
import { matchImageNames, shortImage, splitImage } from "../../src/diff/image-name.ts";
import { compare } from "./support.ts";

const hex = "0123456789abcdef".repeat(4);

describe("an image's name", () => {
  it.each([
    ["nginx", "nginx", ""],
    ["nginx:1.27", "nginx", "1.27"],
    ["ghcr.io/acme/web:1.4.0", "ghcr.io/acme/web", "1.4.0"],
    ["registry.local:5000/team/app", "registry.local:5000/team/app", ""],
    ["registry.local:5000/team/app:1", "registry.local:5000/team/app", "1"],
    [`web@sha256:${hex}`, "web", `sha256:${hex}`],
    [`registry.local:5000/web:1.4.0@sha256:${hex}`, "registry.local:5000/web", `1.4.0@sha256:${hex}`],
    ["", "", ""],
  ])("in %s is %s, its version %s", (image, name, version) => {
    expect(splitImage(image)).toEqual({ name, version });
  });

  it("is shown with the first digits of a digest, and cut where it is long", () => {
    expect(shortImage(`web:1@sha256:${hex}`)).toBe("web:1@sha256:0123456789ab…");
    expect(shortImage("web@sha256:0123")).toBe("web@sha256:0123");
    expect(shortImage("x".repeat(100))).toBe("x".repeat(100));
    expect(shortImage("x".repeat(101))).toBe(`${"x".repeat(99)}…`);
    expect(shortImage(`${"x".repeat(98)}😀yz`)).toBe(`${"x".repeat(98)}…`);
  });

  it.each([
    ["equal names", ["a/web", "b/web"], ["b/web", "a/web"], ["a/web=a/web", "b/web=b/web"]],
    [
      "the end of a name that stands alone",
      ["mirror.example/web", "db"],
      ["ghcr.io/acme/web"],
      ["mirror.example/web=ghcr.io/acme/web"],
    ],
    ["no end that two have there", ["a/web"], ["b/web", "c/web"], []],
    ["no end that two have here", ["a/web", "b/web"], ["c/web"], []],
    ["the end of the one that is left", ["a/web", "b/web"], ["a/web", "c/web"], ["a/web=a/web", "b/web=c/web"]],
    ["no name that its equal has taken", ["a/web"], ["a/web", "b/web"], ["a/web=a/web"]],
    ["nothing of other names", ["web"], ["webapp"], []],
  ] as const)("matches one of another environment by %s", (_, here, there, expected) => {
    expect([...matchImageNames(here, there)].map(([one, other]) => `${one}=${other}`)).toEqual(expected);
  });
});

const object = (kind: string, body: string) =>
  `{ apiVersion: example.org/v1, kind: ${kind}, metadata: { name: x }, ${body} }`;
const containers = (...images: readonly string[]) =>
  `containers: [${images.map((image) => `{ name: ${image.split(":")[0]}, image: "${image}" }`).join(", ")}]`;
const imagesOf = (base: string | undefined, head: string | undefined) =>
  compare(base, head).images.map(({ container, from, to }) => `${container}, ${from || "none"} to ${to || "none"}`);

describe("images that change", () => {
  it("are those of containers that change, come or go", () => {
    const base = object("App", `spec: { ${containers("a:1", "b:1", "c:1")} }`);
    const head = object("App", `spec: { ${containers("d:1", "a:2", "b:1")} }`);
    expect(imagesOf(base, head)).toEqual(["App/x: d, none to d:1", "App/x: a, a:1 to a:2", "App/x: c, c:1 to none"]);
    expect(imagesOf(undefined, object("App", `spec: { ${containers("a:1")} }`))).toEqual(["App/x: a, none to a:1"]);
    expect(imagesOf(object("App", `spec: { ${containers("a:1")} }`), undefined)).toEqual(["App/x: a, a:1 to none"]);
  });

  it("are of init containers, containers and ephemeral containers, in this order; without a name by their place", () => {
    const pod = (tag: string) =>
      object(
        "App",
        `spec: { ephemeralContainers: [{ name: debug, image: "e:${tag}" }], containers: [{ image: "c:0" }, { image: "c:${tag}" }], initContainers: [{ name: init, image: "i:${tag}" }] }`,
      );
    expect(imagesOf(pod("1"), pod("2"))).toEqual([
      "App/x: init, i:1 to i:2",
      "App/x: 1, c:1 to c:2",
      "App/x: debug, e:1 to e:2",
    ]);
  });

  it("are told apart by pod and by section where containers have one name", () => {
    const pods = (one: string, two: string, init: string) =>
      object(
        "App",
        `spec: { pods: [{ ${containers(`web:${one}`)} }, { ${containers(`web:${two}`)}, initContainers: [{ name: web, image: "i:${init}" }] }] }`,
      );
    expect(imagesOf(pods("1", "1", "1"), pods("1", "2", "1"))).toEqual(["App/x: web, web:1 to web:2"]);
    expect(imagesOf(pods("1", "1", "1"), pods("2", "1", "2"))).toEqual([
      "App/x: web, web:1 to web:2",
      "App/x: web, i:1 to i:2",
    ]);
  });

  it.each(["ConfigMap", "Secret", "CustomResourceDefinition", "SealedSecret"])("are none in a %s", (kind) => {
    const spec = (tag: string) => object(kind, `spec: { ${containers(`a:${tag}`)} }`);
    expect(imagesOf(spec("1"), spec("2"))).toEqual([]);
  });

  it.each([
    ["in metadata", "", (pod: string) => `{ apiVersion: a/v1, kind: App, metadata: { name: x, pod: { ${pod} } } }`],
    [
      "in metadata further down",
      "App/x: a, a:1 to a:2",
      (pod: string) => object("App", `spec: { metadata: { ${pod} } }`),
    ],
    ["below twelve steps", "", (pod: string) => object("App", `s: ${"{ s: ".repeat(12)}{ ${pod} }${" }".repeat(12)}`)],
    [
      "twelve steps down",
      "App/x: a, a:1 to a:2",
      (pod: string) => object("App", `s: ${"{ s: ".repeat(11)}{ ${pod} }${" }".repeat(11)}`),
    ],
    ["at the top", "App/x: a, a:1 to a:2", (pod: string) => object("App", pod)],
  ])("are looked for %s: %s", (_, found, around) => {
    const images = imagesOf(around(containers("a:1")), around(containers("a:2")));
    expect(images.join()).toBe(found);
  });

  it.each([
    ["an empty list", "containers: []"],
    ["a list of texts", 'containers: ["a:2"]'],
    ["things without image and name", 'containers: [{ size: "2" }, { image: "a:2" }]'],
    ["a map", "containers: { a: { image: a:2 } }"],
  ])("are none where containers are %s", (_, list) => {
    expect(imagesOf(undefined, object("App", `spec: { ${list} }`))).toEqual([]);
  });
});

describe("replicas that change", () => {
  const replicas = (spec: string) => object("App", `spec: { ${spec} }`);
  it.each([
    ["replicas: 2", "replicas: 3", [{ workload: "App/x", from: 2, to: 3 }]],
    ["replicas: 2", "a: b", [{ workload: "App/x", from: 2, to: undefined }]],
    ["a: b", "replicas: 0", [{ workload: "App/x", from: undefined, to: 0 }]],
    ["replicas: 2", "replicas: 2, a: b", []],
    ["replicas: two", "replicas: three", []],
  ])("are told from %s to %s", (base, head, changes) => {
    expect(compare(replicas(base), replicas(head)).replicas).toEqual(changes);
  });

  it("are told of workloads that come and go", () => {
    expect(compare(undefined, replicas("replicas: 2")).replicas).toEqual([
      { workload: "App/x", from: undefined, to: 2 },
    ]);
    expect(compare(replicas("replicas: 2"), undefined).replicas).toEqual([
      { workload: "App/x", from: 2, to: undefined },
    ]);
  });
});
