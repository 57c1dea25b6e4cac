import type { ClusterGrant, ClusterSettings, OperationReport, ReconcileJob } from "../../../src/model/deploy.ts";
import type { HealthRule } from "../../../src/model/health.ts";
import type { Leases } from "../../../src/model/lease.ts";
import { textAt } from "../../../src/reconcile/manifests/manifest.ts";
import { reconcileAfterHold, runDrift, runReconcile } from "../../../src/reconcile/run/index.ts";
import { FakeCluster } from "../../support/fake-cluster.ts";
import { memoryWorld, where } from "../../support/memory-world.ts";
import { noting } from "./support.ts";

/** Applies prod to the cluster `prod-1`. */
export const config = `version: 1
environments:
  - name: prod
    path: apps/{app}/prod
    deploy: { engine: apply, cluster: prod-1, namespace: shop, stability: 0s }
`;

/** A ConfigMap of an app in prod. */
export const files = (app: string, value: string, namespace = "", name = app) => ({
  [`apps/${app}/prod/app.yaml`]: [
    "apiVersion: v1",
    "kind: ConfigMap",
    `metadata: { name: ${name}${namespace === "" ? "" : `, namespace: ${namespace}`} }`,
    `data: { value: "${value}" }`,
    "",
  ].join("\n"),
});

/** What the operator gives the repository. */
export const grant: ClusterGrant = { repositories: ["acme/gitops"], environments: ["prod"], namespaces: ["shop"] };

/** A repository that is applied to a cluster in memory. */
export function applyWorld(
  settings: Partial<ClusterSettings> = {},
  begin: Readonly<Record<string, string>> = files("web", "1"),
  leases: Leases = freeLeases,
) {
  let now = () => 0;
  const cluster = new FakeCluster({ now: () => now(), namespaces: ["shop", "sluice", "other"] });
  const rounds: (readonly OperationReport[])[] = [];
  const judgedBy: HealthRule[] = [];
  const unhealthy = new Set<unknown>();
  const job: ReconcileJob = { type: "reconcile", ...where, defaultBranch: "main" };
  const world = memoryWorld({
    files: { ".sluice.yaml": config, ...begin },
    pushed: [job],
    deploys: {
      clusters: {
        open: async (name) =>
          name === "prod-1"
            ? { settings: { name, namespace: "sluice", grants: [grant], ...settings }, cluster, leases }
            : undefined,
      },
      health: {
        async health(objects, rules) {
          judgedBy.push(...rules);
          return objects.map(({ object }) => {
            const status = unhealthy.has(textAt(object, "metadata", "name")) ? "progressing" : "healthy";
            return { status, message: "", rule: "core" };
          });
        },
      },
    },
    async run(one, ports, context) {
      if (one.type === "reconcile") await runReconcile(one, ports, context, noting(rounds));
      if (one.type === "drift") await runDrift(one, ports, context);
    },
    on: (event, ports) => reconcileAfterHold(event, ports),
  });
  now = world.now;
  const last = (app: string) => (rounds.at(-1) ?? []).find(({ operation }) => operation.app === app)?.status;
  const value = (name: string, namespace = "shop") =>
    JSON.stringify(cluster.object({ apiVersion: "v1", kind: "ConfigMap", name, namespace })?.data);
  /** As long as a deploy of these tests takes, step by step. */
  const wait = async () => {
    for (let step = 0; step < 20; step += 1) await world.pass(0.1);
  };
  return { ...world, wait, cluster, rounds, judgedBy, unhealthy, last, value };
}

/** Nobody else is there. */
const freeLeases: Leases = {
  acquire: async () => ({
    kind: "held",
    lease: { term: 1, confirm: async () => true, release: async () => undefined },
  }),
};
