import { existsSync } from "node:fs";

/** The programs of a control plane, and the stages of kwok. */
export interface Programs {
  readonly etcd: string;
  readonly apiserver: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  readonly kwok: string;
  /** A folder. */
  readonly stages: string;
}

/** What `npm run test:cluster` found or built. Throws when it was not asked: a test run builds nothing. */
export function programs(): Programs {
  return {
    etcd: named("SLUICE_ETCD"),
    apiserver: named("SLUICE_KUBE_APISERVER"),
    controllerManager: named("SLUICE_KUBE_CONTROLLER_MANAGER"),
    scheduler: named("SLUICE_KUBE_SCHEDULER"),
    kwok: named("SLUICE_KWOK"),
    stages: named("SLUICE_KWOK_STAGES"),
  };
}

/** The file or folder that a variable names. Throws when the command that sets it did not run. */
export function named(variable: string, command = "npm run test:cluster"): string {
  const path = process.env[variable];
  if (path !== undefined && existsSync(path)) return path;
  throw new Error(`${variable} names no file: run these tests with \`${command}\`, which sets it`);
}
