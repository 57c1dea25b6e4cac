// Where things are: this checkout, and the per-user cache that all checkouts share.

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
export const userCache = process.env.SLUICE_CACHE ?? join(caches, "sluice");

/** The engine, as this checkout's programs look for it. */
export const engineLink = join(root, ".cache", "engine", exe("sluice-engine"));

/** The name of a program's file on this platform. */
export function exe(name) {
  return process.platform === "win32" ? `${name}.exe` : name;
}

/** The Node that Sluice runs on: the one that the `node` package carries, else the running one if it is new enough. */
export function nodeBinary() {
  const carried = join(root, "node_modules", "node", "bin", exe("node"));
  if (existsSync(carried)) return carried;
  return Number(process.versions.node.split(".")[0]) >= 26 ? process.execPath : undefined;
}
