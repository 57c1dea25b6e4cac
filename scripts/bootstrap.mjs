// All the set-up, on any Node ≥ 18; the second run does nothing and needs no network.
//   node scripts/bootstrap.mjs          what running needs: packages, the engine, Go to build it
//   node scripts/bootstrap.mjs --tests  and what the tests need: Redis, a registry, kustomize, helm

import { pathToFileURL } from "node:url";
import { build } from "./lib/build.mjs";
import { red, SetupError, step } from "./lib/console.mjs";
import { engine, engineIsMissing } from "./lib/engine.mjs";
import { go } from "./lib/go.mjs";
import { packages } from "./lib/packages.mjs";
import { debianServers, oracle, redis, registry } from "./lib/tools.mjs";

/** Sets up; `tests` adds what only the tests need. */
export async function setUp({ tests = false } = {}) {
  if (tests) void debianServers();
  await step("npm packages", packages);
  await step("bundle", build);
  if (tests || engineIsMissing()) await step("Go", go);
  await step("render engine", engine);
  if (!tests) return;
  await step("redis-server", redis);
  await step("registry", registry);
  await step("kustomize, the oracle", (progress) => oracle("kustomize", progress));
  await step("helm, the oracle", (progress) => oracle("helm", progress));
}

/** Prints what stopped a script and gives its exit code. */
export function failed(error) {
  process.stderr.write(`\n${red(error instanceof SetupError ? error.message : (error?.stack ?? String(error)))}\n`);
  return error instanceof SetupError ? 2 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  setUp({ tests: process.argv.includes("--tests") }).catch((error) => {
    process.exitCode = failed(error);
  });
}
