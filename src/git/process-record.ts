import { readFile, rm, writeFile } from "node:fs/promises";

/** Writes down which git process works on a mirror, so that it is found if this process dies before it. */
export async function noteWorker(file: string, pid: number): Promise<void> {
  await writeFile(file, `${pid} ${(await startTime(pid)) ?? ""}`);
}

/**
 * Kills the git process (with its group) that a dead host left at work on a mirror, and forgets it. The caller holds
 * the mirror's lock, so the one written down belongs to nobody alive. Where the system does not tell when a process
 * started, nothing is killed.
 */
export async function killOrphan(file: string): Promise<void> {
  const note = await readFile(file, "utf8").catch(() => "");
  const [pid, started] = note.split(" ");
  if (pid !== undefined && started !== undefined && started !== "" && (await startTime(Number(pid))) === started) {
    try {
      process.kill(-Number(pid), "SIGKILL");
    } catch (error) {
      // It may have ended between the look and the kill.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
  await rm(file, { force: true });
}

/** When a process started, in the kernel's ticks; tells it from a later one with the same id. */
async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}
