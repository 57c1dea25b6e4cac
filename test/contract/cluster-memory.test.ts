import { FakeCluster } from "../support/fake-cluster.ts";
import { clusterContract } from "./cluster-contract.ts";

const cluster = new FakeCluster({ namespaces: ["shop"] });
clusterContract("the cluster in memory", () => ({ cluster, namespace: "shop" }));
