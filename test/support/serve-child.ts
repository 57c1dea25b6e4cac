/**
 * A server as a process of its own, so that tests can kill it. Reads its settings from the environment and from the
 * file that it names; prints its URL when it is up. Ends gracefully on SIGTERM.
 */
import { readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { z } from "zod";
import { readSettings } from "../../src/settings.ts";
import { startSluice } from "../../src/wiring/server.ts";

/** What tests say of this process beside its settings: how far its clock is off, and the times of deploys. */
const own = z
  .object({ skewMs: z.number().default(0), deploys: z.looseObject({}).default({}) })
  .parse(JSON.parse(process.env.TEST_SERVER ?? "{}"));

const settings = readSettings(process.env, (path) => readFileSync(path, "utf8"));
const running = await startSluice(settings, {
  locks: { lockMs: 2_000, checkEveryMs: 500 },
  graceMs: 1_000,
  // Requests are held until the crash, however long it takes on a busy machine until the last of them hangs.
  answerMs: 600_000,
  // Long beside what a store needs, and an end for the delivery that comes while it is away.
  storeMs: 15_000,
  clock: () => Date.now() + own.skewMs,
  deploys: own.deploys,
});
process.once("SIGTERM", () => void running.close());
// For the next one: a process that is killed keeps nothing.
flushCompileCache();
process.stdout.write(`up ${running.url}\n`);
