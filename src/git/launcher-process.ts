// The launcher's own process: starts what it is told to, and tells how it ended. It ends with the process that it
// belongs to, and takes along what it started.

import type { LauncherOrder, LauncherReport } from "./launcher-orders.ts";
import { type RunningProcess, startProcess } from "./process.ts";

const running = new Map<number, RunningProcess>();

process.on("message", (order: LauncherOrder) => {
  if (order.kind === "kill") running.get(order.id)?.kill();
  else start(order);
});

process.on("disconnect", () => {
  for (const one of running.values()) one.kill();
  process.exit();
});

function start({ id, ...run }: Extract<LauncherOrder, { readonly kind: "start" }>): void {
  const one = startProcess({ ...run, onStart: (pid) => tell({ kind: "started", id, pid }) });
  running.set(id, one);
  one.ended
    .then(
      (end) => tell({ kind: "ended", id, ...end }),
      (error: unknown) => tell({ kind: "failed", id, error }),
    )
    .finally(() => running.delete(id));
}

function tell(report: LauncherReport): void {
  // Without a listener, a channel that was closed meanwhile would be an error of its own.
  process.send?.(report, undefined, undefined, () => undefined);
}
