import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { performance } from "node:perf_hooks";

/**
 * Milliseconds that bare `kustomize build` processes take for these folders, run by `xargs -P<cores>` with nothing
 * else.
 */
export async function bareProcesses(kustomize: string, folders: readonly string[]): Promise<number> {
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const child = spawn("xargs", ["-P", String(cpus().length), "-I{}", kustomize, "build", "{}"], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`xargs ended with ${code}`))));
    child.stdin.end(folders.join("\n"));
  });
  return performance.now() - started;
}

/** The middle of some measurements. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Runs `measure` this many times and gives the middle. */
export async function repeated(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let index = 0; index < times; index += 1) values.push(await measure());
  return median(values);
}
