// Go, for the engine, the oracles and the engine's tests: the one on the PATH, else the pinned one from the per-user
// cache or GOPROXY.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { collect, SetupError, tryRun } from "./console.mjs";
import { nodeBinary, root, userCache } from "./places.mjs";

/**
 * What everything that Go compiles here is compiled with. The same flags everywhere: what the engine, the oracles and
 * the tests have in common is compiled once. The version is set by the linker, so the commit is not needed.
 */
const flags = ["-trimpath", "-buildvcs=false"];

let found;

/**
 * `{version, from}` of a Go ≥ 1.26, which is on the PATH from then on. Rejects with a SetupError that says why there is
 * none. Looks once.
 */
export function findGo(progress) {
  found ??= find(progress);
  return found;
}

/** The step that says which Go there is. None is no failure yet: what was built before can be used without. */
export async function go(progress) {
  try {
    const { version, from } = await findGo(progress);
    return `${version} from ${from}`;
  } catch (error) {
    if (error instanceof SetupError) return "none, so only what was built before";
    throw error;
  }
}

/** The version of the Go that there is, `undefined` without one. */
export async function goVersion() {
  try {
    return (await findGo()).version;
  } catch (error) {
    if (error instanceof SetupError) return undefined;
    throw error;
  }
}

/**
 * Waits for Go, to build something. Without one, a SetupError says what is missing, why, and the ways: these, and one
 * that gets Go.
 */
export async function requireGo(missing, ways) {
  try {
    return await findGo();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const all = [...ways, "install Go ≥ 1.26", "name a module proxy that this machine reaches in GOPROXY"];
    throw new SetupError(`${missing}\n${error.message}\nWays:\n${all.map((way) => `  - ${way}`).join("\n")}`);
  }
}

/** Builds with `go build` or `go install`; says how many modules were fetched and packages compiled. */
export async function buildWithGo(command, args, { cwd, env = {}, progress }) {
  const child = spawn("go", goArguments(command, ["-v", ...args]), {
    cwd,
    env: { ...goEnvironment(), ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let [modules, packages] = [0, 0];
  const output = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (line.startsWith("go: downloading ")) progress(`${++modules} modules fetched`);
    else if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(line)) progress(`${++packages} packages compiled`);
    else output.push(line);
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new SetupError(`go ${command} ${args.join(" ")} failed:\n${output.join("\n")}`);
}

/** The arguments of a go command with the flags of all builds. */
export function goArguments(command, args) {
  return [command, ...flags, ...args];
}

/** Its environment: without cgo, as the engine is shipped. */
export function goEnvironment() {
  return { ...process.env, CGO_ENABLED: "0" };
}

async function find(progress) {
  const there = await versionOnPath();
  if (there) return { version: there, from: "the PATH" };
  const { bin, version, from } = await fetchToolchain(progress);
  process.env.PATH = `${bin}${delimiter}${process.env.PATH ?? ""}`;
  process.env.GOTOOLCHAIN = "local";
  // One that is set for another Go would lend this one its standard library.
  delete process.env.GOROOT;
  if (!(await versionOnPath())) throw new SetupError(`${version} from ${from} does not run here (${bin}).`);
  return { version, from };
}

async function versionOnPath() {
  const said = await tryRun("go", ["env", "GOVERSION"], { cwd: join(root, "engine") });
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(said ?? "") ?? [];
  return major && (Number(major) > 1 || Number(minor) >= 26) ? said.trim() : undefined;
}

/** Asks the child that runs on the Node that the packages brought. */
function fetchToolchain(progress) {
  const node = nodeBinary();
  if (!node) return Promise.reject(new SetupError("No Go ≥ 1.26 is on the PATH, and no Node ≥ 26 here to fetch one."));
  const args = ["--use-env-proxy", "--use-system-ca", join(root, "scripts", "toolchain.ts"), join(userCache, "go")];
  const child = spawn(node, args, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  let answer;
  child.on("message", (message) => {
    if (message.progress) progress?.(message.progress);
    else answer = message;
  });
  return collect(child, "scripts/toolchain.ts").then(() => {
    if (answer?.toolchain) return answer.toolchain;
    throw new SetupError(`No Go ≥ 1.26 is on the PATH, and none could be fetched:\n${answer?.failure ?? "no answer"}`);
  });
}
