// Runs vitest for the suites that are not part of `npm test`.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { nodeBinary, root } from "./places.mjs";

/** Runs the tests of a configuration that match the filters, and gives the exit code. */
export function vitest(config, filters) {
  const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--config", config, ...filters];
  const child = spawn(nodeBinary(), args, { cwd: root, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
