// `npm run test:cluster`: sets up, then runs the tests that need a Kubernetes API server, on a control plane of its
// own. The first run builds that: about ten minutes of two cores. With USE_EXISTING_CLUSTER=true: on the cluster of
// KUBECONFIG.
//   npm run test:cluster -- <vitest filters>   runs only those

import { spawn } from "node:child_process";
import { join } from "node:path";
import { failed } from "./bootstrap.mjs";
import { SetupError, step } from "./lib/console.mjs";
import { controlPlaneProgram, controlPlanePrograms, kwokStages } from "./lib/control-plane.mjs";
import { go } from "./lib/go.mjs";
import { packages } from "./lib/packages.mjs";
import { nodeBinary, root } from "./lib/places.mjs";

async function main() {
  await step("npm packages", packages);
  if (process.env.USE_EXISTING_CLUSTER === "true") await step("the cluster", existingCluster);
  else await controlPlane();
  return vitest(process.argv.slice(2));
}

async function existingCluster() {
  const { KUBECONFIG } = process.env;
  if (KUBECONFIG) return `the current context of KUBECONFIG, ${KUBECONFIG}`;
  throw new SetupError("USE_EXISTING_CLUSTER is set, and KUBECONFIG, which names the cluster, is not.");
}

async function controlPlane() {
  await step("Go", go);
  for (const name of controlPlanePrograms) await step(name, (progress) => controlPlaneProgram(name, progress));
  await step("the stages of kwok", kwokStages);
}

function vitest(filters) {
  const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--config", "vitest.cluster.config.ts"];
  const child = spawn(nodeBinary(), [...args, ...filters], { cwd: root, stdio: "inherit" });
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
