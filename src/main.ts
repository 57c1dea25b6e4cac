import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { Fault } from "./model/errors.ts";
import { readSettings } from "./settings.ts";
import { type RunningSluice, startSluice } from "./wiring/server.ts";

/**
 * After a stop signal everything must have ended by then, in milliseconds; shorter than the 40 s that
 * `docker-compose.yml` grants.
 */
const stopMs = 35_000;

/** By how much the heap may grow until it is looked through again for what is no longer needed. */
const heapGrowthPercent = 50;

/**
 * Runs the server until `stop` aborts, then ends it gracefully. Throws a `usage` UserError for settings that are
 * missing or placeholders, and a Fault when the server does not end in time.
 */
export async function serve(
  environment: Readonly<Record<string, string | undefined>>,
  stop: AbortSignal,
  onReady: (running: RunningSluice) => void,
): Promise<void> {
  // By default memory that is no longer needed may come to three times what is, where the machine has enough.
  setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`);
  // What it writes holds what is in private repositories.
  process.umask(0o077);
  const settings = readSettings(environment, (path) => readFileSync(path, "utf8"));
  const running = await startSluice(settings);
  onReady(running);
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
  const deadline = Promise.withResolvers<never>();
  const late = new Fault("timeout", `still running ${stopMs} ms after the stop`);
  const timer = setTimeout(() => deadline.reject(late), stopMs);
  try {
    await Promise.race([running.close(), deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}
