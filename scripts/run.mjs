// `npm run demo` and the like: sets up, then runs `sluice <arguments>` on the right Node.

import { spawn } from "node:child_process";
import { failed, setUp } from "./bootstrap.mjs";
import { entryPoint } from "./lib/build.mjs";
import { step } from "./lib/console.mjs";
import { controlPlane } from "./lib/control-plane.mjs";
import { nodeBinary } from "./lib/places.mjs";
import { registry } from "./lib/tools.mjs";

async function main() {
  const args = process.argv.slice(2);
  await setUp();
  if (args[0] === "demo" && args.includes("--cluster")) await controlPlane();
  if (args[0] === "demo" && args.includes("--sample")) await step("registry", registry);
  const child = spawn(nodeBinary(), [entryPoint(), ...args], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.exitCode = failed(error);
  },
);
