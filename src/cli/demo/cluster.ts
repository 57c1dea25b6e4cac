import type { Access, Api } from "../../../sandbox/cluster/index.ts";
import type { ClusterEntry } from "../../model/deploy.ts";
import { Fault } from "../../model/errors.ts";
import { usage } from "../parse.ts";
import { REPOSITORY } from "./repository.ts";
import type { Edits } from "./sample.ts";

/** The version of webapp that never starts: the nodes of the demo's cluster cannot pull it. */
export const BROKEN = "1.8.0";

/** A Kubernetes cluster on this machine: a real API server and its controllers; kwok plays the nodes. */
export interface DemoCluster {
  /** As the operator's settings have it. */
  readonly settings: ClusterEntry;
  /** With all rights. */
  readonly api: Api;
  readonly kubeconfig: string;
  close(): Promise<void>;
}

const SCALED = { group: "apps/v1", plural: "statefulsets", name: "orders" } as const;

/** Starts it, with the namespaces that the sample is deployed to. */
export async function startCluster(): Promise<DemoCluster> {
  const { connect, programs, startControlPlane } = await import("../../../sandbox/cluster/index.ts");
  const { access, stop } = await startControlPlane(found(programs), undefined, [
    { pattern: `acme/webapp:${BROKEN}$`, how: "pull" },
  ]);
  const api = connect(access);
  for (const name of ["sluice", "shop-staging", "shop-prod"]) await createNamespace(api, name);
  const close = async () => {
    await api.close();
    await stop();
  };
  return { settings: settingsOf(access), api, kubeconfig: access.kubeconfig, close };
}

/** What `npm run demo -- --cluster` built. */
function found<T>(programs: () => T): T {
  try {
    return programs();
  } catch {
    throw usage(
      "--cluster needs the programs of a control plane",
      "Run it with `npm run demo -- --cluster`, which builds them once.",
    );
  }
}

async function createNamespace(api: Api, name: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  const { status } = await api.send("POST", "/api/v1/namespaces", { body });
  if (status !== 201) throw new Fault("bug", `the namespace ${name} was not made: ${status}`);
}

function settingsOf({ kubeconfig }: Access): ClusterEntry {
  const { owner, name } = REPOSITORY;
  const grant = {
    repositories: [`${owner}/${name}`],
    environments: ["staging", "prod"],
    namespaces: ["shop-staging", "shop-prod"],
  };
  return {
    name: "demo",
    namespace: "sluice",
    grants: [grant],
    access: { kind: "kubeconfig", path: kubeconfig, exec: false },
  };
}

/** How the sample is when it is applied to the cluster: checked more often than anybody would outside of a demo. */
export const CLUSTER_EDITS: Edits = {
  ".sluice.yaml": (text) =>
    text
      .replace(/^ *# After a merge, .*\n/m, "")
      .replace("deploy: { engine: hydrate, branch: env/staging }", `${applied(true)}\n    rollback: { propose: true }`)
      .replace("deploy: { engine: hydrate, branch: env/prod }", applied(false)),
  "apps/webapp/base/deployment.yaml": (text) => text.replace("spec:\n", "spec:\n  progressDeadlineSeconds: 10\n"),
};

function applied(selfHeal: boolean): string {
  return `deploy: { engine: apply, cluster: demo, stability: 2s, driftInterval: 10s, selfHeal: ${selfHeal} }`;
}

/** How many Pods orders is to have in an environment. */
export async function replicasOf({ api }: DemoCluster, environment: string): Promise<number | undefined> {
  const { body } = await api.send("GET", pathIn(environment));
  return replicasIn(body);
}

/** What `kubectl scale` does, by whoever has the rights to do it. */
export async function scaleByHand({ api }: DemoCluster, environment: string, replicas: number): Promise<void> {
  const contentType = "application/merge-patch+json";
  const path = `${pathIn(environment)}?fieldManager=kubectl`;
  const { status } = await api.send("PATCH", path, { body: { spec: { replicas } }, contentType });
  if (status !== 200) throw new Fault("bug", `orders in ${environment} was not scaled: ${status}`);
}

function pathIn(environment: string): string {
  return `/apis/${SCALED.group}/namespaces/shop-${environment}/${SCALED.plural}/${SCALED.name}`;
}

function replicasIn(body: unknown): number | undefined {
  const spec = typeof body === "object" && body !== null && "spec" in body ? body.spec : undefined;
  const replicas = typeof spec === "object" && spec !== null && "replicas" in spec ? spec.replicas : undefined;
  return typeof replicas === "number" ? replicas : undefined;
}
