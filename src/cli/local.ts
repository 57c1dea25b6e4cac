import type { Renderer } from "../model/render.ts";
import type { Repository } from "../model/tree.ts";
import { cacheFolder } from "./cache-folder.ts";
import type { CommandContext } from "./command.ts";
import { type Located, locate } from "./git.ts";
import { commandLog } from "./log.ts";

/** A repository on this machine with the edges that read and render it. */
export interface Local {
  readonly place: Located;
  readonly repository: Repository;
  readonly renderer: Renderer;
}

/** Opens the repository that `folder` is in, lets `use` work on it, and ends the helper processes however that went. */
export async function withLocal<T>(
  context: Pick<CommandContext, "env" | "signal" | "stderr" | "debug">,
  folder: string,
  use: (local: Local) => Promise<T>,
): Promise<T> {
  // Git looks for the repository while the edges are loaded.
  const [place, { openLocal }] = await Promise.all([locate(folder, context.signal), import("../wiring/local.ts")]);
  const edges = openLocal({
    cacheDir: cacheFolder("renders", context.env),
    log: commandLog(context.stderr, context.debug),
  });
  try {
    return await use({ place, repository: edges.repository(place.gitDir), renderer: edges.renderer });
  } finally {
    await edges.close();
  }
}
