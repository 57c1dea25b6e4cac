// The real control plane that the cluster tests run on: etcd, the API server, its controllers and scheduler, and kwok,
// which plays the nodes. From KUBEBUILDER_ASSETS or the PATH where they are, else from the per-user cache, where they
// are built once.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { SetupError, step, tryRun } from "./console.mjs";
import { go } from "./go.mjs";
import { copyYaml, ModuleCache } from "./module-cache.mjs";
import { exe, root } from "./places.mjs";
import { onPath } from "./tools.mjs";

/** Their go.mod: the versions of everything, and the programs as its tools. */
const cache = new ModuleCache({
  source: join(root, "scripts", "control-plane"),
  place: "control-plane",
  need: (what) => [
    `The cluster tests need ${what}, which is not here.`,
    [
      "name a kubeconfig of a cluster for tests in KUBECONFIG, and set USE_EXISTING_CLUSTER=true",
      "name etcd and kube-apiserver in KUBEBUILDER_ASSETS, which leaves less to build",
    ],
  ],
});

/** Each with the package that it is built from; `minor` where the one of another build will do. */
const programs = {
  etcd: { package: "go.etcd.io/etcd/server/v3", variable: "SLUICE_ETCD", minor: /etcd Version: 3\.6\./ },
  "kube-apiserver": {
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    variable: "SLUICE_KUBE_APISERVER",
    minor: /Kubernetes v1\.36\./,
  },
  "kube-controller-manager": {
    package: "k8s.io/kubernetes/cmd/kube-controller-manager",
    variable: "SLUICE_KUBE_CONTROLLER_MANAGER",
  },
  "kube-scheduler": { package: "k8s.io/kubernetes/cmd/kube-scheduler", variable: "SLUICE_KUBE_SCHEDULER" },
  kwok: { package: "sigs.k8s.io/kwok/cmd/kwok", variable: "SLUICE_KWOK" },
};

/** What kwok does to nodes, Pods and volumes: files of its module, which has them as the defaults of `kwokctl`. */
const stages = ["node/fast", "node/heartbeat-with-lease", "pod/fast", "volume/fast"];

/** The names of the programs, in the order in which they start. */
export const controlPlanePrograms = Object.keys(programs);

/** Finds or builds one of the programs, and names it to the tests by its variable. */
export async function controlPlaneProgram(name, progress) {
  const { variable } = programs[name];
  const elsewhere = process.env[variable] ?? fromAssets(name) ?? (await fromPath(name));
  if (elsewhere) {
    if (!existsSync(elsewhere)) throw new SetupError(`${variable} names ${elsewhere}, which does not exist.`);
    process.env[variable] = elsewhere;
    return elsewhere;
  }
  process.env[variable] = join(await cache.folder(), exe(name));
  return cache.program(name, programs[name].package, progress);
}

/** Puts the stages of kwok into the cache, and names their folder to the tests. */
export async function kwokStages() {
  process.env.SLUICE_KWOK_STAGES = join(await cache.folder(), "stages");
  return cache.files("stages", "sigs.k8s.io/kwok", (module, folder) => {
    for (const name of stages) copyYaml(join(module, "kustomize", "stage", name), folder);
  });
}

/** The steps that make all of it ready. */
export async function controlPlane() {
  await step("Go", go);
  for (const name of controlPlanePrograms) await step(name, (progress) => controlPlaneProgram(name, progress));
  await step("the stages of kwok", kwokStages);
}

/** Where the tools of Kubernetes' own tests look. */
function fromAssets(name) {
  const folder = process.env.KUBEBUILDER_ASSETS;
  if (!folder || !programs[name].minor) return undefined;
  const file = join(folder, exe(name));
  return existsSync(file) ? file : undefined;
}

/** One of another minor version might not know the flags. */
async function fromPath(name) {
  const file = programs[name].minor && onPath(name);
  return file && programs[name].minor.test((await tryRun(file, ["--version"])) ?? "") ? file : undefined;
}
