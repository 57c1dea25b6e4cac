import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  applyEdits,
  findSettings,
  stageChanges,
  type VersionSetting,
  versionEdits,
  type WantedVersion,
  type YamlEdit,
} from "../../../src/edit/index.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { tempDir } from "../../support/temp-git.ts";
import {
  digestOf,
  filesBelow,
  fixtures,
  lineOf,
  openRepository,
  settingOf,
  type TestRepository,
  version,
} from "./support/repository.ts";

const kustomize = (path: string): RenderSpec => ({ kind: "kustomize", path, options: {} });
const helm = (path: string): RenderSpec => ({
  kind: "helm",
  path,
  options: { releaseName: "app", valueFiles: [`${path}/values-prod.yaml`] },
});
const plain: RenderSpec = { kind: "plain", path: "plain", options: {} };
const [one, two] = [digestOf("1"), digestOf("a")];

function edits(setting: VersionSetting, wanted: WantedVersion): readonly YamlEdit[] {
  const made = versionEdits(setting, wanted);
  if ("refused" in made) throw new Error(made.refused);
  return made;
}

describe("the edits that give a setting a version", () => {
  const cache = tempDir();
  let repository: TestRepository;
  beforeAll(async () => {
    repository = await openRepository(filesBelow(fixtures), cache);
  });
  afterAll(async () => {
    await repository.close();
    rmSync(cache, { recursive: true, force: true });
  });

  it.each<[string, RenderSpec, string | undefined, string, WantedVersion, string]>([
    [
      "a tag, quotes and comment kept",
      kustomize("shop/overlays/prod"),
      "ghcr.io/acme/webapp",
      "shop/overlays/prod/kustomization.yaml",
      version("1.4.0"),
      "ghcr.io/acme/webapp:1.4.0",
    ],
    [
      "a tag with a digest",
      kustomize("shop/overlays/prod"),
      "ghcr.io/acme/webapp",
      "shop/overlays/prod/kustomization.yaml",
      version("1.4.0", two),
      `ghcr.io/acme/webapp:1.4.0@${two}`,
    ],
    [
      "a digest in place of a tag",
      kustomize("shop/overlays/prod"),
      "ghcr.io/acme/webapp",
      "shop/overlays/prod/kustomization.yaml",
      version("", two),
      `ghcr.io/acme/webapp@${two}`,
    ],
    [
      "a tag in place of a digest",
      kustomize("shop/overlays/pinned"),
      "ghcr.io/acme/webapp",
      "shop/overlays/pinned/kustomization.yml",
      version("1.4.0"),
      "ghcr.io/acme/webapp:1.4.0",
    ],
    [
      "an item that changes the name alone",
      kustomize("shop/overlays/mirror"),
      "mirror.example.com/webapp",
      "shop/components/mirror/kustomization.yaml",
      version("1.4.0"),
      "mirror.example.com/webapp:1.4.0",
    ],
    [
      "another name",
      kustomize("shop/overlays/prod"),
      "ghcr.io/acme/webapp",
      "shop/overlays/prod/kustomization.yaml",
      { ...version("1.4.0"), name: "quay.io/acme/webapp" },
      "quay.io/acme/webapp:1.4.0",
    ],
    [
      "old imageTags",
      kustomize("shop/overlays/old"),
      "ghcr.io/acme/webapp",
      "shop/overlays/old/Kustomization",
      version("1.4.0"),
      "ghcr.io/acme/webapp:1.4.0",
    ],
    [
      "a transformer's file",
      kustomize("shop/overlays/plugin"),
      "ghcr.io/acme/webapp",
      "shop/overlays/plugin/images.yaml",
      version("1.4.0"),
      "ghcr.io/acme/webapp:1.4.0",
    ],
    [
      "a patch",
      kustomize("shop/overlays/mirror"),
      "registry.example.com:5000/proxy",
      "shop/overlays/mirror/proxy.yaml",
      version("1.30.0"),
      "registry.example.com:5000/proxy:1.30.0",
    ],
    [
      "a patch by pointers",
      kustomize("shop/overlays/mirror"),
      "ghcr.io/acme/backup",
      "shop/overlays/mirror/backup.json",
      version("1.0.0"),
      "ghcr.io/acme/backup:1.0.0",
    ],
    [
      "a manifest",
      kustomize("shop/overlays/prod"),
      "ghcr.io/acme/backup",
      "shop/base/backup.yaml",
      version("1.0.0", two),
      `ghcr.io/acme/backup:1.0.0@${two}`,
    ],
    [
      "a tag that looks like a number",
      plain,
      "ghcr.io/acme/agent",
      "plain/workloads.yaml",
      version("1.20"),
      "ghcr.io/acme/agent:1.20",
    ],
    [
      "a manifest's digest",
      plain,
      "ghcr.io/acme/one",
      "plain/workloads.yaml",
      version("1.0.0"),
      "ghcr.io/acme/one:1.0.0",
    ],
    ["an image without a version", plain, "busybox", "plain/workloads.yaml", version("1.37"), "busybox:1.37"],
    [
      "values of kustomize's charts",
      kustomize("inflated/prod"),
      "ghcr.io/acme/api",
      "inflated/base/values-more.yaml",
      version("3.2.0"),
      "ghcr.io/acme/api:3.2.0",
    ],
    [
      "inline values",
      kustomize("inflated/prod"),
      "ghcr.io/acme/worker",
      "inflated/base/kustomization.yaml",
      version("2.1.0"),
      "ghcr.io/acme/worker:2.1.0",
    ],
    [
      "a tag in values",
      helm("shapes"),
      "docker.io/acme/main",
      "shapes/values-prod.yaml",
      version("1.2.0"),
      "docker.io/acme/main:1.2.0",
    ],
    [
      "a tag and a digest that the chart knows",
      helm("shapes"),
      "docker.io/acme/main",
      "shapes/values-prod.yaml",
      version("1.2.0", two),
      `docker.io/acme/main:1.2.0@${two}`,
    ],
    [
      "imageTag beside image",
      helm("shapes"),
      "ghcr.io/acme/beside",
      "shapes/values-prod.yaml",
      version("1.2.0"),
      "ghcr.io/acme/beside:1.2.0",
    ],
    [
      "a tag with the digest in it",
      helm("shapes"),
      "ghcr.io/acme/combined",
      "shapes/values.yaml",
      version("1.1.0", two),
      `ghcr.io/acme/combined:1.1.0@${two}`,
    ],
    [
      "a tag that loses the digest in it",
      helm("shapes"),
      "ghcr.io/acme/combined",
      "shapes/values.yaml",
      version("1.1.0"),
      "ghcr.io/acme/combined:1.1.0",
    ],
    [
      "one text",
      helm("shapes"),
      "ghcr.io/acme/text",
      "shapes/values.yaml",
      version("1.1.0", two),
      `ghcr.io/acme/text:1.1.0@${two}`,
    ],
    [
      "an item of a list",
      helm("shapes"),
      "ghcr.io/acme/log",
      "shapes/values.yaml",
      version("1.1.0"),
      "ghcr.io/acme/log:1.1.0",
    ],
    [
      "a map of images",
      helm("shapes"),
      "ghcr.io/acme/job",
      "shapes/values.yaml",
      version("1.1.0"),
      "ghcr.io/acme/job:1.1.0",
    ],
    [
      "a version without a name",
      helm("shapes"),
      undefined,
      "shapes/values-prod.yaml",
      version("7.2.0"),
      "ghcr.io/acme/global:7.2.0",
    ],
    [
      "values of an included chart",
      helm("umbrella"),
      "ghcr.io/acme/web",
      "umbrella/values-prod.yaml",
      version("1.2.0", two),
      `ghcr.io/acme/web:1.2.0@${two}`,
    ],
  ])("change %s as the render shows", async (_, spec, name, file, wanted, image) => {
    const found = await repository.find(spec);
    const setting = name === undefined ? found.settings[0] : settingOf(found, name, file);
    if (setting === undefined) throw new Error("nothing found");
    const made = edits(setting, wanted);
    const [before, after] = [await repository.images(spec), await repository.imagesAfter(spec, file, made)];
    const changed = after.filter((text, index) => text !== before[index]);
    expect(new Set(changed)).toEqual(new Set([image]));
  });

  it("keep every other byte", async () => {
    const file = "shop/overlays/prod/kustomization.yaml";
    const setting = settingOf(await repository.find(kustomize("shop/overlays/prod")), "ghcr.io/acme/webapp", file);
    expect(await repository.textAfter(file, edits(setting, version("1.10", two)))).toBe(
      `resources:\n  - ../../base\nimages:\n  - name: ghcr.io/acme/webapp\n    newTag: "1.10" # what customers see\n    digest: ${two}\n`,
    );
  });

  it("take a digest away where nothing below says one, and hide it where a default does", async () => {
    const files = { "c/Chart.yaml": "name: c\nversion: 1.0.0\n", "c/templates/t.yaml": "" };
    const own = `image:\n  tag: 1.0.0\n  digest: ${one}\n`;
    const spec: RenderSpec = { kind: "helm", path: "c", options: { releaseName: "r", valueFiles: ["c/prod.yaml"] } };
    const textWith = async (defaults: string): Promise<string> => {
      const small = await openRepository({ ...files, "c/values.yaml": defaults, "c/prod.yaml": own }, cache);
      try {
        const setting = settingOf(await small.find(spec), "web", "c/prod.yaml");
        return await small.textAfter("c/prod.yaml", edits(setting, version("1.1.0")));
      } finally {
        await small.close();
      }
    };
    expect(await textWith('image: { repository: web, digest: "" }\n')).toBe("image:\n  tag: 1.1.0\n");
    expect(await textWith(`image: { repository: web, digest: ${two} }\n`)).toBe('image:\n  tag: 1.1.0\n  digest: ""\n');
  });

  it("set a chart's version", async () => {
    const cases = [
      [kustomize("inflated/prod"), "api", "inflated/base/kustomization.yaml", "version: 0.5.0"],
      [plain, "podinfo", "plain/releases.yaml", "version: 0.5.0"],
      [plain, "guestbook", "plain/releases.yaml", "targetRevision: 0.5.0"],
    ] as const;
    for (const [spec, name, file, line] of cases) {
      const setting = settingOf(await repository.find(spec), name, file);
      expect(await repository.textAfter(file, edits(setting, { version: "0.5.0" }))).toContain(line);
    }
    const [dependency] = (await repository.find(helm("umbrella"))).settings.filter(
      ({ form }) => form === "chart-dependency",
    );
    expect(dependency && edits(dependency, { version: "0.1.0" })).toEqual([]);
  });

  it.each<[string, RenderSpec, string, string, WantedVersion, RegExp]>([
    [
      "in the text of a patch",
      kustomize("shop/overlays/pinned"),
      "registry.example.com:5000/proxy",
      "shop/overlays/pinned/kustomization.yml",
      version("2"),
      /kustomization\.yml:17: .*inline patch/,
    ],
    [
      "with an anchor",
      helm("shapes"),
      "ghcr.io/acme/web",
      "shapes/values-prod.yaml",
      version("2"),
      /values-prod\.yaml:6: .*anchor/,
    ],
    [
      "for a digest that the chart has no key for",
      helm("shapes"),
      "ghcr.io/acme/plain",
      "shapes/values-prod.yaml",
      version("2", two),
      /values-prod\.yaml:8 sets only a tag/,
    ],
    [
      "without a version",
      kustomize("shop/overlays/prod"),
      "ghcr.io/acme/webapp",
      "shop/overlays/prod/kustomization.yaml",
      version(""),
      /neither a tag nor a digest/,
    ],
    ["of an image for a chart", plain, "podinfo", "plain/releases.yaml", version("2"), /a chart's version/],
    [
      "of a chart for an image",
      kustomize("shop/overlays/prod"),
      "ghcr.io/acme/webapp",
      "shop/overlays/prod/kustomization.yaml",
      { version: "2" },
      /no version of a chart/,
    ],
  ])("are refused %s", async (_, spec, name, file, wanted, reason) => {
    const made = versionEdits(settingOf(await repository.find(spec), name, file), wanted);
    expect("refused" in made && made.refused).toMatch(reason);
  });

  it("are refused, or make the setting say the wanted version and no other setting another one", async () => {
    const specs = [
      ...["prod", "mirror", "pinned", "old", "plugin"].map((name) => kustomize(`shop/overlays/${name}`)),
      kustomize("inflated/prod"),
      helm("umbrella"),
      helm("shapes"),
      plain,
    ];
    let made = 0;
    for (const spec of specs) {
      const [found, trace] = [await repository.find(spec), await repository.trace(spec)];
      for (const [index, setting] of found.settings.entries()) {
        if (setting.subject.kind === "chart") continue;
        for (const wanted of [version("9.9.9"), version("9.9.9", two), version("", two)]) {
          const wish = versionEdits(setting, wanted);
          if ("refused" in wish) continue;
          const { bytes } = applyEdits(setting.file, await repository.bytes(setting.file), wish);
          const source = await stageChanges(repository.source, [
            { kind: "write", path: setting.file, bytes, executable: false },
          ]);
          const after = await findSettings(spec, trace, source.tree);
          const [fresh] = after.settings.slice(index, index + 1);
          expect(fresh && versionEdits(fresh, wanted), lineOf(setting)).toEqual([]);
          const others = (list: readonly VersionSetting[]) => list.toSpliced(index, 1).map(settingLines);
          expect(others(after.settings), lineOf(setting)).toEqual(others(found.settings));
          made += 1;
        }
      }
    }
    expect(made).toBeGreaterThan(100);
  });
});

function settingLines({ file, at, whole, tag, digest }: VersionSetting) {
  return [file, at, whole?.value, tag?.value, digest?.value];
}
