// `npm run bench`: sets up, then measures; prints ratios of one run. `-- --json` prints them as data.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { failed, setUp } from "./bootstrap.mjs";
import { step } from "./lib/console.mjs";
import { controlPlane } from "./lib/control-plane.mjs";
import { controllersAndTools } from "./lib/controllers.mjs";
import { kubectl } from "./lib/kubectl.mjs";
import { peers } from "./lib/peers.mjs";
import { nodeBinary, root } from "./lib/places.mjs";

async function main() {
  await setUp({ tests: true });
  if (process.argv.includes("reconcile")) {
    await controlPlane();
    await step("kubectl", kubectl);
  }
  if (process.argv.includes("controllers")) {
    await controlPlane();
    await controllersAndTools();
  }
  if (process.argv.includes("peers")) await peers();
  const child = spawn(nodeBinary(), [join(root, "bench", "main.ts"), ...process.argv.slice(2)], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
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
