import { describe, expect, it } from "vitest";
import type { Target } from "../../../src/model/target.ts";
import { resolveTargets } from "../../../src/targets/index.ts";
import { sharedRenderer } from "../../render/support/engines.ts";
import { application, configMap, flux, release, repository, sync } from "../../support/controller-objects.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { planReads, sourceOf } from "../../support/plan-reads.ts";

type Files = Readonly<Record<string, string>>;

const own = { urls: ["https://github.com/acme/gitops"], branches: ["main", "HEAD"] };

/** The plan that the real engine gives. */
async function planOf(files: Files) {
  const reads = planReads({ repository: own, renderer: sharedRenderer() });
  return (await resolveTargets(undefined, sourceOf(memoryTree(files)), reads)).plan;
}

/** Kind and name of what declares each target, or the folder of an entry. */
function declarers(targets: readonly Target[]): readonly string[] {
  return targets.map(({ declaration, render, environment }) =>
    declaration === undefined
      ? `${environment}: folder ${render.path}`
      : `${environment}: ${declaration.kind} ${declaration.name}`,
  );
}

const base: Files = {
  "apps/base/web/kustomization.yaml": "resources: [release.yaml]\n",
  "apps/base/web/release.yaml": release("web"),
  "apps/staging/kustomization.yaml": "resources: [../base/web]\n",
  "apps/production/kustomization.yaml": "resources: [../base/web]\n",
  "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "charts/web/templates/cm.yaml": configMap("web"),
};

describe("a folder that is read at another revision of the repository", () => {
  const at = (ref: string) => ({
    "clusters/prod/all.yaml": `${repository().replace("branch: main", ref)}${flux("apps", "./apps")}`,
  });

  it("is no target of this branch, and neither are the objects in it: one line says so", async () => {
    const plan = await planOf({
      ...at("branch: release-1.2"),
      "apps/kustomization.yaml": "resources: [web.yaml]\n",
      "apps/web.yaml": flux("web", "./web"),
      "web/cm.yaml": configMap("web"),
    });
    expect(declarers(plan.targets)).toEqual([
      "prod: Kustomization apps",
      "prod: folder clusters/prod",
      "default: folder web",
    ]);
    expect(plan.notes).toEqual([
      "Kustomization `apps` reads `apps` at the branch `release-1.2`, so nothing of it is deployed from this branch.",
    ]);
  });

  it("is one where something reads it at this branch, too", async () => {
    const plan = await planOf({
      ...at("tag: v1.0.0"),
      "clusters/staging/sync.yaml": `${repository()}${flux("apps", "./apps")}`,
      "apps/web.yaml": flux("web", "./web"),
      "web/cm.yaml": configMap("web"),
    });
    expect(declarers(plan.targets)).toEqual([
      "staging: Kustomization apps",
      "staging: folder clusters/staging",
      "staging: Kustomization web",
      "prod: Kustomization apps",
      "prod: folder clusters/prod",
    ]);
    expect(plan.notes[0]).toContain("at the tag `v1.0.0`");
  });

  it("is told for Applications, whose root says nothing about the rest", async () => {
    const at = (path: string) => application("web", path).replace("HEAD", "v1");
    const plan = await planOf({
      "apps/web.yaml": at("web"),
      "apps/all.yaml": at("''").replace("name: web", "name: all"),
      "web/kustomization.yaml": "resources: [cm.yaml]\n",
      "web/cm.yaml": configMap("web"),
    });
    expect(declarers(plan.targets)).toEqual([
      "default: Application all",
      "default: folder apps",
      "default: Application web",
    ]);
    expect(plan.notes).toEqual([
      "Application `web` reads `web` at the revision `v1`, so nothing of it is deployed from this branch.",
    ]);
  });
});

describe("a folder that something of a controller reads", () => {
  it("is no target beside it, where its objects stand in a base that both clusters use", async () => {
    const plan = await planOf({
      ...base,
      ...sync("staging"),
      ...sync("production"),
      "clusters/staging/apps.yaml": flux("apps", "./apps/staging"),
      "clusters/production/apps.yaml": flux("apps", "./apps/production"),
    });
    expect(declarers(plan.targets)).toEqual([
      "staging: Kustomization apps",
      "staging: Kustomization flux-system",
      "staging: HelmRelease web",
      "production: Kustomization apps",
      "production: Kustomization flux-system",
      "production: HelmRelease web",
    ]);
  });

  it("is no target where only the renders tell, and one that just uses the same base stays one", async () => {
    const artifacts = `apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: { name: flux-system, namespace: flux-system }
spec:
  sources: [{ alias: monorepo, kind: GitRepository, name: flux-system }]
  artifacts:
    - { name: apps, copy: [{ from: "@monorepo/apps/**", to: "@artifact/" }] }
`;
    const apps = flux("apps", "./staging").replace("GitRepository, name: flux-system", "ExternalArtifact, name: apps");
    const plan = await planOf({
      ...base,
      "clusters/staging/artifacts.yaml": artifacts,
      "clusters/staging/apps.yaml": apps,
    });
    expect(declarers(plan.targets)).toEqual([
      "staging: Kustomization apps",
      "staging: folder clusters/staging",
      "staging: HelmRelease web",
      "production: folder apps/production",
      "production: HelmRelease web",
    ]);
  });

  it("is an entry no more where another entry's render has it, whatever cluster they seem to be of", async () => {
    const plan = await planOf({
      ...base,
      "clusters/a/all.yaml": flux("apps", "./apps/staging"),
      "bootstrap/apps.yaml": flux("tools", "./tools"),
      "clusters/a/bootstrap.yaml": flux("bootstrap", "./").replace("path: ./", 'path: ""'),
    });
    const found = declarers(plan.targets);
    expect(new Set(found).size).toBe(found.length);
    expect(found.filter((one) => one.includes("folder"))).toEqual([]);
  });

  it("stays the entry where two read each other: one of them is applied by people", async () => {
    const plan = await planOf({
      "bootstrap/root.yaml": application("root", "other"),
      "other/root.yaml": application("other", "bootstrap"),
    });
    expect(declarers(plan.targets).filter((one) => !one.includes("folder"))).toEqual([
      "default: Application other",
      "default: Application root",
    ]);
  });

  it("stays a target where controllers read nothing of the repository", async () => {
    const plan = await planOf({
      "web/overlays/prod/kustomization.yaml": "resources: [cm.yaml]\n",
      "web/overlays/prod/cm.yaml": configMap("web"),
      "api/overlays/prod/kustomization.yaml": "resources: [cm.yaml]\n",
      "api/overlays/prod/cm.yaml": configMap("api"),
    });
    expect(plan.targets.map(({ id }) => id)).toEqual(["api/prod", "web/prod"]);
  });
});
