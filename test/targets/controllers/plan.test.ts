import { describe, expect, it } from "vitest";
import type { Target } from "../../../src/model/target.ts";
import type { PlanReads } from "../../../src/targets/index.ts";
import { resolveTargets } from "../../../src/targets/index.ts";
import { application, configMap, flux, repository, sync } from "../../support/controller-objects.ts";
import { memoryRenderer } from "../../support/memory-renderer.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { planReads, sourceOf } from "../../support/plan-reads.ts";

type Files = Readonly<Record<string, string>>;

const own = { urls: ["https://github.com/acme/gitops"], branches: ["main", "HEAD"] };

async function planOf(files: Files, more: Partial<PlanReads> = {}, text?: string) {
  return resolveTargets(text, sourceOf(memoryTree(files)), planReads({ repository: own, ...more }));
}

async function targetsOf(files: Files, more: Partial<PlanReads> = {}): Promise<readonly Target[]> {
  return (await planOf(files, more)).plan.targets;
}

function lines(targets: readonly Target[]): readonly string[] {
  return targets.map(
    ({ id, render, declaration }) => `${id} ${render.kind} ${render.path} < ${declaration?.parent ?? "-"}`,
  );
}

describe("the targets of a repository that Flux deploys", () => {
  it("are what the sync of each cluster leads to, to any depth, with the cluster as environment", async () => {
    const targets = await targetsOf({
      ...sync("staging"),
      ...sync("production"),
      "clusters/staging/apps.yaml": flux("apps", "./apps/staging"),
      "clusters/production/apps.yaml": flux("apps", "./apps/production"),
      "apps/staging/web.yaml": flux("web", "./web"),
      "apps/production/web.yaml": flux("web", "./web"),
      "web/deployment.yaml": configMap("web"),
    });
    expect(lines(targets)).toEqual([
      "apps/staging flux apps/staging < flux-system/staging",
      "flux-system/staging flux clusters/staging < -",
      "web/staging flux web < apps/staging",
      "apps/production flux apps/production < flux-system/production",
      "flux-system/production flux clusters/production < -",
      "web/production flux web < apps/production",
    ]);
  });

  it("are in the folder that an ArtifactGenerator copies, also where its file is applied beside the sync", async () => {
    const artifacts = `apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: { name: flux-system, namespace: flux-system }
spec:
  sources: [{ alias: monorepo, kind: GitRepository, name: flux-system }]
  artifacts:
    - { name: apps, copy: [{ from: "@monorepo/deploy/apps/**", to: "@artifact/" }] }
`;
    const targets = await targetsOf({
      "clusters/prod/artifacts.yaml": artifacts,
      "clusters/prod/web.yaml": flux("web", "./web").replace(
        "GitRepository, name: flux-system",
        "ExternalArtifact, name: apps",
      ),
      "deploy/apps/web/deployment.yaml": configMap("web"),
    });
    const web = targets.find(({ app }) => app === "web");
    expect(web?.render).toMatchObject({ kind: "flux", path: "deploy/apps/web", options: { root: "deploy/apps" } });
    expect(web?.render.missing).toBeUndefined();
  });

  it("say who declares them, where, and what is done with them", async () => {
    const targets = await targetsOf({
      ...sync("prod"),
      "clusters/prod/web.yaml": `# the app\n${flux("web", "web", "  suspend: true\n  targetNamespace: shop\n")}`,
      "web/deployment.yaml": configMap("web"),
    });
    expect(targets.find(({ app }) => app === "web")).toMatchObject({
      declaration: {
        ...{ kind: "Kustomization", namespace: "flux-system", name: "web" },
        ...{ file: "clusters/prod/web.yaml", line: 3, parent: "flux-system/prod" },
      },
      destination: { cluster: "prod", namespace: "shop" },
      handling: { suspended: true, prune: true },
    });
  });

  it("take a source that nothing declares for this repository, with a warning", async () => {
    const { plan, problems } = await planOf({
      "cluster/ks.yaml": flux("apps", "./apps"),
      "apps/web.yaml": configMap("web"),
    });
    expect(lines(plan.targets)).toEqual([
      "apps/default flux apps < cluster/default",
      "cluster/default plain cluster < -",
    ]);
    expect(problems).toMatchObject([
      { severity: "warning", message: "Nothing here declares the GitRepository `flux-system/flux-system`" },
    ]);
  });

  it("stay targets with the reason where their source is of another repository that is not fetched", async () => {
    const targets = await targetsOf({
      "cluster/all.yaml": `${repository("https://github.com/other/gitops")}${flux("apps", "./apps")}`,
      "apps/web.yaml": configMap("web"),
    });
    const apps = targets.find(({ app }) => app === "apps");
    expect(apps?.render).toMatchObject({
      kind: "flux",
      missing: [
        {
          reference: "https://github.com/other/gitops@main",
          reason: "nothing remote is fetched here",
          file: "cluster/all.yaml",
        },
      ],
    });
  });

  it("render another branch of this repository from there", async () => {
    const targets = await targetsOf({
      "cluster/all.yaml": `${repository("https://github.com/acme/gitops", "v2")}${flux("apps", "./apps")}`,
      "apps/web.yaml": configMap("web"),
    });
    expect(targets.find(({ app }) => app === "apps")?.render.missing).toMatchObject([
      { reference: "https://github.com/acme/gitops@v2" },
    ]);
  });

  it("get their variables from ConfigMaps that any render of the same cluster has", async () => {
    const uses =
      "  postBuild: { substituteFrom: [{ kind: ConfigMap, name: settings }, { kind: Secret, name: tokens }] }\n";
    const targets = await targetsOf({
      ...sync("a"),
      ...sync("b"),
      "clusters/a/web.yaml": flux("web", "./web", uses),
      "clusters/a/settings.yaml": flux("settings", "./settings"),
      "clusters/b/web.yaml": flux("web", "./web", uses),
      "settings/all.yaml": configMap("settings"),
      "web/deployment.yaml": configMap("web"),
    });
    const options = (id: string) => targets.find((one) => one.id === id)?.render.options;
    expect(options("web/a")).toMatchObject({ variables: { region: "eu" }, placeholders: ["Secret/tokens"] });
    expect(options("web/b")).toMatchObject({ placeholders: ["ConfigMap/settings", "Secret/tokens"] });
    expect(options("web/b")).not.toHaveProperty("variables");
  });

  it("end where objects declare each other in a circle", async () => {
    const targets = await targetsOf({
      "root.yaml": flux("a", "./a"),
      "a/b.yaml": flux("b", "./b"),
      "b/a.yaml": flux("a", "./a"),
    });
    expect(lines(targets).filter((line) => !line.includes("plain"))).toEqual([
      "a/default flux a < -",
      "b/default flux b < a/default",
    ]);
  });

  it("keep one that does not render, and say that nobody knows what is in it", async () => {
    const { plan, problems } = await planOf({
      ...sync("prod"),
      "clusters/prod/apps.yaml": flux("apps", "./apps"),
      "apps/web.yaml": flux("web", "./web"),
      "apps/broken.yaml": "just words\n",
    });
    expect(lines(plan.targets)).toEqual([
      "apps/prod flux apps < flux-system/prod",
      "flux-system/prod flux clusters/prod < -",
    ]);
    expect(problems).toMatchObject([
      { severity: "warning", message: expect.stringContaining("The Kustomization `flux-system/apps` does not render") },
    ]);
  });

  it("leave out folders that nothing deploys, in one note", async () => {
    const { plan } = await planOf({
      ...sync("prod"),
      "clusters/prod/web.yaml": flux("web", "./web"),
      "web/deployment.yaml": configMap("web"),
      "old/one/kustomization.yaml": "resources: [a.yaml]\n",
      "old/two/a.yaml": configMap("two"),
    });
    expect(lines(plan.targets)).toHaveLength(2);
    expect(plan.notes).toEqual([
      "`old/one` and `old/two` are not reached by anything that Argo CD or Flux reads here, so no target.",
    ]);
  });

  it("are followed from a FluxInstance, whose source and Kustomization are in no file", async () => {
    const targets = await targetsOf({
      "bootstrap/instance.yaml": `apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: { name: flux, namespace: flux-system }
spec: { sync: { kind: GitRepository, url: "https://github.com/acme/gitops", ref: refs/heads/main, path: clusters/prod } }
`,
      "clusters/prod/web.yaml": flux("web", "./web"),
      "web/deployment.yaml": configMap("web"),
    });
    expect(lines(targets)).toEqual([
      "bootstrap/prod plain bootstrap < -",
      "flux-system/prod flux clusters/prod < bootstrap/prod",
      "web/prod flux web < flux-system/prod",
    ]);
  });

  it("has releases with their chart, its place and the values that a parent sets", async () => {
    const targets = await targetsOf({
      ...sync("prod"),
      "clusters/prod/web.yaml": `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: shop }
spec:
  chart: { spec: { chart: ./charts/web, sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system } } }
  valuesFrom: [{ kind: ConfigMap, name: web-values }, { kind: Secret, name: web-secrets, optional: true }]
  driftDetection: { mode: warn }
`,
      "clusters/prod/values.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: web-values, namespace: shop }
data: { values.yaml: "replicas: 2" }
`,
      "charts/web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    });
    expect(targets.find(({ app }) => app === "web")).toMatchObject({
      render: {
        kind: "helmrelease",
        path: "charts/web",
        options: { root: "", valuesFrom: [{ yaml: "replicas: 2" }, { unknown: "Secret/web-secrets" }] },
      },
      destination: { cluster: "prod", namespace: "shop" },
      handling: { selfHeal: false, driftDetection: "warn" },
    });
  });
});

describe("the targets of a repository that Argo CD deploys", () => {
  it("are the applications below the root application, with the stage of their names", async () => {
    const targets = await targetsOf({
      "root.yaml": application("root", "apps"),
      "apps/web-staging.yaml": application("web-staging", "web/staging"),
      "apps/web-prod.yaml": application("web-prod", "web/prod"),
      "web/staging/a.yaml": configMap("a"),
      "web/prod/a.yaml": configMap("a"),
      "unused/a.yaml": configMap("a"),
    });
    expect(lines(targets)).toEqual([
      "web/staging argocd web/staging < root/default",
      "web/prod argocd web/prod < root/default",
      "root/default argocd apps < root-files/default",
      "root-files/default plain  < -",
    ]);
  });

  it("are all that people apply by hand where there is no root", async () => {
    const targets = await targetsOf({
      "apps/a.yaml": application("a", "a"),
      "apps/b.yaml": application("b", "b"),
      "a/x.yaml": configMap("a"),
      "b/x.yaml": configMap("b"),
    });
    expect(lines(targets)).toEqual([
      "a/default argocd a < apps/default",
      "apps/default plain apps < -",
      "b/default argocd b < apps/default",
    ]);
  });

  it("is stable: the same tree gives the same plan, and what it looked up", async () => {
    const files = { "apps/a.yaml": application("a", "a"), "a/x.yaml": configMap("a") };
    const first = await planOf(files, { renderer: memoryRenderer() });
    expect(await planOf(files, { renderer: memoryRenderer() })).toEqual(first);
    expect(first.plan.madeFrom?.renders.flatMap(({ trace }) => trace.map(([path]) => path))).toContain("apps");
  });
});

describe("the environments of what controllers deploy, by a configuration", () => {
  const files = {
    "apps/web-staging.yaml": application("web-staging", "web"),
    "apps/web-prod.yaml": application("web-prod", "web"),
    "apps/tools.yaml": application("tools", "web"),
    "web/a.yaml": configMap("a"),
  };
  const text = `version: 1
environments:
  - { name: staging, match: [{ name: "*-staging" }] }
  - { name: prod, match: [{ namespace: nothing }, { name: "*-prod", project: default }] }
  - { name: lost, match: [{ cluster: nowhere }] }
`;

  it("are those of the first rule that fits, with apps that can be promoted", async () => {
    const { plan, problems } = await planOf(files, {}, text);
    expect(plan.targets.map(({ id }) => id)).toEqual(["web/staging", "web/prod"]);
    expect(plan.notes).toEqual(["1 object of Argo CD or Flux fits no `match` of an environment."]);
    expect(problems).toMatchObject([
      { severity: "warning", line: 5, message: '`match` of "lost" fits nothing that Argo CD or Flux reads here' },
    ]);
  });

  it("are not looked for where no environment has a rule", async () => {
    const renderer = memoryRenderer();
    await planOf(files, { renderer }, 'version: 1\nenvironments: [{ name: prod, path: "{app}" }]\n');
    expect(renderer.rendered).toEqual([]);
  });

  it("have the version and the variables that the configuration gives for a cluster", async () => {
    const uses = "  postBuild: { substituteFrom: [{ kind: Secret, name: tokens }] }\n";
    const { plan } = await planOf(
      { ...sync("prod"), "clusters/prod/web.yaml": flux("web", "./web", uses), "web/a.yaml": configMap("a") },
      {},
      `version: 1
environments: [{ name: prod, match: [{ cluster: prod }] }]
clusters: [{ name: prod, variables: { domain: example.com } }]
`,
    );
    expect(plan.targets.find(({ app }) => app === "web")?.render.options).toMatchObject({
      variables: { domain: "example.com" },
      placeholders: ["Secret/tokens"],
    });
  });
});
