import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { argoCdFollower } from "../../../src/discovery/argocd/follower.ts";
import type { Followed, KnownObject, World } from "../../../src/discovery/follower.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import type { SourceAnswer, SourceRequest } from "../../../src/model/sources.ts";

const url = "https://git.example.com/acme/deploy";
const oid = "0123456789abcdef0123456789abcdef01234567";

function known(text: string): KnownObject {
  const object = parseDocument(text).toJS() as JsonObject;
  const metadata = object.metadata as { name?: string; namespace?: string };
  const [group = ""] = String(object.apiVersion).includes("/") ? String(object.apiVersion).split("/") : [""];
  const { name = "", namespace = "" } = metadata;
  return { group, kind: String(object.kind), namespace, name, object, file: "apps/web.yaml", line: 1 };
}

interface Given {
  readonly objects?: readonly string[];
  readonly answer?: (request: SourceRequest) => SourceAnswer | undefined;
  readonly world?: Partial<World>;
}

function worldOf({ objects = [], answer = () => undefined, world = {} }: Given = {}): World {
  const all = objects.map(known);
  return {
    own: { urls: [url], branches: ["main", "HEAD"] },
    variables: {},
    clusters: [],
    object: () => undefined,
    objects: (group, kind) => all.filter((one) => one.group === group && one.kind === kind),
    source: answer,
    ...world,
  };
}

function follow(text: string, given?: Given): Followed {
  return argoCdFollower.follow(known(text), worldOf(given));
}

const fetched = (request: SourceRequest): SourceAnswer => {
  const version = request.kind === "helm" ? { version: "1.2.3" } : {};
  return { ok: true, source: { tree: oid, revision: oid, moving: false, ...version } };
};

const head = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\n";
const destination = "  destination: {server: 'https://kubernetes.default.svc', namespace: web}\n";
const plain = `${head}spec:\n  project: team\n${destination}  source: {repoURL: '${url}', path: ./apps/web/}\n`;

describe("an Application of this repository at this branch", () => {
  it("renders its folder, and says where it goes and what Argo CD does with it", () => {
    expect(follow(plain)).toEqual({
      unit: {
        kind: "Application",
        render: {
          kind: "argocd",
          path: "apps/web",
          options: {
            appName: "web",
            spec: {
              project: "team",
              destination: { namespace: "web" },
              source: { repoURL: url, path: "./apps/web/" },
            },
            roots: [""],
          },
        },
        destination: { cluster: "in-cluster", server: "https://kubernetes.default.svc", namespace: "web" },
        handling: { automated: false },
        project: "team",
      },
      problems: [],
    });
  });

  it("is rendered with the settings of Argo CD that are in the repository, and those of the cluster", () => {
    const settings = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argocd}\ndata: {kustomize.buildOptions: --enable-helm, application.namespaces: "team-*"}\n`;
    const facts = { version: "1.33.1" };
    const found = follow(plain, { objects: [settings], world: { facts } });
    expect(found.unit?.render.options).toMatchObject({
      appName: "web",
      settings: { "kustomize.buildOptions": "--enable-helm" },
      cluster: facts,
    });
    const other = follow(plain.replace("namespace: argocd", "namespace: team-a"), { objects: [settings] });
    expect(other.unit?.render.options).toMatchObject({ appName: "team-a_web" });
  });

  it("is rendered with what is known of the cluster that it goes to", () => {
    const otherFacts = new Map([["eu", { version: "1.30.0" }]]);
    const world = { facts: { version: "1.33.1" }, otherFacts, clusters: [{ name: "eu", server: "https://eu" }] };
    const at = (server: string) => follow(plain.replace("https://kubernetes.default.svc", server), { world });
    expect(at("https://kubernetes.default.svc").unit?.render.options).toMatchObject({ cluster: { version: "1.33.1" } });
    expect(at("https://eu").unit?.render.options).toMatchObject({ cluster: { version: "1.30.0" } });
    expect(at("https://us").unit?.render.options).not.toHaveProperty("cluster");
  });

  it("is rendered with settings of .sluice.yaml and of Argo CD's operator, of which the repository's win", () => {
    const argocd = { settings: { "kustomize.buildOptions": "--enable-helm", "helm.enable": "false" }, generators: [] };
    const operator = `apiVersion: argoproj.io/v1beta1\nkind: ArgoCD\nmetadata: {name: hub, namespace: argocd}\nspec:\n  kustomizeBuildOptions: --load-restrictor LoadRestrictionsNone\n  extraConfig: {kustomize.enable: "true", url: ignored}\n`;
    expect(follow(plain, { world: { argocd } }).unit?.render.options).toMatchObject({ settings: argocd.settings });
    expect(follow(plain, { objects: [operator], world: { argocd } }).unit?.render.options).toMatchObject({
      settings: {
        "kustomize.buildOptions": "--load-restrictor LoadRestrictionsNone",
        "kustomize.enable": "true",
        "helm.enable": "false",
      },
    });
  });

  it("is of the Argo CD in its namespace, not of one that reads another namespace", () => {
    const settings = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: other}\ndata: {kustomize.buildOptions: --enable-helm}\n`;
    const there = plain.replace("name: web, namespace: argocd", "name: there, namespace: other");
    expect(follow(plain, { objects: [settings] }).unit?.render.options).toHaveProperty("settings");
    expect(follow(plain, { objects: [settings, there] }).unit?.render.options).not.toHaveProperty("settings");
  });

  it("is in an artifact that is pushed from this repository", () => {
    const own = { urls: [url], branches: ["main"], artifacts: [{ url: "oci://ghcr.io/acme/deploy", path: "deploy" }] };
    const pushed = plain.replace(`repoURL: '${url}'`, "repoURL: 'oci://ghcr.io/acme/deploy', targetRevision: latest");
    expect(follow(pushed, { world: { own } }).unit?.render).toMatchObject({
      path: "deploy/apps/web",
      options: { roots: ["deploy"] },
    });
  });

  it("knows nothing of a cluster where it is hydrated to a branch", () => {
    const text = `${head}spec:\n${destination}  sourceHydrator:\n    drySource: {repoURL: '${url}', targetRevision: HEAD, path: dry}\n    syncSource: {targetBranch: env/prod, path: web}\n`;
    const dry = follow(text, { world: { facts: { version: "1.33.1" } } });
    expect(dry.unit?.render).toMatchObject({ path: "dry", options: { roots: [""] } });
    expect(dry.unit?.render.options).not.toHaveProperty("cluster");
    const wet = follow(text, { world: { own: { urls: [url], branches: ["env/prod"] } } });
    expect(wet.unit?.render).toMatchObject({ path: "web", options: { spec: { source: { path: "web" } } } });
  });
});

describe("an Application with sources elsewhere", () => {
  const several = `${head}spec:
${destination}  sources:
    - {repoURL: 'https://charts.example.com', chart: redis, targetRevision: 1.x, helm: {valueFiles: [$values/redis.yaml]}}
    - {repoURL: '${url}', targetRevision: main, ref: values}
    - {repoURL: 'https://git.example.com/acme/other', path: base, targetRevision: v1.0.0}
`;
  const chart = { kind: "helm", repository: "https://charts.example.com", chart: "redis", version: "1.x" };

  it("needs all of them at once before anything is rendered", () => {
    const revision = { kind: "any", text: "v1.0.0" };
    const other = { kind: "git", url: "https://git.example.com/acme/other", revision, submodules: true };
    expect(follow(several)).toEqual({ needs: [chart, other] });
  });

  it("renders them from their mounts", () => {
    const { unit } = follow(several, { answer: fetched });
    const [first, second] = unit?.render.mounts ?? [];
    expect(first?.at).toMatch(/^@sources\/helm\/charts\.example\.com\/redis\/1\.2\.3-/);
    expect(second?.at).toMatch(/^@sources\/git\/git\.example\.com\/acme\/other\//);
    expect(unit?.render).toMatchObject({ path: first?.at, options: { roots: [first?.at, "", second?.at] } });
    expect(unit?.render).not.toHaveProperty("missing");
  });

  it("stays and says what is missing where one cannot be had", () => {
    const failure = { kind: "not-allowed", message: "the host is not allowed" } as const;
    const { unit } = follow(several, {
      answer: (request) => (request.kind === "helm" ? { ok: false, failure } : fetched(request)),
    });
    expect(unit?.render.missing).toEqual([
      {
        reference: "https://charts.example.com/redis@1.x",
        kind: "chart",
        reason: "the host is not allowed",
        failure: "not-allowed",
        file: "apps/web.yaml",
        line: 1,
      },
    ]);
  });

  it("is refused where values come from another commit of the source's own repository", () => {
    const text = `${head}spec:
${destination}  sources:
    - {repoURL: '${url}', path: chart, helm: {valueFiles: [$values/prod.yaml]}}
    - {repoURL: '${url}.git', targetRevision: v1.0.0, ref: values}
`;
    const { unit } = follow(text, { answer: fetched });
    expect(unit?.render.missing).toMatchObject([{ reference: "Application web" }]);
    expect(unit?.render.missing?.[0]?.reason).toContain("`$values` is another commit");
  });
});

describe("an Application that Argo CD will not deploy", () => {
  const project = (spec: string) =>
    `apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: team, namespace: argocd}\nspec: ${spec}\n`;

  it("is told by what its project refuses", () => {
    const objects = [
      project("{sourceRepos: ['https://other.example.com/*'], destinations: [{server: '*', namespace: api}]}"),
    ];
    expect(follow(plain, { objects }).problems?.map(({ message }) => message)).toEqual([
      `Argo CD will not deploy the Application \`web\`: the project \`team\` does not permit the source \`${url}\``,
      "Argo CD will not deploy the Application `web`: the project `team` does not permit the namespace `web` of the cluster `in-cluster`",
    ]);
    const permitted = [project("{sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]}")];
    expect(follow(plain, { objects: permitted }).problems).toEqual([]);
  });

  it("is told by a destination that is none, and rendered all the same", () => {
    const found = follow(plain.replace("{server:", "{name: prod, server:"));
    expect(found.problems?.[0]?.message).toContain("its destination has both a name");
    expect(found.unit?.render).toMatchObject({ path: "apps/web" });
  });

  it("stays in the plan where it cannot be read", () => {
    const found = follow(`${head}spec: {source: {repoURL: 1}}\n`);
    expect(found.unit?.render.missing?.[0]?.reason).toContain("`spec.source.repoURL`");
  });
});

describe("an ApplicationSet", () => {
  const set = (generators: string) =>
    `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all, namespace: argocd}\nspec: {generators: [${generators}], template: {}}\nstatus: {conditions: []}\n`;
  const git = `{git: {repoURL: '${url}.git', revision: main, directories: [{path: apps/*}]}}`;

  it("renders from this repository at this branch, and never with its status", () => {
    const { unit, problems } = follow(set(git));
    expect(unit).toMatchObject({
      kind: "ApplicationSet",
      handling: { automated: true, prune: true },
      render: {
        kind: "applicationset",
        path: "apps",
        options: { repositories: [{ url: `${url}.git`, revision: "main", root: "" }], clusters: [] },
      },
    });
    expect(unit?.render.options).toMatchObject({ set: { metadata: { name: "all", namespace: "argocd" } } });
    expect(JSON.stringify(unit)).not.toContain("conditions");
    expect(problems).toEqual([]);
  });

  it("looks into this repository, too, where a parameter names it", () => {
    const list = `{list: {elements: [{url: '${url}'}]}}`;
    const { unit } = follow(set(`{matrix: {generators: [${list}, {git: {repoURL: '{{url}}', revision: HEAD}}]}}`));
    expect(unit?.render.options).toMatchObject({
      repositories: expect.arrayContaining([{ url, revision: "HEAD", root: "" }]),
    });
  });

  it("needs other repositories, and stays where they cannot be had", () => {
    const other = git.replace("main", "v1");
    expect(follow(set(other)).needs).toHaveLength(1);
    const failure = { kind: "not-found", message: "there is no such tag" } as const;
    const { unit } = follow(set(other), { answer: () => ({ ok: false, failure }) });
    expect(unit?.render.missing).toMatchObject([{ reason: "there is no such tag" }]);
  });

  it("is for the clusters that Secrets declare, else those of .sluice.yaml", () => {
    const server = Buffer.from("https://k.example.com").toString("base64");
    const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: argocd, labels: {argocd.argoproj.io/secret-type: cluster, env: prod}}\ndata: {name: ${btoa("prod")}, server: ${server}}\n`;
    const clusters = [
      { name: "prod", server: "https://other.example.com" },
      { name: "dev", server: "https://dev.example.com" },
    ];
    const { unit } = follow(set("{clusters: {}}"), { objects: [secret], world: { clusters } });
    expect(unit?.render.options).toMatchObject({
      clusters: [
        { name: "prod", server: "https://k.example.com", labels: { env: "prod" } },
        { name: "dev", server: "https://dev.example.com" },
      ],
    });
  });

  it("is never silently empty where no cluster is known", () => {
    const chosen = follow(set("{clusters: {selector: {matchLabels: {env: prod}}}}"));
    expect(chosen.unit?.render.missing?.[0]?.reason).toContain("of which none is known");
    const all = follow(set("{clusters: {}}"));
    expect(all.unit?.render.missing).toBeUndefined();
    expect(all.problems?.[0]?.message).toContain("only Argo CD's own, `in-cluster`, is known");
  });

  it("names each generator that asks the world", () => {
    const { unit } = follow(set(`${git}, {pullRequest: {github: {}}}, {scmProvider: {github: {}}}`));
    expect(unit?.render.missing?.map(({ reason }) => reason)).toEqual([
      "its generator `scmProvider` asks which repositories the Git host has, which no file tells: write what it gives with `clusters[].argocd.generators` in .sluice.yaml",
      "its generator `pullRequest` asks which pull requests are open, which no file tells: write what it gives with `clusters[].argocd.generators` in .sluice.yaml",
    ]);
  });

  it("deletes no Application where its policy says so", () => {
    const { unit } = follow(set(git).replace("spec: {", "spec: {syncPolicy: {applicationsSync: create-update}, "));
    expect(unit?.handling).toEqual({ automated: true, prune: false });
  });
});

describe("the rules of Argo CD", () => {
  it("follow Applications and ApplicationSets of its group alone", () => {
    expect(argoCdFollower.follows("argoproj.io", "Application")).toBe(true);
    expect(argoCdFollower.follows("argoproj.io", "ApplicationSet")).toBe(true);
    expect(argoCdFollower.follows("argoproj.io", "Rollout")).toBe(false);
    expect(argoCdFollower.follows("app.k8s.io", "Application")).toBe(false);
  });
});
