import { describe, expect, it } from "vitest";
import { discoverTargets } from "../../src/discovery/index.ts";
import type { Scan } from "../../src/discovery/scan.ts";
import { openRepository } from "../../src/git/repository.ts";
import { UserError } from "../../src/model/errors.ts";
import { chart, kustomization, manifest, overlays } from "../config/samples.ts";
import { launcher } from "../support/launcher.ts";
import { type MemoryEntry, memoryTree } from "../support/memory-tree.ts";
import { targetsIn } from "../support/plan-reads.ts";
import { tempGit } from "../support/temp-git.ts";

async function found(files: Readonly<Record<string, MemoryEntry>>): Promise<readonly string[]> {
  const plan = await discoverTargets(memoryTree(files));
  return plan.targets.map(({ id, render }) => `${id} ${render.kind} ${render.path}`);
}

describe("discovery of the usual layouts", () => {
  it.each([
    [
      "apps/<app>/overlays/<env>",
      overlays(["web"], ["prod", "dev"]),
      ["web/dev kustomize apps/web/overlays/dev", "web/prod kustomize apps/web/overlays/prod"],
    ],
    [
      "overlays/<env>/<app>",
      { "overlays/prod/web/kustomization.yaml": kustomization() },
      ["web/prod kustomize overlays/prod/web"],
    ],
    [
      "overlays/<env>",
      { "base/kustomization.yaml": kustomization(), "overlays/qa/kustomization.yaml": kustomization("../../base") },
      ["app/qa kustomize overlays/qa"],
    ],
    [
      "overlays/<env>/<region>",
      { "apps/web/overlays/prod/eu/kustomization.yaml": kustomization() },
      ["web/prod-eu kustomize apps/web/overlays/prod/eu"],
    ],
    [
      "environments/<env>/<app>",
      { "environments/blue/web/kustomization.yaml": kustomization() },
      ["web/blue kustomize environments/blue/web"],
    ],
    ["envs/<env>", { "web/envs/test/kustomization.yaml": kustomization() }, ["web/test kustomize web/envs/test"]],
    [
      "clusters/<env>/…",
      { "clusters/eu1/infra/ingress/a.yaml": manifest },
      ["ingress/eu1 plain clusters/eu1/infra/ingress"],
    ],
    ["clusters/<env>", { "clusters/prod/a.yaml": manifest }, ["cluster/prod plain clusters/prod"]],
    [
      "<app>/<env>",
      { "web/staging/kustomization.yaml": kustomization(), "web/production/a.yaml": manifest },
      ["web/staging kustomize web/staging", "web/production plain web/production"],
    ],
    ["<env>/<app>", { "prod-eu/web/a.yaml": manifest }, ["web/prod-eu plain prod-eu/web"]],
    [
      "charts with values-<env>.yaml",
      chart("charts/web", ["prod", "staging", "schema"]),
      ["web/staging helm charts/web", "web/prod helm charts/web"],
    ],
    ["charts with values/<env>.yaml", { "web/Chart.yaml": "", "web/values/dev.yaml": "" }, ["web/dev helm web"]],
    [
      "a chart at the root",
      { ...chart("x", []), "Chart.yaml": "", "templates/a.yaml": manifest, "charts/sub/Chart.yaml": "" },
      ["app/default helm ", "x/default helm x"],
    ],
  ] as const)("finds %s", async (_, files, expected) => {
    expect(await found(files)).toEqual(expected);
  });

  it("gives each environment of a chart its values file and each release its app's name", async () => {
    const { targets } = await discoverTargets(memoryTree(chart("charts/web", ["prod"])));
    expect(targets[0]?.render.options).toEqual({ releaseName: "web", valueFiles: ["charts/web/values-prod.yaml"] });
  });

  it("orders environments as they are promoted", async () => {
    const names = ["production", "uat", "default-x", "stage", "test", "development", "pre-prod", "prod-eu", "local"];
    const { environments } = await discoverTargets(memoryTree(overlays(["web"], names)));
    expect(environments).toEqual([
      "local",
      "development",
      "test",
      "uat",
      "stage",
      "pre-prod",
      "prod-eu",
      "production",
      "default-x",
    ]);
  });

  it("does not take an app for an environment because its name begins like one", async () => {
    expect(await found({ "test-runner/a.yaml": manifest, "dev-tools/a.yaml": manifest })).toEqual([
      "dev-tools/default plain dev-tools",
      "test-runner/default plain test-runner",
    ]);
  });
});

describe("discovery of everything else", () => {
  it("takes kustomizations that nobody references, not bases and not components", async () => {
    const files = {
      "infra/dns/kustomization.yaml": kustomization("./../shared", '"../quoted"'),
      "infra/shared/kustomization.yml": kustomization(),
      "infra/quoted/Kustomization": kustomization(),
      "infra/part/kustomization.yaml": "kind: Component\n",
      "infra/commented/kustomization.yaml": kustomization(),
      "infra/other/kustomization.yaml": "# resources: [../commented]\nresources: [https://example.com/infra/dns]\n",
    };
    expect(await found(files)).toEqual([
      "commented/default kustomize infra/commented",
      "dns/default kustomize infra/dns",
      "other/default kustomize infra/other",
    ]);
  });

  it("leaves out a kustomization that only lists other targets, and says so", async () => {
    const files = {
      ...overlays(["a", "b"], ["prod"]),
      "clusters/prod/kustomization.yaml": kustomization("../../apps/a/overlays/prod", "../../apps/b/overlays/prod"),
    };
    const plan = await discoverTargets(memoryTree(files));
    expect(plan.targets.map(({ id }) => id)).toEqual(["a/prod", "b/prod"]);
    expect(plan.notes).toEqual(["`clusters/prod` only collects 2 other targets, so it is no target itself."]);
  });

  it("keeps such a kustomization when it changes what it lists", async () => {
    const files = {
      ...overlays(["a"], ["prod"]),
      "clusters/prod/kustomization.yaml": `${kustomization("../../apps/a/overlays/prod")}namespace: x\n`,
    };
    expect(await found(files)).toContain("cluster/prod kustomize clusters/prod");
  });

  it("takes charts, not subcharts, library charts, dependencies and charts that a kustomization renders", async () => {
    const files = {
      ...chart("charts/web", []),
      "charts/web/charts/sub/Chart.yaml": "name: sub\n",
      "charts/lib/Chart.yaml": "name: lib\ntype: library\n",
      "charts/dep/Chart.yaml": "name: dep\n",
      "charts/top/Chart.yaml": "dependencies:\n  - { name: dep, repository: 'file://../dep' }\n",
      "apps/x/kustomization.yaml": "helmGlobals: { chartHome: ../../vendored }\nhelmCharts:\n  - name: redis\n",
      "vendored/redis/Chart.yaml": "name: redis\n",
    };
    expect(await found(files)).toEqual([
      "top/default helm charts/top",
      "web/default helm charts/web",
      "x/default kustomize apps/x",
    ]);
  });

  it("takes the topmost folders of manifests with what is below", async () => {
    const files = {
      "web/deployment.yaml": manifest,
      "web/jobs/a.json": '{\n  "apiVersion": "batch/v1",\n  "kind": "Job"\n}',
      "web/config/settings.yaml": "a: 1\n",
      "web/values.yaml": "a: 1\n",
      "docker/compose.yaml": "services: {}\n",
      "skaffold/skaffold.yaml": "apiVersion: skaffold/v4\nkind: Config\n",
    };
    const { targets } = await discoverTargets(memoryTree(files));
    expect(targets.map(({ render }) => render)).toEqual([
      { kind: "plain", path: "web", options: { recurse: true, exclude: ["values.yaml", "config/*"] } },
    ]);
  });

  it("does not read below a folder where something else renders or another environment is", async () => {
    const files = {
      "web/a.yaml": manifest,
      "web/prod/a.yaml": manifest,
      "api/a.yaml": manifest,
      "api/sub/kustomization.yaml": kustomization(),
      "ns.yaml": manifest,
    };
    const { targets } = await discoverTargets(memoryTree(files));
    expect(targets.map(({ id, render }) => [id, render.options])).toEqual([
      ["web/prod", { recurse: false }],
      ["api/default", { recurse: false }],
      ["app/default", { recurse: false }],
      ["sub/default", {}],
      ["web/default", { recurse: false }],
    ]);
  });

  it("does not take files of kustomizations and charts for manifests", async () => {
    const files = {
      ...overlays(["web"], ["prod"]),
      ...chart("charts/api", []),
      "shared/patch.yaml": manifest,
      "apps/web/overlays/prod/kustomization.yaml": kustomization("../../base", "../../../../shared/patch.yaml"),
    };
    expect((await found(files)).filter((line) => line.includes("plain"))).toEqual([]);
  });
});

describe("discovery names apps", () => {
  it("by the folder that tells most, with more of the path where two are alike", async () => {
    const files = {
      "team-a/web/prod/a.yaml": manifest,
      "team-b/web/prod/a.yaml": manifest,
      "team-b/api/k8s/prod/a.yaml": manifest,
    };
    expect(await found(files)).toEqual([
      "api/prod plain team-b/api/k8s/prod",
      "team-a-web/prod plain team-a/web/prod",
      "team-b-web/prod plain team-b/web/prod",
    ]);
  });

  it("the same in every environment", async () => {
    const files = {
      "apps/web/overlays/prod/a.yaml": manifest,
      "apps/web/overlays/dev/a.yaml": manifest,
      "infra/web/overlays/prod/a.yaml": manifest,
    };
    expect(await found(files)).toEqual([
      "web/dev plain apps/web/overlays/dev",
      "infra-web/prod plain infra/web/overlays/prod",
      "web/prod plain apps/web/overlays/prod",
    ]);
  });

  it("with unique ids even for two folders of one app in one environment", async () => {
    const files = { "web/overlays/prod/a.yaml": manifest, "web/prod/a.yaml": manifest, "my app/prod/a.yaml": manifest };
    expect(await found(files)).toEqual([
      "my-app/prod plain my app/prod",
      "web/prod plain web/overlays/prod",
      "web-prod/prod plain web/prod",
    ]);
  });
});

describe("discovery of odd repositories", () => {
  it.each([
    ["an empty one", {}],
    ["one without manifests", { "README.md": "hello", "src/index.js": "" }],
    [
      "one whose manifests lie in hidden folders",
      { ".github/workflows/a.yaml": manifest, "node_modules/a/b.yaml": manifest },
    ],
    [
      "one of links and submodules",
      { "apps/a": { link: "../b" }, "b/kustomization.yaml": { link: "x" }, vendor: { module: "1".repeat(40) } },
    ],
    [
      "one with names that are no text",
      { "apps/bad\ufffd/kustomization.yaml": kustomization(), "apps/new\nline/a.yaml": manifest },
    ],
    ["one with bytes that are no text", { "a/b.yaml": new Uint8Array([0xff, 0xfe, 0x00, 0x80]) }],
  ])("finds nothing in %s and says so", async (_, files) => {
    const { plan, problems } = await targetsIn(undefined, memoryTree(files));
    expect(plan).toMatchObject({ targets: [], environments: [], source: "discovered" });
    expect(plan.notes).toEqual(["Nothing in the repository renders: no kustomization, no chart, no manifest."]);
    expect(problems).toEqual([]);
  });

  it("reads kustomizations that are not UTF-8 or refer outside", async () => {
    const bytes = Buffer.concat([Buffer.from(kustomization("../../../../etc", "/etc", ".")), Buffer.from([0xff])]);
    expect(await found({ "apps/web/kustomization.yaml": bytes })).toEqual(["web/default kustomize apps/web"]);
  });

  it("is a problem with a fix when the tree is too large", async () => {
    const tree = memoryTree({});
    const deep = { ...tree, list: async () => [{ kind: "dir", oid: "1".repeat(40), name: "a" } as const] };
    const { plan, problems } = await targetsIn(undefined, deep);
    expect(plan.targets).toEqual([]);
    expect(problems).toMatchObject([
      { severity: "error", message: expect.stringContaining("nested more than 64 deep") },
    ]);
  });

  it("passes on what keeps the tree from being read", async () => {
    const failing = {
      ...memoryTree({}),
      list: async () => Promise.reject(new UserError("input", "the tree is broken")),
    };
    await expect(targetsIn(undefined, failing)).rejects.toThrow("the tree is broken");
  });
});

describe("discovery in a real repository", () => {
  it("finds the same in git as in memory, and reads nothing twice with a memo", async () => {
    const apps = Array.from({ length: 40 }, (_, index) => `app-${index}`);
    const files = {
      ...overlays(apps, ["dev", "staging", "prod"]),
      ...chart("charts/worker", ["staging", "prod"]),
      "plain/a.yaml": manifest,
    };
    const temp = tempGit();
    const repository = openRepository(temp.dir, { start: launcher.start });
    try {
      const tree = await repository.tree(temp.commit(files));
      const memo = new Map<string, Scan>();
      const plan = await discoverTargets(tree, memo);
      expect(plan).toEqual(await discoverTargets(memoryTree(files)));
      expect(plan.targets).toHaveLength(123);
      let reads = 0;
      const counting = {
        oid: tree.oid,
        at: tree.at.bind(tree),
        list: tree.list.bind(tree),
        leaves: tree.leaves.bind(tree),
        files: tree.files.bind(tree),
        read: (path: string) => {
          reads++;
          return tree.read(path);
        },
      };
      expect(await discoverTargets(counting, memo)).toEqual(plan);
      expect(reads).toBe(0);
    } finally {
      await repository.close();
      temp.remove();
    }
  });

  it("reads files of nothing but empty lines as quickly as others", async () => {
    const empty = "\n".repeat(2_000_000);
    const tree = memoryTree({ "a/empty.yaml": empty, "a/config.yaml": `${empty}${manifest}`, "b/empty.yaml": empty });
    expect((await discoverTargets(tree)).targets.map(({ render }) => render.path)).toEqual(["a"]);
  });
});
