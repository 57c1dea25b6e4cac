import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";

/** How long something may take, in milliseconds. */
export interface Limit {
  /** Of processor time: on a busy machine nothing else tells slow from endless. */
  readonly cpu: number;
  /** After this the process is looked at. */
  readonly wall: number;
}

/** A process that takes less of the processor than this waits for something that does not come. */
const idle = 0.02;
const mostLooks = 20;

/** Calls `late` once when a process takes too long from now on. Gives what ends the watch. */
export function watch(child: ChildProcess, { cpu, wall }: Limit, late: () => void): () => void {
  const before = cpuOf(child.pid);
  let looks = 0;
  const timer = setInterval(() => {
    looks += 1;
    const now = cpuOf(child.pid);
    const used = before === undefined || now === undefined ? undefined : now - before;
    const slow = used !== undefined && used <= cpu && used >= idle * wall * looks && looks < mostLooks;
    if (slow) return;
    clearInterval(timer);
    late();
  }, wall);
  return () => clearInterval(timer);
}

/** Milliseconds of processor time of a process, as Linux tells it in ticks of 10 ms; `undefined` elsewhere. */
function cpuOf(pid: number | undefined): number | undefined {
  if (process.platform !== "linux" || pid === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13);
    return (Number(user) + Number(system)) * 10;
  } catch {
    return undefined;
  }
}
