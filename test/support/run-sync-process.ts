// The process of `runSync`: runs one program after the other, and ends with the process that it belongs to.

import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { receive, send, syncOrder } from "./sync-pipe.ts";

const [orders = "", results = ""] = process.argv.slice(2);
const from = openSync(orders, "r");
const to = openSync(results, "w");
const none = new Uint8Array();

for (let order = receive(from); order !== undefined; order = receive(from)) {
  const { file, args, ...options } = syncOrder.parse(order);
  const run = spawnSync(file, args, { ...options, maxBuffer: 1 << 28 });
  // Where it could not be run there is no output, whatever the types say.
  send(to, { status: run.status, stdout: run.stdout ?? none, stderr: run.stderr ?? none, error: run.error?.message });
}
