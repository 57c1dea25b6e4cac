// The real Argo CD and Flux that the tests of the controllers run: built once from their own modules, into the per-user
// cache. Each has a folder there with the program and the files of its module that it needs.

import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { step } from "./console.mjs";
import { engine } from "./engine.mjs";
import { copyYaml, ModuleCache } from "./module-cache.mjs";
import { root } from "./places.mjs";
import { oracle, redis } from "./tools.mjs";

/** Each with the folder of its go.mod, its package, the module that has its files, and how these are copied. */
const controllers = {
  argocd: {
    source: "argocd",
    variable: "SLUICE_ARGOCD",
    package: ".",
    module: "github.com/argoproj/argo-cd/v3",
    copy: (module, folder) => {
      copyYaml(join(module, "manifests", "crds"), join(folder, "crds"));
      // Argo CD finds no Git source without it, even where it verifies no signature.
      const wrapper = join(folder, "git-verify-wrapper.sh");
      copyFileSync(join(module, "hack", "git-verify-wrapper.sh"), wrapper);
      chmodSync(wrapper, 0o755);
    },
  },
  "source-controller": flux("source", "SLUICE_FLUX_SOURCE"),
  "kustomize-controller": flux("kustomize", "SLUICE_FLUX_KUSTOMIZE"),
};

function flux(name, variable) {
  const module = `github.com/fluxcd/${name}-controller`;
  return {
    source: `flux-${name}`,
    variable,
    package: module,
    module,
    copy: (from, folder) => copyYaml(join(from, "config", "crd", "bases"), join(folder, "crds")),
  };
}

/** The names of the controllers. */
export const controllerNames = Object.keys(controllers);

/** Finds or builds a controller, and names its folder to the tests by its variable. */
export async function controller(name, progress) {
  const { source, variable, package: goPackage, module, copy } = controllers[name];
  const cache = new ModuleCache({
    source: join(root, "scripts", "controllers", source),
    place: join("controllers", name),
    need: (what) => [`The tests of the controllers need ${what}, which is not here.`, []],
  });
  process.env[variable] = await cache.folder();
  const said = await cache.program(name, goPackage, progress);
  await cache.files("files", module, copy);
  return said;
}

/** The steps that make them ready, with what they run with besides. */
export async function controllersAndTools() {
  await step("render engine", engine);
  await step("redis-server", redis);
  await step("kustomize", (progress) => oracle("kustomize", progress));
  for (const name of controllerNames) await step(name, (progress) => controller(name, progress));
}
