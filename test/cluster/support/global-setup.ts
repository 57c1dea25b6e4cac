import type { TestProject } from "vitest/node";
import type { Access } from "../../../sandbox/cluster/access.ts";
import { startControlPlane } from "../../../sandbox/cluster/control-plane.ts";
import { programs } from "../../../sandbox/cluster/programs.ts";
import { accessOf } from "./kubeconfig.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly cluster: Access;
  }
}

/**
 * Gives all test files one cluster: a control plane that runs as long as the tests do; that of KUBECONFIG only where
 * somebody says so besides, since most have one in their environment that is no place for tests.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { KUBECONFIG, USE_EXISTING_CLUSTER } = process.env;
  if (USE_EXISTING_CLUSTER === "true") {
    if (!KUBECONFIG) throw new Error("USE_EXISTING_CLUSTER is set, and KUBECONFIG, which names the cluster, is not");
    project.provide("cluster", accessOf(KUBECONFIG));
    return () => Promise.resolve();
  }
  const { access, stop } = await startControlPlane(programs());
  project.provide("cluster", access);
  return stop;
}
