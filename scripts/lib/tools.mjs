// What the tests need besides: Redis, a container registry, and the real kustomize and helm as oracles.

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { run, SetupError, tryRun } from "./console.mjs";
import { goVersion } from "./engine.mjs";
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

/** Finds or installs an oracle of the very version that the engine is made of, and names it to the tests by its variable. */
export async function oracle(name) {
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
  if (!(await goVersion())) {
    throw new SetupError(
      `The tests compare with the real ${name} ${version}, which is not here.\n` +
        `Ways: put ${name} ${version} on the PATH, name one in ${variable}, or install Go ≥ 1.26 so that it can be built.`,
    );
  }
  mkdirSync(folder, { recursive: true });
  // `go install` names the file after the last part of the path that is not a version.
  await run("go", ["install", "-trimpath", `${module}@${version}`], {
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: "0" },
  });
  return `${version}, built`;
}

/** Finds redis-server, or installs it where that is allowed. */
export async function redis() {
  const there = process.env.SLUICE_REDIS ?? onPath("redis-server");
  if (there) {
    process.env.SLUICE_REDIS = there;
    return (await tryRun(there, ["--version"]))?.match(/v=(\S+)/)?.[1] ?? there;
  }
  const root = process.getuid?.() === 0;
  if (root && onPath("apt-get")) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await tryRun("apt-get", ["update", "-qq"], { env });
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "redis-server"], { env });
    const installed = onPath("redis-server");
    if (installed) {
      process.env.SLUICE_REDIS = installed;
      return "installed by apt-get";
    }
  }
  throw new SetupError(
    "The tests need a Redis server (≥ 6.2), which is not here.\n" +
      "Ways: install it (`apt-get install redis-server`, `brew install redis`), or name one in SLUICE_REDIS.",
  );
}

const distribution = {
  module: "github.com/distribution/distribution/v3/cmd/registry",
  version: "v3.1.2",
};

/** Finds Distribution, the registry that images are pushed to in the tests; installs it from Debian where that is allowed, or builds it. */
export async function registry() {
  const there = process.env.SLUICE_REGISTRY ?? onPath("docker-registry") ?? onPath("registry");
  const version = there && (await tryRun(there, ["--version"]))?.match(/\bv?\d+\.\d+\.\d+\S*/)?.[0];
  if (there && version) {
    process.env.SLUICE_REGISTRY = there;
    return `${version}, ${there}`;
  }
  const folder = join(userCache, "tools", `registry-${distribution.version}`);
  const binary = join(folder, exe("registry"));
  const how = existsSync(binary) ? "from the cache" : ((await debianRegistry()) ?? (await builtRegistry(folder)));
  process.env.SLUICE_REGISTRY = onPath("docker-registry") ?? binary;
  return how;
}

async function debianRegistry() {
  if (process.getuid?.() !== 0 || !onPath("apt-get")) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await tryRun("apt-get", ["update", "-qq"], { env });
  await tryRun("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "docker-registry"], { env });
  return onPath("docker-registry") && "installed by apt-get";
}

async function builtRegistry(folder) {
  if (!(await goVersion())) {
    throw new SetupError(
      "The tests push images to a real registry (Distribution), which is not here.\n" +
        "Ways: install it (`apt-get install docker-registry`), name one in SLUICE_REGISTRY, or install Go ≥ 1.26 so that it can be built.",
    );
  }
  mkdirSync(folder, { recursive: true });
  await run("go", ["install", "-trimpath", `${distribution.module}@${distribution.version}`], {
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: "0" },
  });
  return `${distribution.version}, built`;
}

/** The PostgreSQL that the queue's tests use beside the embedded one: where its server programs are, from the PATH or where Debian puts them. Not required. */
export function postgres() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian)
    ? readdirSync(debian).map((version) => join(debian, version, "bin", "initdb"))
    : [];
  return [onPath("initdb"), ...versions].find((file) => file && existsSync(join(dirname(file), "postgres")));
}

/** The program of this name on the PATH. */
function onPath(name) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, exe(name))).find((file) => existsSync(file));
}
