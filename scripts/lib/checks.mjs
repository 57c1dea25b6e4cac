// The checks that `npm test` is made of. Each gives `{name, passed, failed, ran?}`; what fails prints its output at once.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dim, green, red, run } from "./console.mjs";
import { root } from "./places.mjs";
import { postgres } from "./tools.mjs";

const engine = join(root, "engine");
const bin = (name) => join(root, "node_modules", ...name.split("/"));

/** `tsc`, Biome, the dead-code check and `go vet`: each counts as one. */
export async function staticChecks(node, go) {
  const checks = [
    ["types (tsc)", node, [bin("typescript/bin/tsc"), "--noEmit", "-p", "."], root],
    ["lint and format (biome)", node, [bin("@biomejs/biome/bin/biome"), "check", "--error-on-warnings"], root],
    ["dead code (knip)", node, [bin("knip/bin/knip.js"), "--no-progress"], root],
    ["generated pages are current", node, ["scripts/generate.ts", "--check"], root],
    ...(go ? [["go vet", "go", ["vet", "./..."], engine]] : []),
  ];
  const results = [];
  for (const [name, file, args, cwd] of checks) results.push(await check(name, file, args, cwd));
  return results;
}

async function check(name, file, args, cwd) {
  const started = Date.now();
  try {
    await run(file, args, { cwd });
    process.stdout.write(`${green("✓")} ${name} ${dim(`${((Date.now() - started) / 1000).toFixed(1)} s`)}\n`);
    return { name, passed: 1, failed: 0 };
  } catch (error) {
    process.stdout.write(`${red("✗")} ${name}\n${error.message}\n`);
    return { name, passed: 0, failed: 1 };
  }
}

/** Compiles the engine's tests, so that running them is all that the test time holds. */
export async function compileGoTests() {
  await run("go", ["test", "-count=1", "-run=^$", "./..."], { cwd: engine });
}

/** Runs the engine's tests and counts the top-level ones and their cases. */
export async function goTests() {
  const counts = { pass: 0, fail: 0, skip: 0 };
  const output = new Map();
  await lines("go", ["test", "-count=1", "-json", "./..."], engine, (line) => {
    const event = line.startsWith("{") ? JSON.parse(line) : { Action: "output", Output: `${line}\n` };
    const key = `${event.Package ?? ""}/${event.Test ?? ""}`;
    if (event.Output) output.set(key, (output.get(key) ?? "") + event.Output);
    if (event.Action === "fail") process.stdout.write(`${red("✗")} ${key}\n${output.get(key) ?? ""}`);
    // A package that fails with no test at fault (it did not compile, say) counts as one failure.
    if (event.Action in counts && (event.Test || (event.Action === "fail" && counts.fail === 0)))
      counts[event.Action] += 1;
  });
  process.stdout.write(`${counts.fail ? red("✗") : green("✓")} engine's tests (go test): ${counts.pass} passed\n`);
  return { name: "go test", passed: counts.pass, failed: counts.fail, skipped: counts.skip };
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
  if (!go) process.stdout.write("Not run: go vet and go test, because no Go ≥ 1.26 is on the PATH.\n");
  for (const { name, passed, failed, skipped } of results) {
    process.stdout.write(
      dim(`  ${name}: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}\n`),
    );
  }
  process.stdout.write(`${total("passed")} passed, ${total("failed")} failed\n`);
  return total("failed") === 0 && total("passed") > 0 ? 0 : 1;
}

function lines(file, args, cwd, onLine) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
    let rest = "";
    child.stdout.on("data", (chunk) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) if (part) onLine(part);
    });
    child.on("error", reject);
    child.on("close", resolve);
  });
}
