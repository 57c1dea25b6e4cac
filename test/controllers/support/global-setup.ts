import type { TestProject } from "vitest/node";
import { selfSigned } from "../../../sandbox/certificate.ts";
import type { Access } from "../../../sandbox/cluster/access.ts";
import { startControlPlane } from "../../../sandbox/cluster/control-plane.ts";
import { programs } from "../../../sandbox/cluster/programs.ts";
import { startArgocd } from "./argocd.ts";
import { startFlux } from "./flux.ts";
import { controllerPrograms } from "./programs.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly cluster: Access;
    /** With which the tests serve Git on 127.0.0.1: the controllers trust it. PEM. */
    readonly gitServer: { readonly key: string; readonly cert: string };
  }
}

/** Gives all test files one control plane with Argo CD and Flux on it, which runs as long as the tests do. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const controllers = controllerPrograms();
  const { privateKey, pem } = selfSigned("127.0.0.1", "127.0.0.1");
  const { access, stop } = await startControlPlane(programs(), async (running) => {
    await startArgocd(running, controllers, pem);
    await startFlux(running, controllers, pem);
  });
  project.provide("cluster", access);
  project.provide("gitServer", { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert: pem });
  return stop;
}
