import { afterAll, beforeAll } from "vitest";
import type { OpenCluster } from "../../src/model/kube.ts";
import { clusterContract } from "../contract/cluster-contract.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";

const test = useCluster();
let cluster: OpenCluster;
beforeAll(async () => {
  cluster = await openTestCluster(test);
});
afterAll(() => cluster.close());

clusterContract("a real API server", () => ({ cluster, namespace: test.namespace }));
