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

/**
 * All at once, so that no core waits for what runs on one. What the others say is kept until the TypeScript tests are
 * done, which fill the screen.
 */
async function allChecks(go) {
  const node = nodeBinary();
  const beside = Promise.all([staticChecks(node), go ? goChecks() : []]).then((results) => results.flat());
  const typescript = await vitest(node, []);
  await step("the checks beside the tests", () => beside.then(() => "done"));
  const others = await beside;
  for (const { report } of others) process.stdout.write(report);
  return [...others, typescript];
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
