import { describe, expect, it } from "vitest";
import { findSettings, type VersionSetting, versionEdits, type WantedVersion } from "../../../src/edit/find/index.ts";
import { applyEdits } from "../../../src/edit/splice/index.ts";
import type { Declaration } from "../../../src/model/declaration.ts";
import type { Trace } from "../../../src/model/render.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { settingLines } from "./support/setting-lines.ts";

type Files = Readonly<Record<string, string>>;

interface Case {
  readonly files: Files;
  readonly spec: RenderSpec;
  readonly declaration: Declaration;
  /** What the render read; nothing by default, since a chart is somewhere else. */
  readonly read?: readonly string[];
}

async function found({ files, spec, declaration, read = [] }: Case): Promise<readonly VersionSetting[]> {
  const trace: Trace = read.map((path) => [path, "file", "0"] as const);
  return (await findSettings(spec, trace, memoryTree(files), { declaration })).settings;
}

/** The files after each setting of that name was set, which must be the ones before with these texts replaced. */
async function expectMoved(one: Case, name: string, wanted: WantedVersion, file: string, ...texts: [string, string][]) {
  const settings = (await found(one)).filter(
    ({ subject, called, decidedBy }) => (called ?? subject.name) === name && decidedBy === undefined,
  );
  const edits = settings.flatMap((setting) => {
    const made = versionEdits(setting, wanted);
    if ("refused" in made) throw new Error(made.refused);
    return made;
  });
  expect(new Set(settings.map((setting) => setting.file))).toEqual(new Set([file]));
  const before = one.files[file] ?? "";
  const after = Buffer.from(applyEdits(file, Buffer.from(before), edits).bytes).toString();
  expect(after).not.toBe(before);
  expect(after).toBe(texts.reduce((text, [from, to]) => text.replace(from, to), before));
}

const tag = { tag: "1.5.0", digest: "" };
const mounted = "@sources/helm/charts.example.com/web/1.0.0";
const kustomization = { apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization" };

const release = `# The shop.
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
    name: web   # four spaces
    namespace: shop
spec:
    interval: 5m
    chart:
        spec:
            chart: web
            version: '1.0.0' # pinned
            sourceRef: { kind: HelmRepository, name: acme }
    postRenderers:
        - kustomize: { images: [ { name: sidecar, newTag: "1.4.0" } ] }
    values:
        image: { repository: ghcr.io/acme/web, tag: "1.4.0" }
        worker:
            image: ghcr.io/acme/worker:1.4.0
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: api, namespace: shop }
spec: { chart: { spec: { chart: web, version: 1.0.0 } }, values: { image: { repository: ghcr.io/acme/web, tag: "1.4.0" } } }
`;

function helmRelease(files: Files, file: string, name = "web"): Case {
  const options = { namespace: "shop", name, root: mounted, spec: {} };
  return {
    files,
    spec: { kind: "helmrelease", path: mounted, options },
    declaration: { kind: "HelmRelease", namespace: "shop", name, file, line: 2 },
  };
}

describe("a HelmRelease", () => {
  const one = helmRelease({ "apps/web.yaml": release }, "apps/web.yaml");

  it("sets its chart's version and the images of its values, and no other release's in the same file", async () => {
    expect(settingLines(await found(one))).toEqual([
      "apps/web.yaml kustomize-image sidecar: tag=1.4.0",
      "apps/web.yaml values ghcr.io/acme/web: name=ghcr.io/acme/web tag=1.4.0",
      "apps/web.yaml values-text ghcr.io/acme/worker: whole=ghcr.io/acme/worker:1.4.0",
      "apps/web.yaml helm-charts web: version=1.0.0",
    ]);
  });

  it("gets another chart, and every other byte stays", async () => {
    await expectMoved(one, "web", { version: "1.1.0" }, "apps/web.yaml", ["'1.0.0'", "'1.1.0'"]);
  });

  it("gets another image in its values, and every other byte stays", async () => {
    await expectMoved(one, "ghcr.io/acme/web", tag, "apps/web.yaml", [
      `image: { repository: ghcr.io/acme/web, tag: "1.4.0" }`,
      `image: { repository: ghcr.io/acme/web, tag: "1.5.0" }`,
    ]);
    await expectMoved(one, "ghcr.io/acme/worker", tag, "apps/web.yaml", ["worker:1.4.0", "worker:1.5.0"]);
    await expectMoved(one, "sidecar", tag, "apps/web.yaml", ['newTag: "1.4.0"', 'newTag: "1.5.0"']);
  });

  it("is found where kustomize gives it its namespace and something before its name", async () => {
    const text = release.split("---\n")[0]?.replace("    namespace: shop\n", "") ?? "";
    const prefixed = helmRelease({ "base/web.yaml": text }, "base/web.yaml", "prod-web");
    expect((await found(prefixed)).length).toBe(4);
  });

  it("says nothing where another file has its text, and where nothing tells which file that is", async () => {
    const other = helmRelease({ "apps/web.yaml": release }, "apps/web.yaml", "search");
    expect(await found(other)).toEqual([]);
    const { file: _, ...unplaced } = one.declaration;
    expect(await found({ ...one, declaration: unplaced })).toEqual([]);
  });

  it("leaves out what a variable of Flux fills in", async () => {
    const variable = (name: string) => `\${${name}}`;
    const text = release
      .replace("'1.0.0' # pinned", `"${variable("CHART")}"`)
      .replace('tag: "1.4.0"', `tag: ${variable("TAG")}`);
    const lines = settingLines(await found(helmRelease({ "apps/web.yaml": text }, "apps/web.yaml")));
    expect(lines.filter((line) => line.includes("helm-charts") || line.includes("acme/web:"))).toEqual([]);
  });

  it("has its chart's version in the OCIRepository beside it, tag and digest together", async () => {
    const oci = `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: { name: web }
spec:
  url: oci://ghcr.io/acme/charts/web
  ref: { tag: 1.0.0 }
`;
    const spec = "spec:\n  chartRef: { kind: OCIRepository, name: web }\n";
    const text = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: web }\n${spec}`;
    const files = { "apps/web/release.yaml": text, "apps/web/source.yaml": oci, "apps/other/source.yaml": oci };
    const beside = helmRelease(files, "apps/web/release.yaml");
    await expectMoved(beside, "chart web", { version: "1.1.0" }, "apps/web/source.yaml", ["1.0.0", "1.1.0"]);
    const pinned = oci.replace("{ tag: 1.0.0 }", `{ tag: 1.0.0, digest: "sha256:${"a".repeat(64)}" }`);
    const both = await found(helmRelease({ ...files, "apps/web/source.yaml": pinned }, "apps/web/release.yaml"));
    expect(both.map(({ called }) => called)).toEqual(["chart web", "tag of chart web"]);
  });

  it("has the values of a chart in this repository below its own", async () => {
    const text = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web }
spec:
  chart: { spec: { chart: ./charts/web, sourceRef: { kind: GitRepository, name: flux-system }, valuesFiles: [charts/web/values.yaml, charts/web/prod.yaml] } }
  values: { image: { tag: "1.4.0" } }
`;
    const files = {
      "apps/web.yaml": text,
      "charts/web/Chart.yaml": "name: web\n",
      "charts/web/values.yaml": 'image: { repository: ghcr.io/acme/web, tag: "1.0.0" }\n',
      "charts/web/prod.yaml":
        'side: { image: ghcr.io/acme/side:1.0.0 }\nimage: { repository: ghcr.io/acme/web, tag: "1.1.0" }\n',
    };
    const options = { namespace: "shop", name: "web", root: "", spec: {} };
    const spec: RenderSpec = { kind: "helmrelease", path: "charts/web", options };
    const all = await found({ ...helmRelease(files, "apps/web.yaml"), spec, read: Object.keys(files) });
    expect(settingLines(all)).toEqual([
      "apps/web.yaml values ghcr.io/acme/web: tag=1.4.0",
      "charts/web/prod.yaml values-text ghcr.io/acme/side: whole=ghcr.io/acme/side:1.0.0",
      "charts/web/prod.yaml values ghcr.io/acme/web: name=ghcr.io/acme/web tag=1.1.0 < apps/web.yaml:6",
    ]);
  });
});

describe("a Kustomization of Flux", () => {
  const object = `apiVersion: ${kustomization.apiVersion}
kind: Kustomization
metadata: { name: web, namespace: flux-system }
spec:
  path: ./apps/web
  sourceRef: { kind: GitRepository, name: web }
  images:
    - name: ghcr.io/acme/web
      newTag: 1.4.0
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: web, namespace: flux-system }
spec: { url: "https://git.example.com/acme/web.git", ref: { tag: v1.0.0 } }
`;
  const pod = (image: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: "${image}" }] }\n`;
  const options = { namespace: "flux-system", name: "web", root: "", spec: {} };
  const spec: RenderSpec = { kind: "flux", path: "apps/web", options };
  const declaration = {
    kind: "Kustomization",
    namespace: "flux-system",
    name: "web",
    file: "clusters/web.yaml",
  } as const;

  it("wins over the folder's own kustomization with its images", async () => {
    const files = {
      "clusters/web.yaml": object,
      "apps/web/kustomization.yaml": "resources: [pod.yaml]\nimages: [{ name: ghcr.io/acme/web, newTag: 1.2.0 }]\n",
      "apps/web/pod.yaml": pod("ghcr.io/acme/web:1.0.0"),
    };
    const one = { files, spec, declaration, read: Object.keys(files) };
    expect(settingLines(await found(one))).toEqual([
      "clusters/web.yaml kustomize-image ghcr.io/acme/web: tag=1.4.0",
      "apps/web/kustomization.yaml kustomize-image ghcr.io/acme/web: tag=1.2.0 < clusters/web.yaml:9",
      "apps/web/pod.yaml manifest ghcr.io/acme/web: whole=ghcr.io/acme/web:1.0.0 < apps/web/kustomization.yaml:2",
      "clusters/web.yaml helm-charts web: version=v1.0.0",
    ]);
    await expectMoved(one, "ghcr.io/acme/web", tag, "clusters/web.yaml", ["newTag: 1.4.0", "newTag: 1.5.0"]);
    await expectMoved(one, "repository web", { version: "v1.1.0" }, "clusters/web.yaml", ["v1.0.0", "v1.1.0"]);
  });

  it("reads every manifest below a folder without one, and folders with one as a whole", async () => {
    const files = {
      "apps/web/a/pod.yaml": pod("ghcr.io/acme/a:1.0.0"),
      "apps/web/b/kustomization.yaml": "resources: [pod.yaml]\nimages: [{ name: ghcr.io/acme/b, newTag: 1.2.0 }]\n",
      "apps/web/b/pod.yaml": pod("ghcr.io/acme/b:1.0.0"),
    };
    const lines = settingLines(await found({ files, spec, declaration, read: Object.keys(files) }));
    expect(lines.toSorted()).toEqual([
      "apps/web/a/pod.yaml manifest ghcr.io/acme/a: whole=ghcr.io/acme/a:1.0.0",
      "apps/web/b/kustomization.yaml kustomize-image ghcr.io/acme/b: tag=1.2.0",
      "apps/web/b/pod.yaml manifest ghcr.io/acme/b: whole=ghcr.io/acme/b:1.0.0 < apps/web/b/kustomization.yaml:2",
    ]);
  });
});

describe("an Application of Argo CD", () => {
  const url = "https://git.example.com/acme/deploy";
  const declaration = { kind: "Application", namespace: "argocd", name: "web", file: "apps/web.yaml" } as const;
  const head =
    "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: web, namespace: argocd }\nspec:\n";
  const argocd = (spec: Record<string, unknown>, roots: readonly string[]): RenderSpec => {
    return { kind: "argocd", path: "", options: { appName: "web", spec: JSON.parse(JSON.stringify(spec)), roots } };
  };

  const chart = `${head}  source:
    repoURL: https://charts.example.com
    chart: web
    targetRevision: 1.0.0 # the chart
    helm:
      valuesObject: { image: { repository: ghcr.io/acme/web, tag: "1.0.0" } }
      parameters:
        - { name: image.tag, value: "1.4.0" }
`;
  const source = { repoURL: "https://charts.example.com", chart: "web", targetRevision: "1.0.0" };

  it("sets its chart's version, and a parameter wins over its values", async () => {
    const one = { files: { "apps/web.yaml": chart }, spec: argocd({ source }, [mounted]), declaration };
    expect(settingLines(await found(one))).toEqual([
      "apps/web.yaml values ghcr.io/acme/web: tag=1.4.0",
      "apps/web.yaml values ghcr.io/acme/web: name=ghcr.io/acme/web tag=1.0.0 < apps/web.yaml:12",
      "apps/web.yaml helm-charts web: version=1.0.0",
    ]);
    await expectMoved(one, "web", { version: "1.1.0" }, "apps/web.yaml", ["1.0.0 # the", "1.1.0 # the"]);
    await expectMoved(one, "ghcr.io/acme/web", tag, "apps/web.yaml", ['"1.4.0"', '"1.5.0"']);
  });

  it("has values in a text, of which one scalar changes", async () => {
    const text = `${head}  source:
    repoURL: https://charts.example.com
    chart: web
    targetRevision: 1.0.0
    helm:
      values: |
        # kept
        image:   { repository: ghcr.io/acme/web, tag: "1.4.0" } # here
`;
    const one = { files: { "apps/web.yaml": text }, spec: argocd({ source }, [mounted]), declaration };
    await expectMoved(one, "ghcr.io/acme/web", tag, "apps/web.yaml", ['"1.4.0"', '"1.5.0"']);
  });

  it("has value files in this repository, by reference and by glob, over those of the chart", async () => {
    const text = `${head}  sources:
    - { repoURL: "https://charts.example.com", chart: web, targetRevision: 1.0.0, helm: { valueFiles: [$values/env/prod.yaml, "$values/env/more-*.yaml", own.yaml] } }
    - { repoURL: "${url}", ref: values }
`;
    const files = {
      "apps/web.yaml": text,
      "env/prod.yaml": 'image: { repository: ghcr.io/acme/web, tag: "1.4.0" }\n',
      "env/more-a.yaml": 'worker: { image: { repository: ghcr.io/acme/worker, tag: "1.4.0" } }\n',
      "own.yaml": 'image: { repository: ghcr.io/acme/web, tag: "9.9.9" }\n',
    };
    const spec = argocd({ sources: [source, { repoURL: url, ref: "values" }] }, [mounted, ""]);
    const one = { files, spec, declaration, read: Object.keys(files) };
    expect(settingLines(await found(one))).toEqual([
      "env/more-a.yaml values ghcr.io/acme/worker: name=ghcr.io/acme/worker tag=1.4.0",
      "env/prod.yaml values ghcr.io/acme/web: name=ghcr.io/acme/web tag=1.4.0",
      "apps/web.yaml helm-charts web: version=1.0.0",
    ]);
    await expectMoved(one, "ghcr.io/acme/web", tag, "env/prod.yaml", ["1.4.0", "1.5.0"]);
  });

  const folder = `${head}  source: { repoURL: "${url}", path: apps/web, kustomize: { images: ["ghcr.io/acme/web:1.3.0"] } }\n`;
  const own = argocd({ source: { repoURL: url, path: "apps/web" } }, [""]);

  it("wins over its folder's kustomization with its images", async () => {
    const files = {
      "apps/web.yaml": folder,
      "apps/web/kustomization.yaml": "images: [{ name: ghcr.io/acme/web, newTag: 1.2.0 }]\n",
    };
    const one = { files, spec: own, declaration, read: Object.keys(files) };
    await expectMoved(one, "ghcr.io/acme/web", tag, "apps/web.yaml", ["web:1.3.0", "web:1.5.0"]);
  });

  it("is overridden by what Argo CD's image updater wrote into its folder", async () => {
    const files = {
      "apps/web.yaml": folder,
      "apps/web/kustomization.yaml": "images: [{ name: ghcr.io/acme/web, newTag: 1.2.0 }]\n",
      "apps/web/.argocd-source-web.yaml": "kustomize:\n  images:\n  - ghcr.io/acme/web:1.4.0\n",
      "apps/web/.argocd-source-other.yaml": "kustomize:\n  images:\n  - ghcr.io/acme/web:1.1.0\n",
    };
    const one = { files, spec: own, declaration, read: Object.keys(files) };
    await expectMoved(one, "ghcr.io/acme/web", tag, "apps/web/.argocd-source-web.yaml", ["web:1.4.0", "web:1.5.0"]);
  });

  it("has parameters of a chart in its folder in the image updater's file, too", async () => {
    const files = {
      "apps/web.yaml": folder.replace(/, kustomize.*/, " }"),
      "apps/web/Chart.yaml": "name: web\n",
      "apps/web/values.yaml": 'image: { repository: ghcr.io/acme/web, tag: "1.0.0" }\n',
      "apps/web/.argocd-source-web.yaml":
        "helm:\n  parameters:\n  - name: image.name\n    value: ghcr.io/acme/web\n    forcestring: true\n  - name: image.tag\n    value: 1.4.0\n    forcestring: true\n",
    };
    const one = { files, spec: own, declaration, read: Object.keys(files) };
    await expectMoved(one, "ghcr.io/acme/web", tag, "apps/web/.argocd-source-web.yaml", ["1.4.0", "1.5.0"]);
  });

  it("has the images of plain manifests in its folder", async () => {
    const files = {
      "apps/web.yaml": folder.replace(/, kustomize.*/, " }"),
      "apps/web/pod.yaml":
        "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: ghcr.io/acme/web:1.4.0 }] }\n",
    };
    const one = { files, spec: own, declaration, read: Object.keys(files) };
    await expectMoved(one, "ghcr.io/acme/web", tag, "apps/web/pod.yaml", ["web:1.4.0", "web:1.5.0"]);
  });

  it("has the tag of another repository, and no branch", async () => {
    const text = `${head}  source: { repoURL: "https://git.example.com/acme/base.git", path: web, targetRevision: v1.0.0 }\n`;
    const base = argocd({ source: { repoURL: "https://git.example.com/acme/base.git", path: "web" } }, [mounted]);
    const one = { files: { "apps/web.yaml": text }, spec: base, declaration };
    await expectMoved(one, "repository base", { version: "v1.1.0" }, "apps/web.yaml", ["v1.0.0", "v1.1.0"]);
    const branch = text.replace("v1.0.0", "main");
    expect(await found({ ...one, files: { "apps/web.yaml": branch } })).toEqual([]);
  });
});
