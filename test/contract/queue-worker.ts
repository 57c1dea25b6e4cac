import { handlers, openQueue } from "./queue-fixture.ts";

// A worker that takes jobs and never ends them, for a test to kill: argv has the store (JSON) and the prefix.
const [store = "", prefix = ""] = process.argv.slice(2);
const queue = await openQueue(JSON.parse(store), prefix, { locks: { lockMs: 2_000, checkEveryMs: 500 } });
const hang = async (job: { readonly type: string }) => {
  process.stdout.write(`took ${job.type}\n`);
  await new Promise(() => undefined);
};
await queue.start(handlers({ delivery: hang, preview: hang }));
await queue.add({ type: "delivery", id: "killed-1", event: "push", payload: "{}" });
