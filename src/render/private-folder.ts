import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";

/**
 * Makes a folder that nobody but its owner can read, or tightens the one that is there. A folder of somebody else's, as
 * a volume may be, stays as it is. Errors are those of the file system.
 */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  tighten(path, 0o700);
}

/** The same of a file, which is made empty where there is none. */
export function makePrivateFile(path: string): void {
  closeSync(openSync(path, "a", 0o600));
  tighten(path, 0o600);
}

function tighten(path: string, to: number): void {
  const { mode, uid } = statSync(path);
  if ((mode & 0o077) !== 0 && uid === process.getuid?.()) chmodSync(path, to);
}
