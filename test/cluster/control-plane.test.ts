import { describe, expect, it } from "vitest";
import { z } from "zod";
import { messageOf } from "../../sandbox/cluster/api.ts";
import { eventually } from "../support/wait.ts";
import { type TestCluster, useCluster } from "./support/cluster.ts";
import { configMap, deployment, job, type Manifest } from "./support/manifests.ts";

const cluster = useCluster();

describe("the control plane of the tests", () => {
  it("makes a Deployment available", async () => {
    const web = deployment("web", { image: "example.com/web:1.0.0" });
    await cluster.apply(web);
    await cluster.until("the Deployment is available", web, having("Available", "True", "MinimumReplicasAvailable"));
  });

  it("completes a Job", async () => {
    const migrate = job("migrate", { image: "example.com/migrate:1.0.0" });
    await cluster.apply(migrate);
    await cluster.until("the Job is complete", migrate, having("Complete", "True"));
  });

  // Another cluster pulls images.
  it.runIf(cluster.own).each([
    { tag: "fail-crash", phase: "Running", restartCount: 5, reason: "CrashLoopBackOff" },
    { tag: "fail-pull", phase: "Pending", restartCount: 0, reason: "ImagePullBackOff" },
  ])("gives up a Deployment whose image is tagged $tag, and its Pod says $reason", async (failure) => {
    const web = deployment(`web-${failure.tag}`, { image: `example.com/web:${failure.tag}` });
    await cluster.apply(web);
    await cluster.until("it is not available", web, having("Available", "False", "MinimumReplicasUnavailable"));
    await cluster.until("it is given up", web, having("Progressing", "False", "ProgressDeadlineExceeded"));
    await eventually("its Pod says why", async () => (await podsOf(web)).some(showing(failure)), 600_000);
  });

  it.runIf(cluster.own)("fails a Job whose image is tagged fail-exit", async () => {
    const migrate = job("migrate-badly", { image: "example.com/migrate:fail-exit" });
    await cluster.apply(migrate);
    await cluster.until("the Job has failed", migrate, having("Failed", "True", "BackoffLimitExceeded"));
  });

  it("says that a Pod finds no node", async () => {
    const lost = deployment("lost", { image: "example.com/web:1.0.0", nodeSelector: { no: "such" } });
    await cluster.apply(lost);
    const unschedulable = having("PodScheduled", "False", "Unschedulable");
    const isLost = async (): Promise<boolean> =>
      (await podsOf(lost)).some((pod) => unschedulable.safeParse(pod).success);
    await eventually("its Pod is unschedulable", isLost, 600_000);
  });

  it("refuses a field that no schema knows, when the validation is strict", async () => {
    const answer = await cluster.tryApply({ ...deployment("odd", { image: "example.com/web:1.0.0" }), colour: "blue" });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(messageOf(answer)).toContain("colour");
  });

  it("lets a token of little power do what a Role lets it, and nothing before", async () => {
    const token = await cluster.powerlessToken("reader");
    const settings = configMap("settings", { key: "value" });
    expect(await cluster.tryApply(settings, { token })).toMatchObject({ status: 403 });
    await cluster.apply(role("reader"));
    await cluster.apply(binding(cluster, "reader"));
    // The API server's authorizer watches roles, and learns of them a little later.
    await eventually(
      "the token may",
      async () => (await cluster.tryApply(settings, { token })).status === 201,
      600_000,
    );
  });
});

/** What has a condition of this status and, where it is named, for this reason. */
function having(type: string, status: "True" | "False", reason?: string): z.ZodType<unknown> {
  const condition = z.object({ type: z.string(), status: z.string(), reason: z.string().optional() });
  const object = z.object({ status: z.object({ conditions: z.array(condition) }) });
  return object.refine((one) =>
    one.status.conditions.some(
      (has) => has.type === type && has.status === status && (reason === undefined || has.reason === reason),
    ),
  );
}

const container = z.object({
  ready: z.boolean(),
  restartCount: z.number(),
  state: z.object({ waiting: z.object({ reason: z.string() }).optional() }),
});
const pods = z.object({
  items: z.array(
    z.object({
      status: z.looseObject({ phase: z.string(), containerStatuses: z.array(container).default([]) }),
    }),
  ),
});
type Pod = z.infer<typeof pods>["items"][number];

async function podsOf({ metadata }: Manifest): Promise<readonly Pod[]> {
  const path = `/api/v1/namespaces/${cluster.namespace}/pods?labelSelector=app%3D${metadata.name}`;
  return pods.parse((await cluster.api.send("GET", path)).body).items;
}

/** How a Pod shows that its container does not run. */
interface PodFailure {
  readonly phase: string;
  readonly restartCount: number;
  readonly reason: string;
}

function showing({ phase, restartCount, reason }: PodFailure): (pod: Pod) => boolean {
  return ({ status }) =>
    status.phase === phase &&
    status.containerStatuses.some(
      (one) => !one.ready && one.restartCount === restartCount && one.state.waiting?.reason === reason,
    );
}

function role(name: string): Manifest {
  const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "create", "patch"] }];
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name }, rules };
}

function binding({ namespace }: TestCluster, name: string): Manifest {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  };
}
