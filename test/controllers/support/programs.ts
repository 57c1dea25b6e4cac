import { join } from "node:path";
import { named } from "../../../sandbox/cluster/programs.ts";

/** The programs that the controllers are, and those that Argo CD starts. */
export interface ControllerPrograms {
  readonly argocd: ControllerFiles & { readonly gitVerifyWrapper: string };
  readonly fluxSource: ControllerFiles;
  readonly fluxKustomize: ControllerFiles;
  readonly redis: string;
  readonly kustomize: string;
}

/** One controller of the cache. */
interface ControllerFiles {
  readonly binary: string;
  /** The folder of its definitions. */
  readonly crds: string;
}

const command = "npm run test:controllers";

/** What `npm run test:controllers` found or built. Throws when it was not asked: a test run builds nothing. */
export function controllerPrograms(): ControllerPrograms {
  const argocd = named("SLUICE_ARGOCD", command);
  return {
    argocd: { ...filesOf(argocd, "argocd"), gitVerifyWrapper: join(argocd, "files", "git-verify-wrapper.sh") },
    fluxSource: filesOf(named("SLUICE_FLUX_SOURCE", command), "source-controller"),
    fluxKustomize: filesOf(named("SLUICE_FLUX_KUSTOMIZE", command), "kustomize-controller"),
    redis: named("SLUICE_REDIS", command),
    kustomize: named("SLUICE_KUSTOMIZE", command),
  };
}

function filesOf(folder: string, name: string): ControllerFiles {
  return { binary: join(folder, name), crds: join(folder, "files", "crds") };
}
