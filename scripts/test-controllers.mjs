// `npm run test:controllers`: sets up, then runs the deploy engines `argocd` and `flux` against the real Argo CD and
// Flux, on a control plane of its own. The first run builds all of them.
//   npm run test:controllers -- <vitest filters>   runs only those

import { failed } from "./bootstrap.mjs";
import { step } from "./lib/console.mjs";
import { controlPlane } from "./lib/control-plane.mjs";
import { controllersAndTools } from "./lib/controllers.mjs";
import { packages } from "./lib/packages.mjs";
import { vitest } from "./lib/vitest.mjs";

async function main() {
  await step("npm packages", packages);
  await controlPlane();
  await controllersAndTools();
  return vitest("vitest.controllers.config.ts", process.argv.slice(2));
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.exitCode = failed(error);
  },
);
