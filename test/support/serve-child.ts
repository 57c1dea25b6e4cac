/**
 * A server as a process of its own, so that tests can kill it. Reads its settings from the environment; prints its URL
 * when it is up.
 */
import { readSettings } from "../../src/settings.ts";
import { startSluice } from "../../src/wiring/server.ts";

const settings = readSettings(process.env, () => "");
const running = await startSluice(settings, { locks: { lockMs: 2_000, checkEveryMs: 500 }, graceMs: 1_000 });
process.stdout.write(`up ${running.url}\n`);
process.on("SIGTERM", () => {
  running.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
