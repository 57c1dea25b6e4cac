import { homedir } from "node:os";
import { join } from "node:path";

/**
 * A folder where the command line keeps something between runs: in `$SLUICE_CACHE`, else in the user's cache folder.
 */
export function cacheFolder(
  name: "renders" | "sources" | "node",
  env: Readonly<Record<string, string | undefined>>,
): string {
  const caches = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(env.SLUICE_CACHE || join(caches, "sluice"), name);
}
