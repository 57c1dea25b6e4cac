// `npm run mutate -- <folders>`: sets up, then tries small faults in the code and names those that no unit test
// notices. `-- --help` says more.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { failed, setUp } from "./bootstrap.mjs";
import { nodeBinary, root } from "./lib/places.mjs";

async function main() {
  const print = process.stdout.write;
  // What the set-up says is not part of the result.
  if (process.argv.includes("--json")) process.stdout.write = process.stderr.write.bind(process.stderr);
  await setUp();
  process.stdout.write = print;
  const args = [join(root, "scripts", "mutate", "main.ts"), ...process.argv.slice(2)];
  const child = spawn(nodeBinary(), args, { stdio: "inherit" });
  // Ctrl-C reaches the child by itself; it prints what it knows, and this process waits for that.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.exitCode = failed(error);
  },
);
