import type { TestProject } from "vitest/node";
import { type Access, accessOf } from "./access.ts";
import { startControlPlane } from "./control-plane.ts";
import { programs } from "./programs.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly cluster: Access;
  }
}

/** Gives all test files one cluster: that of KUBECONFIG, else a control plane that runs as long as the tests do. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { KUBECONFIG } = process.env;
  if (KUBECONFIG) {
    project.provide("cluster", accessOf(KUBECONFIG));
    return () => Promise.resolve();
  }
  const { access, stop } = await startControlPlane(programs());
  project.provide("cluster", access);
  return stop;
}
