// `npm run test:oracles`: sets up, then holds what the engine renders for controllers against their own code. The first
// run builds the oracles.
//   npm run test:oracles -- <vitest filters>   runs only those

import { failed } from "./bootstrap.mjs";
import { step } from "./lib/console.mjs";
import { engine } from "./lib/engine.mjs";
import { oraclePrograms } from "./lib/oracles.mjs";
import { packages } from "./lib/packages.mjs";
import { oracle } from "./lib/tools.mjs";
import { vitest } from "./lib/vitest.mjs";

async function main() {
  await step("npm packages", packages);
  await step("render engine", engine);
  await step("kustomize", (progress) => oracle("kustomize", progress));
  await step("helm", (progress) => oracle("helm", progress));
  await oraclePrograms();
  return vitest("vitest.oracles.config.ts", process.argv.slice(2));
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.exitCode = failed(error);
  },
);
