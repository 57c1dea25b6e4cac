// `npm test`: sets up, then runs every check that needs no cluster, and sums up. The last line is `N passed, N failed`.
//   npm test -- <vitest filters>   runs only those of the TypeScript tests, without the other checks

import { failed, setUp } from "./bootstrap.mjs";
import { compileGoTests, goTests, staticChecks, summary, vitest } from "./lib/checks.mjs";
import { step } from "./lib/console.mjs";
import { goVersion } from "./lib/engine.mjs";
import { nodeBinary } from "./lib/places.mjs";

async function main() {
  await setUp({ tests: true });
  const go = await goVersion();
  if (go) await step("engine's tests, compiled", compileGoTests);
  const node = nodeBinary();
  const started = Date.now();
  const filters = process.argv.slice(2);
  const results = filters.length > 0 ? [] : await staticChecks(node, go);
  if (go && filters.length === 0) results.push(await goTests());
  results.push(await vitest(node, filters));
  return summary(results, { go, seconds: (Date.now() - started) / 1000 });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.exitCode = failed(error);
    process.stdout.write("0 passed, 1 failed\n");
  },
);
