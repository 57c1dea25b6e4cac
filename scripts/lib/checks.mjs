// The checks that `npm test` is made of. Each gives `{name, passed, failed, skipped?, report?}`.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { dim, green, red, run, seconds } from "./console.mjs";
import { goArguments, goEnvironment } from "./go.mjs";
import { engineLink, root } from "./places.mjs";
import { postgres } from "./tools.mjs";

const engine = join(root, "engine");
const bin = (name) => join(root, "node_modules", ...name.split("/"));

/**
 * `tsc`, Biome, the dead-code check and the generated pages: each counts as one. The types are checked beside the
 * others by one thread: more of them check the same types again, at twice the cost. It collects garbage only beyond
 * 3 GiB, which it does not reach at this size: that took more than a fifth of its time.
 */
export async function staticChecks(node) {
  const tsc = [bin("typescript/bin/tsc"), "--noEmit", "--singleThreaded", "-p", "."];
  const types = check("types (tsc)", node, tsc, {
    cwd: root,
    env: { ...process.env, GOGC: "off", GOMEMLIMIT: "3GiB" },
  });
  const results = [];
  for (const [name, args] of [
    ["lint and format (biome)", [bin("@biomejs/biome/bin/biome"), "check", "--error-on-warnings"]],
    ["dead code (knip)", [bin("knip/bin/knip.js"), "--no-progress"]],
    // Tests are no entries here. knip.json names two by hand: the front of edit/, and what waits for its use:
    // propose.ts (issue 13).
    [
      "code that only tests reach",
      [bin("knip/bin/knip.js"), "--production", "--include=files,exports", "--no-progress"],
    ],
    ["generated pages are current", ["scripts/generate.ts", "--check"]],
  ])
    results.push(await check(name, node, args, { cwd: root }));
  return [await types, ...results];
}

/** `go vet` and the engine's tests. */
export async function goChecks() {
  const vet = await check("go vet", "go", goArguments("vet", ["./..."]), { cwd: engine, env: goEnvironment() });
  return [vet, await goTests()];
}

async function check(name, file, args, options) {
  const started = Date.now();
  try {
    await run(file, args, options);
    return { name, passed: 1, failed: 0, report: `${green("✓")} ${name} ${dim(seconds(started))}\n` };
  } catch (error) {
    return { name, passed: 0, failed: 1, report: `${red("✗")} ${name}\n${error.message}\n` };
  }
}

/** Runs the engine's tests and counts the top-level ones and their cases. */
async function goTests() {
  const started = Date.now();
  const counts = { pass: 0, fail: 0, skip: 0 };
  const output = new Map();
  const failures = [];
  // `go vet` ran before, with more rules than the vet that comes with tests.
  const args = goArguments("test", ["-vet=off", "-count=1", "-json", "./..."]);
  // The set-up put an engine of these sources there: another would be the same.
  const env = { ...goEnvironment(), SLUICE_ENGINE: process.env.SLUICE_ENGINE || engineLink };
  const problem = await lines("go", args, { cwd: engine, env }, (line) => {
    const event = line.startsWith("{") ? JSON.parse(line) : { Action: "output", Output: `${line}\n` };
    const key = `${event.Package ?? event.ImportPath ?? ""}/${event.Test ?? ""}`;
    if (event.Output) output.set(key, (output.get(key) ?? "") + event.Output);
    if (event.Action === "fail") {
      const build = output.get(`${event.FailedBuild}/`) ?? "";
      failures.push(`${red("✗")} ${key}\n${build}${output.get(key) ?? ""}`);
    }
    // A package that fails with no test at fault (it did not compile, say) counts as one failure.
    if (event.Action in counts && (event.Test || (event.Action === "fail" && counts.fail === 0)))
      counts[event.Action] += 1;
  });
  if (problem && counts.fail === 0) {
    counts.fail = 1;
    failures.push(`${red("✗")} go test: ${problem}\n`);
  }
  const name = `${counts.fail ? red("✗") : green("✓")} engine's tests (go test): ${counts.pass} passed`;
  const report = `${failures.join("")}${name} ${dim(seconds(started))}\n`;
  return { name: "go test", passed: counts.pass, failed: counts.fail, skipped: counts.skip, report };
}

/** Runs the TypeScript tests with Vitest, which prints as it goes, and reads its counts. */
export async function vitest(node, filters) {
  const folder = mkdtempSync(join(tmpdir(), "sluice-vitest-"));
  const report = join(folder, "report.json");
  try {
    const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...filters];
    await new Promise((resolve, reject) => {
      const child = spawn(node, [bin("vitest/vitest.mjs"), ...args], {
        cwd: root,
        stdio: ["ignore", "inherit", "inherit"],
      });
      child.on("error", reject);
      child.on("close", resolve);
    });
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, success } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    const broken = !success && numFailedTests === 0 ? Math.max(1, numFailedTestSuites) : 0;
    return { name: "vitest", passed: numPassedTests, failed: numFailedTests + broken, skipped: numPendingTests };
  } catch (error) {
    process.stdout.write(`${red("✗")} vitest gave no report: ${error.message}\n`);
    return { name: "vitest", passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints what ran against what, and the counts; gives the exit code. */
export async function summary(results, { go, seconds }) {
  const total = (key) => results.reduce((sum, result) => sum + (result[key] ?? 0), 0);
  const version = async (file, ...args) => (await run(file, args)).trim().split("\n")[0];
  const { SLUICE_REDIS: redis, SLUICE_KUSTOMIZE: kustomize, SLUICE_HELM: helm } = process.env;
  const initdb = postgres();
  const real = [
    await version("git", "--version"),
    await version(redis, "--version"),
    initdb
      ? (await version(initdb, "--version")).replace("initdb (PostgreSQL)", "PostgreSQL")
      : "no PostgreSQL server here, so",
    "PGlite embedded",
    `kustomize ${await version(kustomize, "version")}`,
    `helm ${await version(helm, "version", "--short")}`,
  ];
  process.stdout.write(`\nIn ${seconds.toFixed(0)} s, against the real thing: ${real.join("; ")}.\n`);
  if (!go) process.stdout.write("Not run: go vet and go test, because there is no Go ≥ 1.26.\n");
  for (const { name, passed, failed, skipped } of results) {
    process.stdout.write(
      dim(`  ${name}: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}\n`),
    );
  }
  process.stdout.write(`${total("passed")} passed, ${total("failed")} failed\n`);
  return total("failed") === 0 && total("passed") > 0 ? 0 : 1;
}

/** Runs a command, line by line of its output; gives what went wrong, if anything. What it says beside that passes. */
function lines(file, args, options, onLine) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "inherit"] });
    createInterface({ input: child.stdout }).on("line", (line) => line && onLine(line));
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) =>
      resolve(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`),
    );
  });
}
