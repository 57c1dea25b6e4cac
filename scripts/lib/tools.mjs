// What the tests need besides: Redis, a container registry, and the real kustomize and helm as oracles.

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { run, SetupError, tryRun } from "./console.mjs";
import { buildWithGo, requireGo } from "./go.mjs";
import { exe, userCache } from "./places.mjs";

const oracles = {
  kustomize: {
    variable: "SLUICE_KUSTOMIZE",
    module: "sigs.k8s.io/kustomize/kustomize/v5",
    version: "v5.8.2",
    ask: ["version"],
  },
  helm: { variable: "SLUICE_HELM", module: "helm.sh/helm/v4/cmd/helm", version: "v4.3.1", ask: ["version", "--short"] },
};

/**
 * Finds or installs an oracle of the very version that the engine is made of, and names it to the tests by its
 * variable.
 */
export async function oracle(name, progress) {
  const { variable, module, version, ask } = oracles[name];
  const path = process.env[variable] ?? onPath(name);
  if (path && (await tryRun(path, ask))?.includes(version)) {
    process.env[variable] = path;
    return `${version}, ${path}`;
  }
  const folder = join(userCache, "tools", `${name}-${version}`);
  const binary = join(folder, exe(name));
  process.env[variable] = binary;
  if (existsSync(binary)) return `${version}, from the cache`;
  await requireGo(`The tests compare with the real ${name} ${version}, which is not here.`, [
    `put ${name} ${version} on the PATH`,
    `name one in ${variable}`,
  ]);
  await install(`${module}@${version}`, folder, progress);
  return `${version}, built`;
}

/** Builds a program of a Go module into a folder. Go names it after the last part of the path that is not a version. */
async function install(program, folder, progress) {
  mkdirSync(folder, { recursive: true });
  await buildWithGo("install", [program], { env: { GOBIN: folder }, progress });
}

/** Finds redis-server, or installs it where that is allowed. */
export async function redis() {
  const there = redisPath();
  const problems = there ? [] : await debianServers();
  const path = redisPath();
  if (!path) {
    const ways = "install it (`apt-get install redis-server`, `brew install redis`), or name one in SLUICE_REDIS";
    throw new SetupError(
      ["The tests need a Redis server (≥ 6.2), which is not here.", ...problems, `Ways: ${ways}.`].join("\n"),
    );
  }
  process.env.SLUICE_REDIS = path;
  const version = (await tryRun(path, ["--version"]))?.match(/v=(\S+)/)?.[1] ?? path;
  return there ? version : `${version}, installed by apt-get`;
}

const distribution = {
  module: "github.com/distribution/distribution/v3/cmd/registry",
  version: "v3.1.2",
  built: join(userCache, "tools", "registry-v3.1.2", exe("registry")),
};

/**
 * Finds Distribution, the registry that images are pushed to in the tests; installs it from Debian where that is
 * allowed, or builds it.
 */
export async function registry(progress) {
  const there = await registryPath();
  if (!there) await debianServers();
  const path = there ?? (await registryPath());
  process.env.SLUICE_REGISTRY = path ?? distribution.built;
  if (path) return there ?? `${path}, installed by apt-get`;
  await requireGo("The tests push images to a real registry (Distribution), which is not here.", [
    "install it (`apt-get install docker-registry`)",
    "name one in SLUICE_REGISTRY",
  ]);
  await install(`${distribution.module}@${distribution.version}`, dirname(distribution.built), progress);
  return `${distribution.version}, built`;
}

let installed;

/**
 * Installs the servers that are missing with apt-get, where that is allowed, and gives what apt-get said where it
 * failed. Does so once: begin it early, since it hardly needs the processor.
 */
export function debianServers() {
  installed ??= installServers();
  return installed;
}

async function installServers() {
  const missing = [redisPath() ? [] : ["redis-server"], (await registryPath()) ? [] : ["docker-registry"]].flat();
  if (missing.length === 0 || process.getuid?.() !== 0 || !onPath("apt-get")) return [];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const problems = [];
  const aptGet = (...args) => run("apt-get", args, { env }).catch((error) => problems.push(error.message));
  await aptGet("update", "-qq");
  for (const name of missing) await aptGet("install", "-y", "-qq", "--no-install-recommends", name);
  return problems;
}

function redisPath() {
  return process.env.SLUICE_REDIS ?? onPath("redis-server");
}

/** The registry that is on this machine: another program may have its name. */
async function registryPath() {
  const named = process.env.SLUICE_REGISTRY ?? onPath("docker-registry") ?? onPath("registry");
  if (named && /\bv?\d+\.\d+\.\d+/.test((await tryRun(named, ["--version"])) ?? "")) return named;
  return existsSync(distribution.built) ? distribution.built : undefined;
}

/**
 * The PostgreSQL that the queue's tests use beside the embedded one: where its server programs are, from the PATH or
 * where Debian puts them. Not required.
 */
export function postgres() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian)
    ? readdirSync(debian).map((version) => join(debian, version, "bin", "initdb"))
    : [];
  return [onPath("initdb"), ...versions].find((file) => file && existsSync(join(dirname(file), "postgres")));
}

/** The program of this name on the PATH. */
export function onPath(name) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, exe(name))).find((file) => existsSync(file));
}
