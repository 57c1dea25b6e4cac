import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterLeases } from "../../src/kube/index.ts";
import type { OpenCluster } from "../../src/model/kube.ts";
import { runReconcile } from "../../src/reconcile/run/index.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { patient, realEngine } from "../render/support/engines.ts";
import { type MemoryWorld, memoryWorld, where } from "../support/memory-world.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";

const test = useCluster();
const health = createRenderer({ binary: realEngine(), limits: patient, workers: 1 });

let cluster: OpenCluster;
let world: MemoryWorld;

beforeAll(async () => {
  cluster = await openTestCluster(test);
  world = deployedWorld();
});
afterAll(async () => {
  await cluster.close();
  await health.close();
});

const config = () => `version: 1
environments:
  - name: prod
    path: apps/{app}/prod
    deploy: { engine: apply, cluster: tests, namespace: ${test.namespace}, stability: 1s }
`;

/** The shop's only app, whose Pods become what its image's tag says. */
const app = (version: string) => ({
  "apps/web/prod/app.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  progressDeadlineSeconds: 5
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "ghcr.io/acme/web:${version}" }] }
`,
  "apps/web/prod/settings.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { version: "${version}" }
`,
});

/** A repository in memory, deployed to the real API server. */
function deployedWorld(): MemoryWorld {
  const settings = {
    name: "tests",
    namespace: "default",
    grants: [{ repositories: ["acme/*"], environments: ["prod"], namespaces: [test.namespace] }],
  };
  const leases = clusterLeases({ cluster, namespace: "default", clock: Date.now, elapsed: () => performance.now() });
  return memoryWorld({
    files: { ".sluice.yaml": config(), ...app("1.0.0") },
    pushed: [{ type: "reconcile", ...where, defaultBranch: "main" }],
    deploys: { clusters: { open: async () => ({ settings, cluster, leases }) }, health },
    async run(job, ports, context) {
      if (job.type === "reconcile") await runReconcile(job, ports, context);
    },
  });
}

/** Statuses of the newest GitHub Deployment to prod, once one of them is this. */
async function deployed(state: "success" | "failure"): Promise<readonly string[]> {
  for (;;) {
    const [newest] = world.github.deploymentsTo.get("prod") ?? [];
    const statuses = world.github.statusesOf.get(newest?.id ?? 0) ?? [];
    if (statuses.at(-1)?.state === state) return statuses.map(({ description }) => description);
    await sleep(100);
    // The repository's clock goes on with the cluster's.
    await world.pass(1 / 60);
  }
}

describe("a merge to an environment that is applied", () => {
  it("is live and healthy in the cluster, and GitHub shows it", async () => {
    await world.merge(app("1.1.0"));
    expect((await deployed("success")).at(-1)).toMatch(/^web 1\.1\.0 is live and healthy in prod, 2 of 2 pods/);
    const { object } = (await cluster.get(
      { apiVersion: "v1", kind: "ConfigMap", name: "settings", namespace: test.namespace },
      AbortSignal.timeout(600_000),
    )) ?? { object: undefined };
    expect(object?.data).toEqual({ version: "1.1.0" });
  });

  it("fails with what its Pods say, on the pull request that brought it, and the way back", async () => {
    if (!test.own) return;
    const pull = await world.merge(app("fail-pull"));
    await deployed("failure");
    const comments = [...world.comments(pull).values()].join("\n");
    expect(comments).toContain("prod: deploy of web fail-pull failed");
    expect(comments).toContain("**Still serving:** 1.1.0 on 2 of ");
    expect(comments).toContain("/rollback prod web");
  });

  it("is live again after the revert", async () => {
    await world.merge(app("1.1.0"));
    expect((await deployed("success")).at(-1)).toMatch(/^web 1\.1\.0 is live and healthy in prod/);
  });
});
