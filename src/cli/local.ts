import type { Renderer } from "../model/render.ts";
import type { LocalEdges } from "../wiring/local.ts";
import { cacheFolder } from "./cache-folder.ts";
import type { CommandContext } from "./command.ts";
import { type Git, gitOf, type Located, locate } from "./git.ts";
import { commandLog } from "./log.ts";

/** A repository on this machine with the edges that read and render it. */
export interface Local {
  readonly place: Located;
  readonly repository: ReturnType<LocalEdges["repository"]>;
  readonly renderer: Renderer;
  readonly git: Git;
}

/** Opens the repository that `folder` is in, lets `use` work on it, and ends the helper processes however that went. */
export async function withLocal<T>(
  context: Pick<CommandContext, "env" | "signal" | "stderr" | "debug" | "start" | "openLocal">,
  folder: string,
  use: (local: Local) => Promise<T>,
): Promise<T> {
  const git = gitOf(context);
  // Git looks for the repository while the edges are loaded.
  const [place, wiring] = await Promise.all([locate(folder, git), import("../wiring/local.ts")]);
  const { openLocal = wiring.openLocal } = context;
  const edges = openLocal({
    cacheDir: cacheFolder("renders", context.env),
    log: commandLog(context.stderr, context.debug),
    start: context.start,
  });
  try {
    return await use({ place, repository: edges.repository(place.gitDir), renderer: edges.renderer, git });
  } finally {
    await edges.close();
  }
}
