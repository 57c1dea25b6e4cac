import { afterAll, beforeAll, expect, it } from "vitest";
import { clusterLeases } from "../../src/kube/index.ts";
import type { OperationReport, ReconcileJob } from "../../src/model/deploy.ts";
import type { OpenCluster } from "../../src/model/kube.ts";
import { runDrift, runReconcile } from "../../src/reconcile/run/index.ts";
import { noting } from "../reconcile/run/support.ts";
import { memoryWorld, where } from "../support/memory-world.ts";
import { eventually } from "../support/wait.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";

const test = useCluster();
/** For what never comes; what comes takes seconds. */
const waitMs = 600_000;

let cluster: OpenCluster;
beforeAll(async () => {
  cluster = await openTestCluster(test);
});
afterAll(() => cluster.close());

/** Kinds of which the API server fills in much. */
const manifests = `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: nginx:1
          ports: [{ containerPort: 80 }]
          resources: { requests: { cpu: 0.5, memory: 1024Mi } }
          env: [{ name: MODE, value: fast }, { name: EMPTY, value: "" }]
          livenessProbe: { httpGet: { path: /, port: 80 } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules:
    - http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: web }
spec:
  schedule: "0 4 * * *"
  jobTemplate:
    spec: { template: { spec: { restartPolicy: Never, containers: [{ name: web, image: nginx:1 }] } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data: { level: info, mode: fast }
---
apiVersion: v1
kind: Secret
metadata: { name: web }
stringData: { password: in-git }
`;

/** Sluice on a repository in memory, whose only environment is in the real cluster. */
function world() {
  const environment = test.namespace;
  const rounds: (readonly OperationReport[])[] = [];
  const grant = { repositories: ["*/*"], environments: ["*"], namespaces: [test.namespace] };
  const settings = { name: "tests", namespace: "default", grants: [grant] };
  const leases = clusterLeases({ cluster, namespace: "default", clock: Date.now, elapsed: () => performance.now() });
  const config = `version: 1
environments:
  - name: ${environment}
    path: apps/{app}
    deploy: { engine: apply, cluster: tests, namespace: ${test.namespace}, stability: 0s, selfHeal: true }
`;
  const job: ReconcileJob = { type: "reconcile", ...where, defaultBranch: "main" };
  const made = memoryWorld({
    files: { ".sluice.yaml": config, "apps/web/app.yaml": manifests },
    pushed: [job],
    deploys: {
      clusters: { open: async () => ({ settings, cluster, leases }) },
      // Nothing here is about health.
      health: { health: async (objects) => objects.map(() => ({ status: "healthy", message: "", rule: "core" })) },
    },
    async run(one, ports, context) {
      if (one.type === "reconcile") await runReconcile(one, ports, context, noting(rounds));
      if (one.type === "drift") await runDrift(one, ports, context);
    },
  });
  return {
    ...made,
    issue: () => made.github.issues.get(`drift-${environment}`)?.[0],
    said: () => [...made.github.comments].flatMap(([key, text]) => (key.startsWith("1001/") ? [text] : [])),
    /** Takes steps until it is so. */
    until: (what: string, holds: () => boolean) =>
      eventually(
        what,
        async () => {
          await made.pass(0.1);
          return holds();
        },
        waitMs,
      ),
    isLive: () => rounds.at(-1)?.every(({ status }) => status.state === "live") === true,
  };
}

async function patch(path: string, manager: string, body: unknown): Promise<void> {
  const url = `${path}?fieldManager=${manager}`;
  const answer = await test.api.send("PATCH", url, { body, contentType: "application/merge-patch+json" });
  expect(answer.status).toBe(200);
}

it("of what is live only what somebody changed is drift: it is told, and undone", async () => {
  const sluice = world();
  const at = (group: string, plural: string) => `${group}/namespaces/${test.namespace}/${plural}/web`;
  await sluice.settle();
  await sluice.until("it is live", sluice.isLive);

  // What defaults, controllers, autoscalers and webhooks set is none.
  const workload = at("/apis/apps/v1", "deployments");
  await patch(`${workload}/scale`, "kube-controller-manager", { spec: { replicas: 3 } });
  await patch(workload, "webhook", { metadata: { annotations: { "hook.example.com/seen": "yes" } } });
  await patch(at("/api/v1", "configmaps"), "other", { data: { theirs: "x" } });
  const calls = sluice.github.calls.length;
  await sluice.pass(11);
  const [compared] = await sluice.ports.records.find("drift", { limit: 1 });
  expect(compared?.at).toBe(sluice.now());
  expect(sluice.issue()).toBeUndefined();
  expect(sluice.github.calls.slice(calls)).toEqual([]);

  await patch(at("/api/v1", "configmaps"), "kubectl-edit", { data: { level: "debug" } });
  await patch(at("/api/v1", "secrets"), "kubectl-edit", { stringData: { password: "by-hand" } });
  expect((await test.api.send("DELETE", at("/apis/batch/v1", "cronjobs"))).status).toBe(200);
  await sluice.until("it is undone", () => sluice.issue()?.state === "closed");
  const body = sluice.issue()?.body ?? "";
  expect(body).toContain("| ConfigMap `web` | level `info` → `debug`, by `kubectl-edit` |");
  expect(body).toContain("| CronJob `web` | missing in the cluster |");
  expect(body).toContain("| Secret `web` | +1 −1 lines, by `kubectl-edit` |");
  expect(body).not.toMatch(/in-git|by-hand|aW4tZ2l0|YnktaGFuZA|replicas|theirs|hook\.example/);
  expect(sluice.said()[0]).toContain(
    "**Undone: ConfigMap `web` has level info again.** Somebody had set debug with `kubectl-edit`",
  );
  const answer = await test.api.send("GET", at("/api/v1", "configmaps"));
  expect(answer.body).toMatchObject({ data: { level: "info", mode: "fast", theirs: "x" } });
  expect((await test.api.send("GET", at("/apis/batch/v1", "cronjobs"))).status).toBe(200);
  expect((await test.api.send("GET", workload)).body).toMatchObject({ spec: { replicas: 3 } });
});
