import { once } from "node:events";
import { createLogger, createMetrics } from "../src/observe/index.ts";
import { createQueue } from "../src/queue/index.ts";
import { createWeb, serveWeb } from "../src/web/index.ts";
import { handlers } from "../test/contract/queue-fixture.ts";

// The door as `serve` runs it with the role `all`, for `door.ts` to measure from outside; argv has the store (JSON) and
// the secret. Ends when stdin does.
const [store = "", secret = ""] = process.argv.slice(2);
const metrics = createMetrics();
const log = createLogger({ level: "warn", pretty: false, destination: process.stderr });
const queue = await createQueue({
  backend: JSON.parse(store),
  prefix: `bench-${process.pid}`,
  concurrency: 2,
  events: { announce: () => undefined },
  log,
  metrics,
});
await queue.start(handlers({}));
const web = await serveWeb(
  createWeb({ events: new Set(["pull_request"]), queue, webhookSecret: secret, metrics, log }),
  { port: 0, host: "127.0.0.1" },
);
process.stdout.write(`${web.url}\n`);
process.stdin.resume();
await once(process.stdin, "end");
process.stdout.write(`${process.resourceUsage().maxRSS}\n`);
await web.close(0);
await queue.close(1_000);
process.exit(0);
