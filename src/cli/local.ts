import type { Renderer } from "../model/render.ts";
import type { Sources } from "../model/sources.ts";
import type { LocalEdges, LocalSources } from "../wiring/local.ts";
import { cacheFolder } from "./cache-folder.ts";
import type { CommandContext } from "./command.ts";
import { type Git, gitOf, type Located, locate } from "./git.ts";
import { commandLog } from "./log.ts";

/** A repository on this machine with the edges that read and render it. */
export interface Local {
  readonly place: Located;
  readonly repository: ReturnType<LocalEdges["repository"]>;
  readonly renderer: Renderer;
  readonly sources: Sources | undefined;
  readonly git: Git;
  readonly env: CommandContext["env"];
  /** Starts an engine while something else is done. */
  startEngine(): void;
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
    sources: sourcesOf(context.env),
  });
  try {
    return await use({
      place,
      repository: edges.repository(place.gitDir),
      renderer: edges.renderer,
      sources: edges.sources,
      git,
      env: context.env,
      startEngine: () => edges.startEngine(),
    });
  } finally {
    await edges.close();
  }
}

/**
 * What is remote is fetched with the user's own rights. `SLUICE_SOURCES_ALLOW` names addresses that a change may bring
 * in, `SLUICE_SOURCES_PRIVATE` hosts at private addresses, `SLUICE_SOURCES_CA` further authorities; `SLUICE_OFFLINE`
 * leaves the network alone.
 */
export function sourcesOf(env: CommandContext["env"]): LocalSources {
  const list = (text: string | undefined) => (text ?? "").split(",").flatMap((one) => one.trim() || []);
  const ca = env.SLUICE_SOURCES_CA;
  const settings = {
    allow: list(env.SLUICE_SOURCES_ALLOW),
    private: list(env.SLUICE_SOURCES_PRIVATE),
    credentials: [],
    mirrors: [],
    ...(ca && { ca }),
  };
  return { root: cacheFolder("sources", env), settings, offline: /^(?:1|true)$/.test(env.SLUICE_OFFLINE ?? ""), env };
}
