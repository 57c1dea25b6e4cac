import { enableCompileCache } from "node:module";
import { cacheFolder } from "./cli/cache-folder.ts";

// Compiled code is kept between runs, which makes the start three times as quick. What cannot be kept is compiled again.
enableCompileCache(cacheFolder("node", process.env));
const { runCli } = await import("./cli/run.ts");

/** A second Ctrl-C this many milliseconds after the first ends at once. A terminal and a parent process may both pass on the first. */
const PATIENCE = 500;

const interrupt = new AbortController();
let interruptedAt = 0;
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, () => {
    if (interrupt.signal.aborted && performance.now() - interruptedAt > PATIENCE) process.exit(code);
    if (!interrupt.signal.aborted) interruptedAt = performance.now();
    interrupt.abort(new Error(`stopped by ${signal}`));
  });
}

// Whoever reads our output may stop reading (`sluice targets | head -1`): that ends the work and is no error.
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
