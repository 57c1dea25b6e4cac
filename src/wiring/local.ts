import type { StartProcess } from "../git/process.ts";
import { type LocalRepository, openRepository } from "../git/repository.ts";
import type { Logger } from "../model/observe.ts";
import type { Renderer } from "../model/render.ts";
import type { SourceSettings } from "../model/source-settings.ts";
import type { Sources } from "../model/sources.ts";
import { replanningRenderer } from "../targets/replanning-renderer.ts";

/** The edges that the command line works with: local git and the engine. */
export interface LocalEdges {
  /** Rejects with an `unavailable` Fault on first use when there is no engine. */
  readonly renderer: Renderer;
  /** Opened at the first use; absent without settings for them. */
  readonly sources: Sources | undefined;
  /** Starts an engine where nothing is kept, while something else is done: its start takes a while. */
  startEngine(): void;
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
  const { sources: remote, log, start } = options;
  const sources = remote && lazySources(new Opening(() => openRemote(remote, log, start)));
  const opening = new Opening(() => openEngine(options, sources));
  const renderer = replanningRenderer(lazyRenderer(opening));
  const opened = new Map<string, LocalRepository>();
  // As the user's own git would.
  const promised = remote && { env: remote.env, offline: remote.offline };
  return {
    renderer,
    sources,
    startEngine: () => {
      // Whoever renders is told what is wrong with it.
      opening
        .get()
        .then(({ prepare }) => prepare())
        .catch(() => undefined);
    },
    repository: (dir) => {
      const repository = opened.get(dir) ?? openRepository(dir, { start, promised });
      opened.set(dir, repository);
      return repository;
    },
    close: async () => {
      await Promise.all([renderer.close(), ...[...opened.values()].map((repository) => repository.close())]);
      await sources?.close();
    },
  };
}

/** Opens at the first use: most commands that only read need none of it. */
class Opening<T> {
  readonly #open: () => Promise<T>;
  #asked: Promise<T> | undefined;

  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  get(): Promise<T> {
    this.#asked ??= this.#open();
    return this.#asked;
  }

  /** What was opened; nothing where nobody asked, or where it could not be opened, as whoever asked was told. */
  async opened(): Promise<T | undefined> {
    return this.#asked?.catch(() => undefined);
  }
}

interface OpenEngine {
  readonly renderer: Renderer;
  /** Starts an engine process, where one is needed to find what is kept. */
  prepare(): Promise<void>;
}

function lazyRenderer(opening: Opening<OpenEngine>): Renderer {
  return {
    known: async (spec, source) => (await opening.get()).renderer.known(spec, source),
    render: async (spec, source, signal) => (await opening.get()).renderer.render(spec, source, signal),
    fresh: async (spec, source, signal) => (await opening.get()).renderer.fresh(spec, source, signal),
    yaml: async (spec, source, signal) => (await opening.get()).renderer.yaml(spec, source, signal),
    close: async () => {
      await (await opening.opened())?.renderer.close();
    },
  };
}

/** Most repositories name nothing remote, and what speaks to networks takes long to load. */
function lazySources(opening: Opening<Sources>): Sources {
  return {
    objects: { read: async (oid) => (await opening.get()).objects.read(oid) },
    pin: async (request, policy, signal) => (await opening.get()).pin(request, policy, signal),
    close: async () => {
      await (await opening.opened())?.close();
    },
  };
}

async function openEngine(options: LocalOptions, sources: Sources | undefined): Promise<OpenEngine> {
  const [{ engineBinary }, { createRenderer }, { remoteRenderer }] = await Promise.all([
    import("../render/binary.ts"),
    import("../render/renderer.ts"),
    import("../sources/remote-renderer.ts"),
  ]);
  const { cacheDir, log, workers } = options;
  const engine = createRenderer({
    ...{ binary: engineBinary(process.env), cacheDir, log },
    ...(workers !== undefined && { workers }),
    ...(sources !== undefined && { sources: sources.objects }),
  });
  const prepare = () => engine.prepare();
  if (sources === undefined) return { renderer: engine, prepare };
  // They are closed by who opened them.
  const { objects, pin } = sources;
  return { renderer: remoteRenderer(engine, { objects, pin, close: () => Promise.resolve() }), prepare };
}

async function openRemote(remote: LocalSources, log: Logger, start: StartProcess | undefined): Promise<Sources> {
  const [{ openSources }, { gitCredentials, loginsOf }] = await Promise.all([
    import("./sources.ts"),
    import("./local-sources.ts"),
  ]);
  const { env, root, settings, offline } = remote;
  const registries = loginsOf(env, log);
  const findCredentials = gitCredentials(env, start);
  return openSources({ root, settings, offline, registries, findCredentials, log, start, clock: Date.now }).sources;
}
