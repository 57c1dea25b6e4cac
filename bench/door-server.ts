import { once } from "node:events";
import { createLogger, createMetrics } from "../src/observe/index.ts";
import { createQueue } from "../src/queue/index.ts";
import { createWeb, serveWeb } from "../src/web/index.ts";

// The door as `serve` runs it with the role `all`, for `door.ts` to measure from outside; argv has the store (JSON) and the secret. Ends when stdin does.
const [store = "", secret = ""] = process.argv.slice(2);
const metrics = createMetrics();
const log = createLogger({ level: "warn", pretty: false, destination: process.stderr });
const queue = await createQueue({
  backend: JSON.parse(store),
  prefix: `bench-${process.pid}`,
  concurrency: {
    delivery: 4,
    preview: 2,
    command: 2,
    promotions: 1,
    gates: 2,
    chain: 1,
    registry: 4,
    watch: 1,
    image: 2,
    "image-pull": 1,
    wake: 1,
  },
  deadlines: {
    delivery: 60_000,
    preview: 60_000,
    command: 60_000,
    promotions: 60_000,
    gates: 60_000,
    chain: 60_000,
    registry: 60_000,
    watch: 60_000,
    image: 60_000,
    "image-pull": 60_000,
    wake: 60_000,
  },
  events: { announce: () => undefined },
  log,
  metrics,
});
const nothing = async (): Promise<void> => undefined;
await queue.start({
  delivery: nothing,
  preview: nothing,
  command: nothing,
  promotions: nothing,
  gates: nothing,
  chain: nothing,
  registry: nothing,
  watch: nothing,
  image: nothing,
  "image-pull": nothing,
  wake: nothing,
});
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
