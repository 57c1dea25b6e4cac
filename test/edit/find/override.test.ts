import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  applyEdits,
  type FileEdit,
  type FoundSettings,
  overrideFor,
  type WantedVersion,
} from "../../../src/edit/index.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { tempDir } from "../../support/temp-git.ts";
import { foundIn, foundInChart } from "./support/found-in.ts";
import {
  digestOf,
  filesBelow,
  fixtures,
  openRepository,
  settingOf,
  type TestRepository,
  version,
} from "./support/repository.ts";

const kustomize = (path: string): RenderSpec => ({ kind: "kustomize", path, options: {} });
const helm = (path: string, ...valueFiles: readonly string[]): RenderSpec => ({
  kind: "helm",
  path,
  options: { releaseName: "app", valueFiles },
});
const digest = digestOf("a");
const prod = "shop/overlays/prod/kustomization.yaml";
const mirror = "shop/overlays/mirror/kustomization.yaml";
const inflated = "inflated/prod/kustomization.yaml";

/** What overrides are tried on besides the fixtures. */
const more = {
  "shapes/values-own.yaml": "# The target's own.\nreplicas: 2\n",
  "shapes/values-empty.yaml": "",
  "umbrella/values-own.yaml": "front:\n",
  "bare/kustomization.yaml": "resources:\n  - ../shop/base\nimages: []\n",
  "renamed/kustomization.yaml":
    "resources: [../shop/base]\nimages:\n  - name: ghcr.io/acme/webapp\n    newName: quay.io/acme/webapp\n",
};

describe("an override of what others share", () => {
  const cache = tempDir();
  let repository: TestRepository;
  beforeAll(async () => {
    repository = await openRepository({ ...filesBelow(fixtures), ...more }, cache);
  });
  afterAll(async () => {
    await repository.close();
    rmSync(cache, { recursive: true, force: true });
  });

  const override = async (
    spec: RenderSpec,
    [name, shared, own]: readonly [string, string, string],
    wanted: WantedVersion,
  ): Promise<readonly FileEdit[] | undefined> => {
    const found = await repository.find(spec);
    return overrideFor(settingOf(found, name, shared), wanted, found, {
      file: own,
      bytes: await repository.bytes(own),
    });
  };

  const values = (file: string) => helm("shapes", file);
  it.each<[string, RenderSpec, readonly [string, string, string], WantedVersion, string]>([
    [
      "a manifest's image",
      kustomize("shop/overlays/prod"),
      ["ghcr.io/acme/backup", "shop/base/backup.yaml", prod],
      version("1.0.0"),
      "ghcr.io/acme/backup:1.0.0",
    ],
    [
      "the image of a base, by the name that comes out of a component",
      kustomize("shop/overlays/mirror"),
      ["mirror.example.com/webapp", "shop/base/kustomization.yaml", mirror],
      version("1.4.0", digest),
      `mirror.example.com/webapp:1.4.0@${digest}`,
    ],
    [
      "the image of a base with an item that is there already",
      kustomize("renamed"),
      ["quay.io/acme/webapp", "shop/base/kustomization.yaml", "renamed/kustomization.yaml"],
      version("1.4.0"),
      "quay.io/acme/webapp:1.4.0",
    ],
    [
      "the image of a base where `images` is empty",
      kustomize("bare"),
      ["registry.example.com:5000/proxy", "shop/base/deployment.yaml", "bare/kustomization.yaml"],
      version("1.30.0"),
      "registry.example.com:5000/proxy:1.30.0",
    ],
    [
      "the values of a base's chart",
      kustomize("inflated/prod"),
      ["ghcr.io/acme/api", "inflated/base/values-more.yaml", inflated],
      version("3.2.0"),
      "ghcr.io/acme/api:3.2.0",
    ],
    [
      "a chart's defaults",
      values("shapes/values-own.yaml"),
      ["docker.io/acme/main", "shapes/values.yaml", "shapes/values-own.yaml"],
      version("1.4.0", digest),
      `docker.io/acme/main:1.4.0@${digest}`,
    ],
    [
      "a chart's defaults in an empty file",
      values("shapes/values-empty.yaml"),
      ["ghcr.io/acme/beside", "shapes/values.yaml", "shapes/values-empty.yaml"],
      version("1.4.0"),
      "ghcr.io/acme/beside:1.4.0",
    ],
    [
      "one text",
      values("shapes/values-own.yaml"),
      ["ghcr.io/acme/text", "shapes/values.yaml", "shapes/values-own.yaml"],
      version("1.4.0"),
      "ghcr.io/acme/text:1.4.0",
    ],
    [
      "a tag with the digest in it",
      values("shapes/values-own.yaml"),
      ["ghcr.io/acme/combined", "shapes/values.yaml", "shapes/values-own.yaml"],
      version("1.4.0"),
      "ghcr.io/acme/combined:1.4.0",
    ],
  ])("of %s changes the render to it", async (_, spec, [name, shared, own], wanted, image) => {
    const made = await override(spec, [name, shared, own], wanted);
    expect(made?.map(({ file }) => file)).not.toContain(shared);
    const [before, after] = [
      await repository.images(spec),
      await repository.imagesAfter(
        spec,
        own,
        (made ?? []).map(({ edit }) => edit),
      ),
    ];
    expect(new Set(after.filter((text, index) => text !== before[index]))).toEqual(new Set([image]));
  });

  it("of an included chart stands under its alias", async () => {
    const found = await repository.find(helm("umbrella", "umbrella/values-own.yaml"));
    const [front] = found.settings.filter(({ values }) => values?.key.join(".") === "front.image");
    const own = { file: "umbrella/values-own.yaml", bytes: await repository.bytes("umbrella/values-own.yaml") };
    const made = front && overrideFor(front, version("1.4.0"), found, own);
    const text = await repository.textAfter(own.file, made?.map(({ edit }) => edit) ?? []);
    expect(text).toBe("front:\n  image:\n    tag: 1.4.0\n");
  });

  it("keeps what stands in the file and adds what is missing", async () => {
    const made = await override(
      kustomize("shop/overlays/prod"),
      ["ghcr.io/acme/backup", "shop/base/backup.yaml", prod],
      version("1.0", digest),
    );
    expect(await repository.textAfter(prod, made?.map(({ edit }) => edit) ?? [])).toBe(
      `resources:\n  - ../../base\nimages:\n  - name: ghcr.io/acme/webapp\n    newTag: "1.3.0" # what customers see\n  - name: ghcr.io/acme/backup\n    newTag: "1.0"\n    digest: ${digest}\n`,
    );
  });

  it.each<[string, RenderSpec, readonly [string, string, string], WantedVersion]>([
    [
      "an item of a list in values",
      values("shapes/values-own.yaml"),
      ["ghcr.io/acme/log", "shapes/values.yaml", "shapes/values-own.yaml"],
      version("2"),
    ],
    [
      "a digest that the chart has no key for",
      values("shapes/values-own.yaml"),
      ["ghcr.io/acme/plain", "shapes/values.yaml", "shapes/values-own.yaml"],
      version("2", digest),
    ],
    [
      "the version of a chart",
      kustomize("inflated/prod"),
      ["api", "inflated/base/kustomization.yaml", inflated],
      { version: "0.5.0" },
    ],
    [
      "anything in a file that does not win",
      kustomize("shop/overlays/prod"),
      ["ghcr.io/acme/backup", "shop/base/backup.yaml", "shop/base/kustomization.yaml"],
      version("2"),
    ],
  ])("is not offered for %s", async (_, spec, where, wanted) => {
    expect(await override(spec, where, wanted)).toBeUndefined();
  });

  it("is not offered for plain manifests, nor for what no container runs", async () => {
    const folder: RenderSpec = { kind: "plain", path: "plain", options: {} };
    const own = "plain/workloads.yaml";
    expect(await override(folder, ["busybox", own, own], version("1.37"))).toBeUndefined();
    const files = {
      "o/kustomization.yaml": "resources: [../b]\n",
      "b/kustomization.yaml": "resources: [w.yaml]\n",
      "b/w.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: w }\nspec: { image: 'w:1' }\n",
    };
    const small = await openRepository(files, cache);
    try {
      const found = await small.find(kustomize("o"));
      const bytes = await small.bytes("o/kustomization.yaml");
      const setting = settingOf(found, "w", "b/w.yaml");
      expect(overrideFor(setting, version("2"), found, { file: "o/kustomization.yaml", bytes })).toBeUndefined();
    } finally {
      await small.close();
    }
  });
});

/** The text of the target's own file once it overrides what another file sets; `undefined` where it cannot. */
function overridden(
  found: FoundSettings,
  shared: string,
  own: readonly [file: string, text: string],
  wanted: WantedVersion,
) {
  const [file, text] = own;
  const setting = found.settings.find((one) => one.file === shared);
  if (setting === undefined) throw new Error(`${shared} sets nothing`);
  const made = overrideFor(setting, wanted, found, { file, bytes: Buffer.from(text) });
  expect(made?.every((one) => one.file === file)).not.toBe(false);
  return (
    made &&
    Buffer.from(
      applyEdits(
        file,
        Buffer.from(text),
        made.map(({ edit }) => edit),
      ).bytes,
    ).toString()
  );
}

describe("an override in a kustomization", () => {
  const resources = "resources: [../b]\n";
  const outcome = async (own: string, wanted: WantedVersion, image = "web:1") => {
    const found = await foundIn(kustomize("o"), {
      "b/kustomization.yaml": "resources: [p.yaml]\n",
      "b/p.yaml": `kind: Pod\nspec: { containers: [{ name: a, image: '${image}' }] }\n`,
      "o/kustomization.yaml": resources + own,
    });
    const text = overridden(found, "b/p.yaml", ["o/kustomization.yaml", resources + own], wanted);
    return text?.slice(resources.length);
  };

  it.each<[string, string, WantedVersion, string]>([
    ["a tag", "", version("v2"), "images:\n  - name: web\n    newTag: v2\n"],
    ["a digest", "", version("", digest), `images:\n  - name: web\n    digest: ${digest}\n`],
    [
      "another name, a tag and a digest",
      "",
      { ...version("v2", digest), name: "r.io/web" },
      `images:\n  - name: web\n    newName: r.io/web\n    newTag: v2\n    digest: ${digest}\n`,
    ],
    [
      "a tag for the name that it has",
      "",
      { ...version("v2"), name: "web" },
      "images:\n  - name: web\n    newTag: v2\n",
    ],
    [
      "an item where there are others",
      "images:\n  - name: db\n",
      version("v2"),
      "images:\n  - name: db\n  - name: web\n    newTag: v2\n",
    ],
    ["a first item", "images:\n", version("v2"), "images:\n  - name: web\n    newTag: v2\n"],
    [
      "an item under the old key where only that is there",
      "imageTags:\n  - name: db\n",
      version("v2"),
      "imageTags:\n  - name: db\n  - name: web\n    newTag: v2\n",
    ],
    [
      "an item under the new key where both are there",
      "imageTags: []\nimages:\n  - name: db\n",
      version("v2"),
      "imageTags: []\nimages:\n  - name: db\n  - name: web\n    newTag: v2\n",
    ],
    [
      "a tag in the last item of the name",
      "images:\n  - { name: web, newTag: v0 }\n  - { name: web, newTag: v1 }\n  - { name: db, newTag: v1 }\n",
      version("v2"),
      "images:\n  - { name: web, newTag: v0 }\n  - { name: web, newTag: v2 }\n  - { name: db, newTag: v1 }\n",
    ],
    [
      "an item beside one that gives another image the name",
      "images:\n  - { name: app, newName: web }\n",
      version("v2"),
      "images:\n  - { name: app, newName: web }\n  - name: web\n    newTag: v2\n",
    ],
  ])("adds %s", async (_, own, wanted, expected) => {
    expect(await outcome(own, wanted)).toBe(expected);
  });

  it("is not possible where the item there cannot be changed, or the image has no name", async () => {
    expect(await outcome("images: [{ name: web, newTag: &t v1 }]\nx: *t\n", version("v2"))).toBeUndefined();
    expect(await outcome("", version("v2"), "{{ x }}")).toBeUndefined();
    expect(await outcome("", version(""))).toBeUndefined();
    expect(await outcome("", { version: "2" })).toBeUndefined();
  });
});

describe("an override of a chart's values", () => {
  const one = digestOf("1");
  const outcome = async (values: string, wanted: WantedVersion) => {
    const options = { releaseName: "r", valueFiles: ["own.yaml"] };
    const found = await foundInChart({ "c/values.yaml": values, "own.yaml": "" }, options);
    return overridden(found, "c/values.yaml", ["own.yaml", ""], wanted);
  };
  const parts = `image: { repository: web, tag: v1, digest: '${one}' }\n`;

  it.each<[string, string, WantedVersion, string | undefined]>([
    ["an image in one text", "image: web:v1\n", version("v2", digest), `image: web:v2@${digest}\n`],
    ["a text without a name", "image: '{{ x }}'\n", version("v2"), undefined],
    ["a tag", parts, version("v2", one), "image:\n  tag: v2\n"],
    ["a digest", parts, version("v1", digest), `image:\n  digest: ${digest}\n`],
    ["both", parts, version("v2", digest), `image:\n  tag: v2\n  digest: ${digest}\n`],
    ["a digest that is wanted no more", parts, version("v2"), 'image:\n  tag: v2\n  digest: ""\n'],
    [
      "a digest under a key of its own",
      "webImage: web\nwebImageTag: v1\nwebImageDigest: ''\n",
      version("v1", digest),
      `webImageDigest: ${digest}\n`,
    ],
    [
      "a digest beside which there is no tag",
      `webImage: web\nwebImageDigest: '${one}'\n`,
      version("v1", one),
      "webImageTag: v1\n",
    ],
    [
      "a tag that carries the digest",
      `image: { repository: web, tag: 'v1@${one}' }\n`,
      version("v2", digest),
      `image:\n  tag: v2@${digest}\n`,
    ],
    [
      "a tag that carries a digest no more",
      `image: { repository: web, tag: 'v1@${one}' }\n`,
      version("v2"),
      "image:\n  tag: v2\n",
    ],
    [
      "a digest that only a tag can carry",
      `image: { repository: web, tag: 'v1@${one}' }\n`,
      version("", digest),
      undefined,
    ],
    ["an image in a list", "list: [{ image: { repository: web, tag: v1 } }]\n", version("v2"), undefined],
  ])("is for %s", async (_, values, wanted, expected) => {
    expect(await outcome(values, wanted)).toBe(expected);
  });
});
