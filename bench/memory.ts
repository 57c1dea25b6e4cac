import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/** Peak resident size of a process, in MiB; `undefined` where the system does not tell (it does on Linux). */
export function peakMegabytes(pid: number | "self"): number | undefined {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8"))?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
}

/** The highest peak of each program among this process's children, by its name. */
export function childPeaks(): ReadonlyMap<string, number> {
  const file = `/proc/self/task/${process.pid}/children`;
  const peaks = new Map<string, number>();
  if (!existsSync(file)) return peaks;
  for (const pid of readFileSync(file, "utf8").split(" ").filter(Boolean)) {
    const command = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "";
    const name = basename(command.split("\0")[0] ?? "");
    const peak = peakMegabytes(Number(pid));
    if (name !== "" && peak !== undefined) peaks.set(name, Math.max(peak, peaks.get(name) ?? 0));
  }
  return peaks;
}
