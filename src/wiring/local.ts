import type { StartProcess } from "../git/process.ts";
import { type LocalRepository, openRepository } from "../git/repository.ts";
import type { Logger } from "../model/observe.ts";
import type { Renderer } from "../model/render.ts";
import type { SourceSettings } from "../model/source-settings.ts";
import { replanningRenderer } from "../targets/replanning-renderer.ts";

/** The edges that the command line works with: local git and the engine. */
export interface LocalEdges {
  /** Rejects with an `unavailable` Fault on first use when there is no engine. */
  readonly renderer: Renderer;
  /** The repository that a folder is or lies in. */
  repository(dir: string): LocalRepository;
  close(): Promise<void>;
}

/** How the command line opens its edges. */
export interface LocalOptions {
  readonly cacheDir: string;
  readonly log: Logger;
  readonly workers?: number;
  /** What starts git; default: this process. */
  readonly start?: StartProcess | undefined;
  /** Remote sources; without them nothing is fetched. */
  readonly sources?: LocalSources;
}

/** Remote sources for the command line. */
export interface LocalSources {
  /** The folder where they are kept between runs. */
  readonly root: string;
  readonly settings: SourceSettings;
  readonly offline: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Opens local git and the engine, without GitHub, queue or web. */
export function openLocal(options: LocalOptions): LocalEdges {
  const renderer = replanningRenderer(lazyRenderer(options));
  const opened = new Map<string, LocalRepository>();
  return {
    renderer,
    repository: (dir) => {
      const repository = opened.get(dir) ?? openRepository(dir, { start: options.start });
      opened.set(dir, repository);
      return repository;
    },
    close: async () => {
      await Promise.all([renderer.close(), ...[...opened.values()].map((repository) => repository.close())]);
    },
  };
}

/** Loads the renderer at its first use: most commands that only read need none of it. */
function lazyRenderer(options: LocalOptions): Renderer {
  let opened: Promise<Renderer> | undefined;
  const renderer = (): Promise<Renderer> => {
    opened ??= openRenderer(options);
    return opened;
  };
  return {
    known: async (spec, source) => (await renderer()).known(spec, source),
    render: async (spec, source, signal) => (await renderer()).render(spec, source, signal),
    fresh: async (spec, source, signal) => (await renderer()).fresh(spec, source, signal),
    yaml: async (spec, source, signal) => (await renderer()).yaml(spec, source, signal),
    close: async () => {
      // A renderer that could not be opened was reported to whoever asked for it.
      await opened?.then(
        (one) => one.close(),
        () => undefined,
      );
    },
  };
}

async function openRenderer(options: LocalOptions): Promise<Renderer> {
  const [{ engineBinary }, { createRenderer }] = await Promise.all([
    import("../render/binary.ts"),
    import("../render/renderer.ts"),
  ]);
  const { sources: remote, log, start, ...rest } = options;
  if (remote === undefined) return createRenderer({ binary: engineBinary(process.env), log, ...rest });
  const [{ openSources }, { gitCredentials, loginsOf }, { remoteRenderer }] = await Promise.all([
    import("./sources.ts"),
    import("./local-sources.ts"),
    import("../sources/index.ts"),
  ]);
  const { env, root, settings, offline } = remote;
  const registries = loginsOf(env, log);
  const findCredentials = gitCredentials(env, start);
  const opened = openSources({ root, settings, offline, registries, findCredentials, log, start, clock: Date.now });
  const sources = opened.store.objects;
  return remoteRenderer(createRenderer({ binary: engineBinary(process.env), log, sources, ...rest }), opened.sources);
}
