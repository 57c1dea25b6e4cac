// The programs that render as the controllers do, by the controllers' own code: built once from the modules of
// test/oracles, into the per-user cache.

import { join } from "node:path";
import { step } from "./console.mjs";
import { ModuleCache } from "./module-cache.mjs";
import { exe, root } from "./places.mjs";

/** Each with the folder of its module below test/oracles, and the variable that names its program to the tests. */
const programs = { argocd: "SLUICE_ORACLE_ARGOCD", flux: "SLUICE_ORACLE_FLUX" };

/** Finds or builds all of them, and names them to the tests. */
export async function oraclePrograms() {
  for (const [name, variable] of Object.entries(programs))
    await step(`${name}, the oracle`, (progress) => program(name, variable, progress));
}

async function program(name, variable, progress) {
  const cache = new ModuleCache({
    source: join(root, "test", "oracles", name),
    place: join("oracles", name),
    need: (what) => [`The tests compare with the code of the controllers (${what}), which has to be built.`, []],
  });
  const said = await cache.program(name, ".", progress);
  process.env[variable] = join(await cache.folder(), exe(name));
  return said;
}
