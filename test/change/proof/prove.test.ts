import { describe, expect, it } from "vitest";
import { imageUses, useKey } from "../../../src/change/images/image-uses.ts";
import { type Expectation, fieldKey, prove } from "../../../src/change/proof/prove.ts";
import { versionForms } from "../../../src/change/proof/text.ts";
import { toItems } from "../../../src/diff/item.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import type { Resource } from "../../../src/model/render.ts";

interface Parts {
  readonly image?: string;
  readonly sidecar?: string;
  readonly label?: string;
  readonly replicas?: number;
  readonly checksum?: string;
  readonly settings?: string;
}

function web(parts: Parts = {}): Resource {
  const { image = "acme/web:1.3.0", sidecar = "acme/proxy:1.3.0", label = "1.3.0", replicas = 2 } = parts;
  const { checksum = "a".repeat(64), settings = "settings-7h2k4m9bct" } = parts;
  return {
    object: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "prod", labels: { "app.kubernetes.io/version": label } },
      spec: {
        replicas,
        template: {
          metadata: { annotations: { "checksum/config": checksum } },
          spec: {
            containers: [
              { name: "web", image, envFrom: [{ configMapRef: { name: settings } }] },
              { name: "proxy", image: sidecar },
            ],
          },
        },
      },
    },
  };
}

function configMap(name: string, data: JsonObject): Resource {
  return { object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "prod" }, data } };
}

/** Expects the image of `web` to become 1.4.0. */
function expectation(before: readonly Resource[], beyond: Expectation["beyond"] = "nothing"): Expectation {
  const uses = imageUses(toItems(before)).filter(({ name }) => name === "acme/web");
  return {
    images: new Map(uses.map((use) => [useKey(use), "acme/web:1.4.0"])),
    names: new Map([["acme/web", "acme/web:1.4.0"]]),
    texts: versionForms("1.3.0", "1.4.0"),
    beyond,
  };
}

function unexplained(before: readonly Resource[], after: readonly Resource[], beyond?: Expectation["beyond"]) {
  return prove(before, after, expectation(before, beyond)).unexplained;
}

describe("the proof of a plan", () => {
  const before = [web()];
  const image = "acme/web:1.4.0";

  it("holds when exactly the planned image changes", () => {
    expect(unexplained(before, [web({ image })])).toEqual([]);
  });

  it("holds when the version in a label, a checksum or the text of a ConfigMap follows", () => {
    const both = (version: string, checksum: string) => [
      web({ image: `acme/web:${version}`, label: version, checksum }),
      configMap("notes", { "about.txt": `web ${version}\n` }),
    ];
    expect(unexplained(both("1.3.0", "a".repeat(64)), both("1.4.0", "b".repeat(64)))).toEqual([]);
  });

  it("holds when the hash in a generated name and its references follow", () => {
    const [old, fresh] = ["settings-7h2k4m9bct", "settings-2g6f8d4thk"];
    expect(
      unexplained(
        [web(), configMap(old, { version: "1.3.0" })],
        [web({ image, settings: fresh }), configMap(fresh, { version: "1.4.0" })],
      ),
    ).toEqual([]);
  });

  it("holds when a Job that is named by the version gets the new name", () => {
    const job = (version: string): Resource => ({
      object: {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: `migrate-${version.replaceAll(".", "-")}`, namespace: "prod" },
        spec: { template: { spec: { containers: [{ name: "migrate", image: `acme/web:${version}` }] } } },
      },
    });
    expect(unexplained([job("1.3.0")], [job("1.4.0")])).toEqual([]);
  });

  it("holds when the version stands in a Secret, in base64", () => {
    const secret = (version: string): Resource => ({
      object: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "env", namespace: "prod" },
        data: { "app.env": Buffer.from(`KEY=1\nVERSION=${version}\n`).toString("base64") },
      },
    });
    expect(unexplained([web(), secret("1.3.0")], [web({ image }), secret("1.4.0")])).toEqual([]);
  });

  it("lists a field that changes besides, without its value", () => {
    expect(unexplained(before, [web({ image, replicas: 5 })])).toEqual(["Deployment/prod/web /spec/replicas"]);
  });

  it("lists an image that nobody planned, though its tag changes in the same way", () => {
    expect(unexplained(before, [web({ image, sidecar: "acme/proxy:1.4.0" })])).toEqual([
      "Deployment/prod/web /spec/template/spec/containers/1/image",
    ]);
  });

  it("lists an image that stays, or becomes something else", () => {
    const path = "Deployment/prod/web /spec/template/spec/containers/0/image";
    expect(unexplained(before, before)).toEqual([`${path} does not become what was planned`]);
    expect(unexplained(before, [web({ image: "acme/web:1.5.0" })])).toContain(path);
    expect(unexplained(before, [web({ image: "other/web:1.4.0" })])).toContain(path);
  });

  it("lists resources that come and go", () => {
    const extra = configMap("extra", { a: "1" });
    expect(unexplained(before, [web({ image }), extra])).toEqual(["ConfigMap/prod/extra is added"]);
    expect(unexplained([...before, extra], [web({ image })])).toEqual(["ConfigMap/prod/extra is removed"]);
  });

  it("lets every field that is no image change where a named value was carried", () => {
    expect(unexplained(before, [web({ image, replicas: 5 })], "values")).toEqual([]);
    expect(unexplained(before, [web({ image, sidecar: "acme/proxy:9" })], "values")).toHaveLength(1);
  });

  it("lets everything change with a chart's version but the planned images", () => {
    const other = [web({ image, replicas: 5, sidecar: "acme/proxy:9" }), configMap("extra", {})];
    expect(unexplained(before, other, "everything")).toEqual([]);
    expect(unexplained(before, [web({ image: "acme/web:9" })], "everything")).not.toEqual([]);
  });
});

/** An object of this kind, with a name and the rest. */
function object(kind: string, name: string, more: JsonObject, namespace = "prod", apiVersion = "v1"): Resource {
  return { object: { apiVersion, kind, metadata: { name, namespace }, ...more } };
}

/** Expects nothing of images; texts may follow from 1.3.0 to 1.4.0. */
function plain(before: readonly Resource[], after: readonly Resource[], beyond: Expectation["beyond"] = "nothing") {
  return prove(before, after, { images: new Map(), names: new Map(), texts: versionForms("1.3.0", "1.4.0"), beyond });
}

describe("fields that change besides", () => {
  it("are counted, and an added or removed resource is one", () => {
    const before = [web(), configMap("gone", {})];
    const after = [web({ replicas: 3, label: "x" }), configMap("new", {}), configMap("newer", {})];
    expect(plain(before, after, "everything")).toEqual({ unexplained: [], others: 5 });
    expect(plain(before, after)).toEqual({
      unexplained: [
        "Deployment/prod/web /metadata/labels/app.kubernetes.io~1version",
        "Deployment/prod/web /spec/replicas",
        "ConfigMap/prod/gone is removed",
        "ConfigMap/prod/new is added",
        "ConfigMap/prod/newer is added",
      ],
      others: 5,
    });
  });

  it("are no images: those are not counted", () => {
    expect(plain([web()], [web({ image: "acme/web:1.4.0" })], "values")).toEqual({ unexplained: [], others: 0 });
    expect(plain([web()], [web({ image: "acme/web:1.4.0" })]).unexplained).toHaveLength(1);
    expect(plain([web()], [web({ image: "acme/web:9" })], "values").unexplained).toHaveLength(1);
    expect(plain([web()], [web({ image: "acme/web:9" })], "everything")).toEqual({ unexplained: [], others: 0 });
  });

  it("may be a field that becomes an image, which is judged as one", () => {
    const [before, after] = ["none", "acme/db:1"].map((image) => [object("Cluster", "db", { spec: { image } })]);
    expect(plain(before ?? [], after ?? [], "values")).toEqual({
      unexplained: ["Cluster/prod/db /spec/image"],
      others: 0,
    });
  });

  it.each<readonly [string, JsonObject, JsonObject, boolean]>([
    ["a number that follows", { spec: 130 }, { spec: 140 }, false],
    ["a text that follows", { spec: "1.3.0" }, { spec: "1.4.0" }, true],
    ["a text that becomes something else", { spec: "1.3.0" }, { spec: 1.4 }, false],
    ["a field that comes", {}, { spec: "1.4.0" }, false],
    ["a field that goes", { spec: "1.3.0" }, {}, false],
    ["a list", { spec: ["1.3.0"] }, { spec: ["1.3.0", "1.4.0"] }, false],
  ])("explain themselves by the version: %s", (_, before, after, fine) => {
    const { unexplained: fields } = plain([object("Cluster", "a", before)], [object("Cluster", "a", after)]);
    expect(fields).toEqual(fine ? [] : ["Cluster/prod/a /spec"]);
  });

  it("explain themselves by a number that the version is", () => {
    const expected = { images: new Map(), names: new Map(), texts: versionForms("7", "8"), beyond: "nothing" } as const;
    const at = (spec: number) => [object("Cluster", "a", { spec })];
    expect(prove(at(7), at(8), expected).unexplained).toEqual([]);
    expect(prove(at(7), at(9), expected).unexplained).toEqual(["Cluster/prod/a /spec"]);
  });
});

describe("an image that is to have a tag and a digest", () => {
  const [digest, other] = ["ab", "cd"].map((byte) => `sha256:${byte.repeat(32)}`);
  const before = [web()];
  const [use] = imageUses(toItems(before));
  const expected: Expectation = {
    ...{ names: new Map(), texts: versionForms("1.3.0", "1.4.0"), beyond: "nothing" },
    images: new Map(use === undefined ? [] : [[useKey(use), `acme/web:1.4.0@${digest}`]]),
  };

  it.each([
    [`acme/web:1.4.0@${digest}`, true],
    [`acme/web@${digest}`, true],
    [`acme/web@${other}`, false],
    [`other/web@${digest}`, false],
    ["acme/web:1.4.0", false],
    ["acme/web", false],
  ])("may be shown as %s: %s", (image, fine) => {
    expect(prove(before, [web({ image })], expected).unexplained.length === 0).toBe(fine);
  });

  it("and one that is to have a tag alone is shown with it", () => {
    const tagged = { ...expected, images: new Map(use === undefined ? [] : [[useKey(use), "acme/web:1.4.0"]]) };
    expect(prove(before, [web({ image: "acme/web" })], tagged).unexplained).not.toEqual([]);
    const pinned = { ...expected, images: new Map(use === undefined ? [] : [[useKey(use), `acme/web@${digest}`]]) };
    expect(prove(before, [web({ image: "acme/web" })], pinned).unexplained).not.toEqual([]);
  });
});

describe("a text that holds values", () => {
  const application = (tag: string, more: string): readonly Resource[] => [
    {
      object: {
        ...{ apiVersion: "argoproj.io/v1alpha1", kind: "Application", metadata: { name: "web", namespace: "argocd" } },
        spec: { source: { helm: { values: `image: { repository: acme/web, tag: "${tag}" }\nlabel: "${more}"\n` } } },
      },
    },
  ];
  const before = application("1.3.0", "1.3.0");
  const field = "Application/argocd/web /spec/source/helm/values";
  const judged = (tag: string, more: string, planned: boolean) =>
    prove(
      before,
      application(tag, more),
      planned ? expectation(before) : { ...expectation(before), images: new Map() },
    );

  it("may change by the planned images in it and what follows them, and counts as images", () => {
    expect(judged("1.4.0", "1.4.0", true)).toEqual({ unexplained: [], others: 0 });
    expect(judged("1.4.0", "1.3.0", true)).toEqual({ unexplained: [], others: 0 });
    expect(judged("1.3.0", "1.4.0", false)).toEqual({ unexplained: [], others: 0 });
  });

  it("may not change by another image, nor by what does not follow", () => {
    expect(judged("1.4.0", "1.4.0", false).unexplained).toEqual([field]);
    expect(judged("1.5.0", "1.4.0", true).unexplained).toContain(field);
    expect(judged("1.4.0", "x", true).unexplained).toEqual([field]);
  });
});

describe("a field that was edited where it stands", () => {
  const at = (replicas: number, file: string): readonly Resource[] => [{ ...web({ replicas }), file }];
  const others = (edited: readonly (readonly [string, readonly string[]])[], file = "web.yaml") => {
    const expected = { ...expectation([]), beyond: "values" } as const;
    const keys = new Set(edited.map(([name, path]) => fieldKey(name, path)));
    return prove(at(2, file), at(3, file), { ...expected, edited: keys }).others;
  };

  it("is no other field than those that were planned", () => {
    expect(others([["web.yaml", ["spec", "replicas"]]])).toBe(0);
    expect(others([["other.yaml", ["spec", "replicas"]]])).toBe(1);
    expect(others([["web.yaml", ["spec"]]])).toBe(1);
    expect(others([])).toBe(1);
  });
});

describe("a checksum in an annotation", () => {
  const at = (value: JsonObject[string], key = "annotations") => [
    object("Deployment", "web", { spec: { [key]: { "checksum/a": value } } }),
  ];

  it.each([
    ["of sha-256", "a".repeat(64), "b".repeat(64), true],
    ["of md5", "a".repeat(32), "b".repeat(32), true],
    ["with the name of its kind", `sha256:${"a".repeat(64)}`, `sha256:${"b".repeat(64)}`, true],
    ["that is longer now", "a".repeat(32), "b".repeat(64), false],
    ["that is too short", "a".repeat(31), "b".repeat(31), false],
    ["that is too long", "a".repeat(129), "b".repeat(129), false],
    ["that is none now", "a".repeat(32), "x".repeat(32), false],
    ["that was none", "x".repeat(32), "b".repeat(32), false],
    ["within other text", `=${"a".repeat(32)}`, `=${"b".repeat(32)}`, false],
    ["before other text", `${"a".repeat(32)}=`, `${"b".repeat(32)}=`, false],
  ])("%s may change: %s → %s", (_, before, after, fine) => {
    const { unexplained: fields } = plain(at(before), at(after));
    expect(fields).toEqual(fine ? [] : ["Deployment/prod/web /spec/annotations/checksum~1a"]);
  });

  it("may not come, go, or stand elsewhere", () => {
    const [a, b] = ["a".repeat(64), "b".repeat(64)];
    expect(plain(at(a), at(1)).unexplained).toHaveLength(1);
    expect(plain(at(1), at(a)).unexplained).toHaveLength(1);
    expect(plain(at(a, "labels"), at(b, "labels")).unexplained).toHaveLength(1);
    const deep = (value: string) => at({ deep: value });
    expect(plain(deep(a), deep(b)).unexplained).toHaveLength(1);
  });
});

describe("text in base64", () => {
  const encoded = (text: string) => Buffer.from(text).toString("base64");
  const secret = (value: JsonObject[string], key = "data", kind = "Secret") => [
    object(kind, "s", { [key]: { a: value } }),
  ];
  const [before, after] = [encoded("v=1.3.0\n"), encoded("v=1.4.0\n")];

  it("may follow in a Secret's data", () => {
    expect(plain(secret(before), secret(after)).unexplained).toEqual([]);
    expect(plain(secret(before), secret(encoded("v=1.5.0\n"))).unexplained).toEqual(["Secret/prod/s /data/a"]);
  });

  it("is text like any other elsewhere", () => {
    expect(plain(secret(before, "more"), secret(after, "more")).unexplained).toHaveLength(1);
    expect(plain(secret(before, "data", "ConfigMap"), secret(after, "data", "ConfigMap")).unexplained).toHaveLength(1);
    expect(plain(secret(before), secret(1)).unexplained).toHaveLength(1);
    expect(plain(secret(1), secret(before)).unexplained).toHaveLength(1);
  });
});

describe("a resource that is named by the version", () => {
  const job = (version: string, more: { kind?: string; namespace?: string; api?: string } = {}) =>
    object(more.kind ?? "Job", `migrate-${version}`, {}, more.namespace ?? "prod", more.api ?? "batch/v1");

  it("is the same one by its new name, and its fields are judged", () => {
    expect(plain([job("1.3.0")], [job("1.4.0")])).toEqual({ unexplained: [], others: 1 });
    expect(plain([job("1.3.0")], [job("1.4.0"), job("1.3.0", { kind: "Pod" })]).unexplained).toEqual([
      "Pod/prod/migrate-1.3.0 is added",
    ]);
  });

  it.each([
    ["another kind", { kind: "Pod" }],
    ["another namespace", { namespace: "eu" }],
    ["another version of its kind", { api: "batch/v2" }],
  ])("is gone where the new one has %s", (_, more) => {
    expect(plain([job("1.3.0")], [job("1.4.0", more)]).unexplained).toHaveLength(2);
  });

  it("is gone where the name is another one, and stands for one alone", () => {
    expect(plain([job("1.3.0")], [job("1.5.0")]).unexplained).toEqual([
      "Job/prod/migrate-1.3.0 is removed",
      "Job/prod/migrate-1.5.0 is added",
    ]);
    expect(plain([job("1.3.0"), job("1.3.0-a")], [job("1.4.0"), job("1.4.0-a")]).unexplained).toEqual([]);
    expect(plain([job("1.3.0")], [job("1.4.0"), job("1-4-0")]).unexplained).toEqual([
      "Job/prod/migrate-1-4-0 is added",
    ]);
  });
});

describe("images under another version of a chart", () => {
  const wanted = (before: readonly Resource[], after: readonly Resource[]) =>
    prove(before, after, {
      images: new Map(),
      names: new Map([["acme/web", "acme/web:1.4.0"]]),
      texts: [],
      beyond: "everything",
    }).unexplained;
  const bare = [configMap("only", {})];

  it("are as planned wherever they stand", () => {
    const moved = object("Pod", "new", { spec: { containers: [{ name: "c", image: "acme/web:1.4.0" }] } });
    expect(wanted([web()], [moved])).toEqual([]);
    expect(wanted(bare, bare)).toEqual([]);
  });

  it("are missed where they are gone, or not as planned in one place", () => {
    expect(wanted([web()], bare)).toEqual(["the image acme/web is no longer there"]);
    const both = [
      web({ image: "acme/web:1.4.0" }),
      object("Pod", "p", { spec: { containers: [{ name: "c", image: "acme/web:1.3.0" }] } }),
    ];
    expect(wanted([web()], both)).toEqual(["Pod/prod/p /spec/containers/0/image does not become what was planned"]);
  });

  it("may go by the name that was planned", () => {
    const renamed = prove([web()], [web({ image: "acme/next:2" })], {
      images: new Map(),
      names: new Map([["acme/web", "acme/next:2"]]),
      texts: [],
      beyond: "everything",
    });
    expect(renamed.unexplained).toEqual([]);
  });
});
