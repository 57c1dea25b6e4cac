// `npm run test:cluster`: sets up, then runs the tests that need a Kubernetes API server, on a control plane of its
// own. The first run builds that: about ten minutes of two cores. With USE_EXISTING_CLUSTER=true: on the cluster of
// KUBECONFIG.
//   npm run test:cluster -- <vitest filters>   runs only those

import { failed } from "./bootstrap.mjs";
import { SetupError, step } from "./lib/console.mjs";
import { controlPlane } from "./lib/control-plane.mjs";
import { packages } from "./lib/packages.mjs";
import { vitest } from "./lib/vitest.mjs";

async function main() {
  await step("npm packages", packages);
  if (process.env.USE_EXISTING_CLUSTER === "true") await step("the cluster", existingCluster);
  else await controlPlane();
  return vitest("vitest.cluster.config.ts", process.argv.slice(2));
}

async function existingCluster() {
  const { KUBECONFIG } = process.env;
  if (KUBECONFIG) return `the current context of KUBECONFIG, ${KUBECONFIG}`;
  throw new SetupError("USE_EXISTING_CLUSTER is set, and KUBECONFIG, which names the cluster, is not.");
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.exitCode = failed(error);
  },
);
