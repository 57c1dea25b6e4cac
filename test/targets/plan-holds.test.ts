import { describe, expect, it } from "vitest";
import type { ChangedPath } from "../../src/model/tree.ts";
import { planHolds, resolveTargets } from "../../src/targets/index.ts";
import { memoryRenderer } from "../support/memory-renderer.ts";
import { memoryTree } from "../support/memory-tree.ts";
import { planReads, sourceOf } from "../support/plan-reads.ts";

type Files = Readonly<Record<string, string>>;

const repository = { urls: ["https://github.com/acme/gitops"], branches: ["main", "HEAD"] };

const source = `---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { url: "https://github.com/acme/gitops", ref: { branch: main } }
`;

function kustomization(name: string, path: string, more = ""): string {
  return `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  path: ${path}
  prune: true
  sourceRef: { kind: GitRepository, name: flux-system }
${more}`;
}

function object(kind: "ConfigMap" | "Service", name: string, data: string): string {
  return `---
apiVersion: v1
kind: ${kind}
metadata: { name: ${name}, namespace: flux-system }
data: { ${data} }
`;
}

const release = (replicas: number) => `---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: shop, namespace: flux-system }
spec:
  interval: 1h
  chart: { spec: { chart: ./charts/shop, sourceRef: { kind: GitRepository, name: flux-system } } }
  valuesFrom: [{ kind: ConfigMap, name: shop-values }]
  values: { replicas: ${replicas} }
`;

const substitutes = "  postBuild: { substituteFrom: [{ kind: ConfigMap, name: cluster-vars }] }\n";

const files: Files = {
  "clusters/prod/flux-system/gotk-sync.yaml": `${source}${kustomization("flux-system", "./clusters/prod")}`,
  "clusters/prod/flux-system/kustomization.yaml": "resources: [gotk-sync.yaml]\n",
  "clusters/prod/web.yaml": kustomization("web", "./web", substitutes),
  "clusters/prod/shop.yaml": kustomization("shop", "./shop"),
  "clusters/prod/vars.yaml": object("ConfigMap", "cluster-vars", "region: eu"),
  "shop/release.yaml": release(1),
  "shop/values.yaml": object("ConfigMap", "shop-values", "values.yaml: 'image: shop:1'"),
  "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
  "charts/shop/templates/service.yaml": object("Service", "shop", "port: a"),
  "web/service.yaml": object("Service", "web", "port: a"),
  "README.md": "Shop\n",
};

/** Whether the plan is taken over, after a look that it is the plan of the other tree where it is. */
async function isTakenOver(edits: Readonly<Record<string, string | undefined>>, text?: string): Promise<boolean> {
  const { after, changed } = edited(edits);
  const reads = planReads({ repository });
  const before = sourceOf(memoryTree(files));
  const { plan } = await resolveTargets(text, before, reads);
  const fresh = await resolveTargets(text, sourceOf(memoryTree(after)), planReads({ repository }));
  const holds = await planHolds(plan, { before: before.tree, after: sourceOf(memoryTree(after)), changed }, reads);
  const { madeFrom: _, ...told } = plan;
  if (holds) expect(fresh.plan).toMatchObject(told);
  return holds;
}

function edited(edits: Readonly<Record<string, string | undefined>>) {
  const after: Record<string, string> = { ...files };
  const changed: ChangedPath[] = [];
  for (const [path, text] of Object.entries(edits)) {
    const status = text === undefined ? "deleted" : files[path] === undefined ? "added" : "modified";
    changed.push({ path, status });
    if (text === undefined) delete after[path];
    else after[path] = text;
  }
  return { after, changed };
}

describe("the plan of what controllers deploy is the plan of another tree", () => {
  const taken: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "after an edit of what a target deploys": { "web/service.yaml": object("Service", "web", "port: b") },
    "after an edit of a template of a chart": {
      "charts/shop/templates/service.yaml": object("Service", "shop", "port: b"),
    },
    "after an edit of a text that nothing reads": { "README.md": "Our shop\n" },
    "in the same tree": {},
  };
  it.each(Object.entries(taken))("%s", async (_, edits) => {
    expect(await isTakenOver(edits)).toBe(true);
  });

  const made: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
    "of a HelmRelease": { "shop/release.yaml": release(2) },
    "of the values that a HelmRelease takes from a ConfigMap": {
      "shop/values.yaml": object("ConfigMap", "shop-values", "values.yaml: 'image: shop:2'"),
    },
    "of variables that a Kustomization substitutes": {
      "clusters/prod/vars.yaml": object("ConfigMap", "cluster-vars", "region: us"),
    },
    "that makes a ConfigMap of a Service": { "web/service.yaml": object("ConfigMap", "cluster-vars", "region: us") },
    "that makes a HelmRelease of a Service": { "web/service.yaml": release(1) },
    "that ends a render": { "web/service.yaml": "- no\n- map\n" },
    "that adds a Kustomization": { "clusters/prod/new.yaml": kustomization("new", "./web") },
    "that deletes a Kustomization": { "clusters/prod/web.yaml": undefined },
    "that moves a file of a target": {
      "web/service.yaml": undefined,
      "web/web.yaml": object("Service", "web", "port: a"),
    },
    "of the configuration": { ".sluice.yaml": "version: 1\n" },
  };
  it.each(Object.entries(made))("but not after a change %s", async (_, edits) => {
    expect(await isTakenOver(edits)).toBe(false);
  });

  it("by the rules of a configuration, too", async () => {
    const text = 'version: 1\nenvironments: [{ name: prod, match: [{ cluster: "*" }] }]\n';
    expect(await isTakenOver({ "web/service.yaml": object("Service", "web", "port: b") }, text)).toBe(true);
    expect(await isTakenOver({ "shop/release.yaml": release(2) }, text)).toBe(false);
  });

  it("with the renders alone of what reads the changed file", async () => {
    const { after, changed } = edited({ "web/service.yaml": object("Service", "web", "port: b") });
    const renderer = memoryRenderer();
    const reads = planReads({ repository, renderer });
    const before = sourceOf(memoryTree(files));
    const { plan } = await resolveTargets(undefined, before, reads);
    renderer.rendered.length = 0;
    await planHolds(plan, { before: before.tree, after: sourceOf(memoryTree(after)), changed }, reads);
    expect(renderer.rendered).toEqual(["web"]);
  });
});
