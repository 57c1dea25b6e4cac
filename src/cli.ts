import { enableCompileCache } from "node:module";
import { cacheFolder } from "./cli/cache-folder.ts";

// Keeps compiled code between runs, which starts large commands twice as fast. What cannot be kept is compiled again.
enableCompileCache(cacheFolder("node", process.env));
const { runCli } = await import("./cli/run.ts");

/**
 * A second signal this many milliseconds after the first exits at once. A terminal and a parent process may both send
 * the first one.
 */
const forceExitAfterMs = 500;

const interrupt = new AbortController();
let interruptedAt = 0;
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, () => {
    if (interrupt.signal.aborted && performance.now() - interruptedAt > forceExitAfterMs) process.exit(code);
    if (!interrupt.signal.aborted) interruptedAt = performance.now();
    interrupt.abort(new Error(`stopped by ${signal}`));
  });
}

// The reader of the output may stop reading (`sluice targets | head -1`): that ends the work and is not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
}

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: interrupt.signal,
});
