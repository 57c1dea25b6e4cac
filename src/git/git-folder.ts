import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder that all work trees of a repository share, for its git folder or the top of a checkout. */
function sharedFolder(directory: string): string {
  const checkout = join(directory, ".git");
  const folder = existsSync(join(checkout, "HEAD")) ? checkout : directory;
  const link = join(folder, "commondir");
  return existsSync(link) ? resolve(folder, readFileSync(link, "utf8").trim()) : folder;
}

/** Whether a repository lacks the history before some commits (`--depth`). */
export function isShallow(directory: string): boolean {
  return existsSync(join(sharedFolder(directory), "shallow"));
}

/** Whether a repository leaves objects with a server until they are read (`--filter`). */
export function isPartial(directory: string): boolean {
  const config = join(sharedFolder(directory), "config");
  return existsSync(config) && /^\s*(?:promisor|partialclone)\b/im.test(readFileSync(config, "utf8"));
}
