import type { ClusterEntry, Clusters, DeployCluster } from "../model/deploy.ts";
import type { Clock } from "../model/observe.ts";
import type { ReconcilePorts } from "../reconcile/run/index.ts";

/** What a cluster's client needs beside its settings. */
interface ClusterParts {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Where they are not the usual ones. */
  readonly times: DeployTimes | undefined;
}

/** Times of deploys that only tests change, in milliseconds. */
export interface DeployTimes {
  /** How long an environment stays a dead worker's. */
  readonly leaseMs?: number;
  /** How long an API server may take to answer. */
  readonly answerMs?: number;
  readonly limits?: ReconcilePorts["limits"];
}

/** The operator's clusters. Each is opened when it is first needed; the client is loaded then, too. */
export function openClusters(
  entries: readonly ClusterEntry[],
  { times = {}, ...parts }: ClusterParts,
): Clusters & { close(): Promise<void> } {
  const { answerMs: deadlineMs, leaseMs: durationMs } = times;
  const opened = new Map<string, Promise<DeployCluster>>();
  const open = async ({ access, ...settings }: ClusterEntry): Promise<DeployCluster> => {
    const { name, namespace } = settings;
    const { clusterLeases, openCluster } = await import("../kube/index.ts");
    const cluster = await openCluster({ name, access, ...parts, ...(deadlineMs !== undefined && { deadlineMs }) });
    const { clock } = parts;
    const leases = clusterLeases({
      cluster,
      namespace,
      clock,
      elapsed: () => performance.now(),
      ...(durationMs !== undefined && { durationMs }),
    });
    return { settings, cluster, leases };
  };
  return {
    async open(name) {
      const entry = entries.find((one) => one.name === name);
      if (entry === undefined) return undefined;
      const opening = opened.get(name) ?? open(entry);
      opened.set(name, opening);
      return opening.catch((error: unknown) => {
        // What was wrong with its access may be put right while the server runs.
        opened.delete(name);
        throw error;
      });
    },
    async close() {
      const clusters = await Promise.allSettled(opened.values());
      await Promise.all(clusters.map((one) => (one.status === "fulfilled" ? one.value.cluster.close() : undefined)));
    },
  };
}
