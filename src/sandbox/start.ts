import type { LocalGitHub, LocalGitHubOptions } from "./types.ts";

/** Starts a local GitHub on loopback. Rejects when the port is taken or git is missing. */
export function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  return Promise.reject(new Error(`not built yet: ${options.dataDir}`));
}
