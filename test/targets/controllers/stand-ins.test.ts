import { describe, expect, it } from "vitest";
import type { Target } from "../../../src/model/target.ts";
import { resolveTargets } from "../../../src/targets/index.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { planReads, sourceOf } from "../../support/plan-reads.ts";

const own = { urls: ["https://github.com/acme/gitops"], branches: ["main", "HEAD"] };

async function planOf(files: Readonly<Record<string, string>>, config?: string) {
  const text =
    config === undefined ? undefined : `version: 1\nenvironments: [{ name: all, match: [{ name: "*" }] }]\n${config}`;
  return resolveTargets(text, sourceOf(memoryTree(files)), planReads({ repository: own }));
}

function declared(targets: readonly Target[], name: string): Target["render"] | undefined {
  return targets.find(({ declaration }) => declaration?.name === name)?.render;
}

const release = (name: string) => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: ${name}, namespace: flux-system }
spec: { chart: { spec: { chart: ./chart, sourceRef: { kind: GitRepository, name: flux-system } } } }
`;

const kustomization = (
  name: string,
  path: string,
  kind = "GitRepository",
) => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec: { path: ${path}, sourceRef: { kind: ${kind}, name: flux-system } }
`;

describe("what is an entry", () => {
  it("is a release that nothing here leads to, as another repository may", async () => {
    const files = {
      "cluster/apps.yaml": kustomization("apps", "./apps"),
      "apps/api.yaml": release("api"),
      "elsewhere/web.yaml": release("web"),
    };
    const { targets } = (await planOf(files)).plan;
    expect(declared(targets, "api")).toBeDefined();
    expect(declared(targets, "web")).toBeDefined();
  });

  it("is nothing that was put away, except where an object leads there", async () => {
    const files = {
      "cluster/apps.yaml": kustomization("apps", "./apps"),
      "apps/api.yaml": release("api"),
      "_archive/ks.yaml": kustomization("gone", "./gone"),
    };
    expect(declared((await planOf(files)).plan.targets, "gone")).toBeUndefined();
    const used = { ...files, "cluster/old.yaml": kustomization("old", "./_archive") };
    expect(declared((await planOf(used)).plan.targets, "gone")).toBeDefined();
  });

  it("is built without the load restriction where Flux builds it", async () => {
    const files = {
      "overlays/prod/kustomization.yaml": "resources: [../../base/apps.yaml]\n",
      "overlays/prod/reads": "base/apps.yaml\n",
      "base/apps.yaml": kustomization("apps", "./apps"),
      "apps/api.yaml": release("api"),
    };
    const { targets } = (await planOf(files)).plan;
    expect(targets.find(({ render }) => render.path === "overlays/prod")?.render).toMatchObject({
      kind: "kustomize",
      options: { loadRestrictor: "none" },
    });
  });

  it("is a chart whose dependency makes Applications of its values", async () => {
    const chart =
      "apiVersion: v2\nname: argocd\nversion: 0.0.0\ndependencies:\n  - name: argocd-apps\n    version: 2.0.0\n";
    const { targets } = (await planOf({ "argocd/Chart.yaml": chart, "argocd/values.yaml": "argocd-apps: {}\n" })).plan;
    expect(targets.map(({ render }) => render)).toMatchObject([{ kind: "helm", path: "argocd" }]);
  });
});

describe("a release", () => {
  it("has a chart without what its source ignores, and the version of the cluster that its kubeconfig is of", async () => {
    const source = `---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { url: "https://github.com/acme/gitops", ref: { branch: main }, ignore: "*.md" }
`;
    const remote = release("web").replace("spec: {", "spec: { kubeConfig: { secretRef: { name: edge } },");
    const clusters =
      "clusters: [{ name: prod, kubernetes: { version: 1.33.1 } }, { name: edge, kubernetes: { version: 1.30.0 } }]\n";
    const files = { "clusters/prod/all.yaml": `${release("api")}${source}---\n${remote}` };
    const { targets } = (await planOf(files, clusters)).plan;
    expect(declared(targets, "api")?.options).toMatchObject({ ignore: "*.md", cluster: { version: "1.33.1" } });
    expect(declared(targets, "web")?.options).toMatchObject({ cluster: { version: "1.30.0" } });
  });
});

describe("the places of a repository that .sluice.yaml names", () => {
  const files = {
    "cluster/apps.yaml": kustomization("apps", "./apps", "OCIRepository"),
    "deploy/apps/api.yaml": release("api"),
  };

  it("are asked for where an artifact is declared nowhere", async () => {
    expect(declared((await planOf(files)).plan.targets, "apps")?.missing).toMatchObject([
      { reason: expect.stringContaining("`addresses` in .sluice.yaml says which artifact is made of this repository") },
    ]);
  });

  it("are this repository, from the folder that the artifact is made of", async () => {
    const config = "addresses: [{ url: oci://ghcr.io/acme/gitops, path: deploy }]\n";
    const { plan, problems } = await planOf(files, config);
    expect(declared(plan.targets, "apps")).toMatchObject({ path: "deploy/apps", options: { root: "deploy" } });
    expect(declared(plan.targets, "api")).toBeDefined();
    expect(problems.map(({ message }) => message)).toContain(
      "Nothing here declares the OCIRepository `flux-system/flux-system`",
    );
  });

  it("are told apart by their addresses, and a digest is no branch", async () => {
    const config = "addresses: [{ url: oci://ghcr.io/acme/gitops }, { url: oci://ghcr.io/acme/other, path: other }]\n";
    const source = (url: string, ref: string) =>
      `apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: { name: flux-system, namespace: flux-system }\nspec: { url: "${url}", ref: ${ref} }\n`;
    const declaredAs = (text: string) =>
      planOf({ ...files, "cluster/apps.yaml": `${text}---\n${files["cluster/apps.yaml"]}` }, config);
    const other = await declaredAs(source("oci://ghcr.io/acme/other", "{ tag: latest }"));
    expect(declared(other.plan.targets, "apps")).toMatchObject({ path: "other/apps" });
    const digest = `{ digest: "sha256:${"a".repeat(64)}" }`;
    const fixed = await declaredAs(source("oci://ghcr.io/acme/other", digest));
    expect(declared(fixed.plan.targets, "apps")?.missing).toHaveLength(1);
  });

  it("are mirrors in a cluster too", async () => {
    const application = (path: string) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec:
  source: { repoURL: "http://gitea-http.gitea:3000/ops/gitops", path: ${path} }
  destination: { server: https://kubernetes.default.svc }
`;
    const mirrored = { "apps/web.yaml": application("web"), "web/a.yaml": release("a") };
    expect(declared((await planOf(mirrored, "")).plan.targets, "web")?.missing).toMatchObject([
      { reason: expect.stringContaining("a mirror of this repository is named with `addresses` in .sluice.yaml") },
    ]);
    const config = 'addresses: [{ url: "http://gitea-http.gitea:3000/ops/gitops.git" }]\n';
    const { plan } = await planOf(mirrored, config);
    expect(declared(plan.targets, "web")).toMatchObject({ path: "web", options: { roots: [""] } });
  });
});

describe("what .sluice.yaml says in place of an Argo CD", () => {
  const set = (name: string, generator: string) => `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: ${name}, namespace: argocd }
spec:
  generators: [${generator}]
  template: { metadata: { name: x }, spec: {} }
`;
  const all = "{ clusters: { selector: { matchLabels: { tier: prod } } } }";
  const clusters = `clusters:
  - name: east-hub
    paths: [hubs/east]
    argocd:
      clusters: [eu]
      settings: { applicationsetcontroller.enable.new.git.file.globbing: "true" }
      generators: [{ applicationSet: previews, kind: pullRequest, rows: [{ number: "7" }] }]
  - { name: west-hub, paths: [hubs/west], argocd: { clusters: [us] } }
  - { name: eu, server: https://eu, labels: { tier: prod }, annotations: { team: a } }
  - { name: us, server: https://us, labels: { tier: prod } }
`;

  it("are the clusters that each knows, and its settings, by the folder that is applied there", async () => {
    const files = { "hubs/east/a.yaml": set("east", all), "hubs/west/b.yaml": set("west", all) };
    const { targets } = (await planOf(files, clusters)).plan;
    const eu = { name: "eu", server: "https://eu", labels: { tier: "prod" }, annotations: { team: "a" } };
    expect(declared(targets, "east")?.options).toMatchObject({
      clusters: [eu],
      settings: { "applicationsetcontroller.enable.new.git.file.globbing": "true" },
    });
    expect(declared(targets, "west")?.options).toMatchObject({ clusters: [{ name: "us" }] });
    expect(declared(targets, "west")?.options).not.toHaveProperty("settings");
  });

  it("are the rows of a generator that asks what no file tells, for the set of that name", async () => {
    const files = {
      "hubs/east/a.yaml": set("previews", "{ pullRequest: { github: {} } }"),
      "hubs/east/b.yaml": set("others", "{ pullRequest: { github: {} } }"),
    };
    const { targets } = (await planOf(files, clusters)).plan;
    const previews = declared(targets, "previews");
    expect(previews?.options).toMatchObject({ rows: { pullRequest: [{ number: "7" }] } });
    expect(previews?.missing).toBeUndefined();
    expect(declared(targets, "others")?.missing).toMatchObject([
      { reason: expect.stringContaining("write what it gives with `clusters[].argocd.generators` in .sluice.yaml") },
    ]);
  });
});
