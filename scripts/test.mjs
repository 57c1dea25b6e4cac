// `npm test`: sets up, then runs every check that needs no cluster, and sums up. The last line is `N passed, N failed`.
//   npm test -- <vitest filters>   runs only those of the TypeScript tests, without the other checks

import { failed, setUp } from "./bootstrap.mjs";
import { goChecks, staticChecks, summary, vitest } from "./lib/checks.mjs";
import { step } from "./lib/console.mjs";
import { goVersion } from "./lib/go.mjs";
import { nodeBinary } from "./lib/places.mjs";

async function main() {
  await setUp({ tests: true });
  const started = Date.now();
  const go = await goVersion();
  const filters = process.argv.slice(2);
  const results = filters.length > 0 ? await someTests(filters) : await allChecks(go);
  return summary(results, { go, seconds: (Date.now() - started) / 1000 });
}

async function someTests(filters) {
  return [await vitest(nodeBinary(), filters)];
}

/** The TypeScript tests mostly wait, so Go vets, compiles and tests beside them. */
async function allChecks(go) {
  const node = nodeBinary();
  const first = await staticChecks(node);
  const beside = go ? goChecks() : Promise.resolve([]);
  const typescript = await vitest(node, []);
  if (go) await step("go vet and go test of the engine", () => beside.then(() => "done"));
  const engine = await beside;
  for (const { report } of engine) process.stdout.write(report);
  return [...first, ...engine, typescript];
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
