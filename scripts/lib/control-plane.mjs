// The real control plane that the cluster tests run on: etcd, the API server, its controllers and scheduler, and kwok,
// which plays the nodes. From KUBEBUILDER_ASSETS or the PATH where they are, else from the per-user cache, where they
// are built once.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { run, SetupError, tryRun } from "./console.mjs";
import { buildWithGo, goEnvironment, goVersion, requireGo } from "./go.mjs";
import { exe, root, userCache } from "./places.mjs";
import { onPath } from "./tools.mjs";

/** Their go.mod: the versions of everything, and the programs as its tools. */
const source = join(root, "scripts", "control-plane");

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
  const binary = join(await cacheFolder(), exe(name));
  process.env[variable] = binary;
  if (existsSync(binary)) return "from the cache";
  return compile(name, binary, progress);
}

/** Puts the stages of kwok into the cache, and names their folder to the tests. */
export async function kwokStages() {
  const folder = join(await cacheFolder(), "stages");
  process.env.SLUICE_KWOK_STAGES = folder;
  if (existsSync(folder)) return "from the cache";
  await needGo("the stages of kwok");
  const args = ["mod", "download", "-json", "sigs.k8s.io/kwok"];
  const { Dir: module } = JSON.parse(await run("go", args, { cwd: source, env: goEnvironment() }));
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  for (const name of stages) copyYaml(join(module, "kustomize", "stage", name), partial);
  renameSync(partial, folder);
  return "copied from the module";
}

function copyYaml(from, to) {
  const files = readdirSync(from).filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml");
  for (const file of files) copyFileSync(join(from, file), join(to, file));
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

let folder;

function cacheFolder() {
  folder ??= findCacheFolder();
  return folder;
}

/** One folder for each go.mod, go.sum, Go and platform. Without a Go, any that was built of the same modules. */
async function findCacheFolder() {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(source, file))).update("\0");
  const modules = hash.digest("hex").slice(0, 16);
  const platform = `${process.platform}-${process.arch}`;
  const place = join(userCache, "control-plane");
  const go = await goVersion();
  if (go) return join(place, `${modules}-${go}-${platform}`);
  const built = existsSync(place) ? readdirSync(place) : [];
  const usable = built.find((name) => name.startsWith(`${modules}-`) && name.endsWith(`-${platform}`));
  return join(place, usable ?? `${modules}-${platform}`);
}

/** Two packages at once: the compiler takes 2 GB for some. */
async function compile(name, binary, progress) {
  const go = await needGo(name);
  mkdirSync(await cacheFolder(), { recursive: true });
  const partial = `${binary}.${process.pid}`;
  const args = ["-p", "2", "-ldflags", "-s -w", "-o", partial, programs[name].package];
  await buildWithGo("build", args, { cwd: source, progress });
  renameSync(partial, binary);
  return `built with ${go.version}`;
}

function needGo(what) {
  return requireGo(`The cluster tests need ${what}, which is not here.`, [
    "name a kubeconfig of a cluster for tests in KUBECONFIG, and set USE_EXISTING_CLUSTER=true",
    "name etcd and kube-apiserver in KUBEBUILDER_ASSETS, which leaves less to build",
  ]);
}
