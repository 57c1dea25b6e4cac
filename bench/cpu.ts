import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks in a second, as `/proc` counts them on Linux. */
const ticks = 100;

/**
 * Milliseconds of CPU (user and system) that this process, its children that have ended and those that run have used so
 * far. Only on Linux.
 */
export function cpuMilliseconds(): number {
  const own = statOf(process.pid);
  const running = children(process.pid).map((pid) => statOf(pid));
  const used = [own.own, own.ended, ...running.flatMap((one) => [one.own, one.ended])];
  return (used.reduce((sum, one) => sum + one, 0) * 1000) / ticks;
}

function children(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}

/** Ticks of a process itself, and of its children that have ended. */
function statOf(pid: number): { readonly own: number; readonly ended: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return { own: user + system, ended: endedUser + endedSystem };
}
