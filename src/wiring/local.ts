import type { StartProcess } from "../git/process.ts";
import { type LocalRepository, openRepository } from "../git/repository.ts";
import { Fault } from "../model/errors.ts";
import type { Logger } from "../model/observe.ts";
import type { Renderer } from "../model/render.ts";
import type { SourceSettings } from "../model/source-settings.ts";
import type { Sources } from "../model/sources.ts";
import { replanningRenderer } from "../targets/replanning-renderer.ts";

/** The edges that the command line works with: local git and the engine. */
export interface LocalEdges {
  /** Rejects with an `unavailable` Fault on first use when there is no engine. */
  readonly renderer: Renderer;
  /** Opened at the first use. */
  readonly sources: Sources | undefined;
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
  const opening = new Opening(() => openEdges(options));
  const renderer = replanningRenderer(lazyRenderer(opening));
  const opened = new Map<string, LocalRepository>();
  const { start, sources } = options;
  // As the user's own git would.
  const promised = sources && { env: process.env, offline: sources.offline };
  return {
    renderer,
    sources: options.sources === undefined ? undefined : lazySources(opening),
    repository: (dir) => {
      const repository = opened.get(dir) ?? openRepository(dir, { start, promised });
      opened.set(dir, repository);
      return repository;
    },
    close: async () => {
      await Promise.all([renderer.close(), ...[...opened.values()].map((repository) => repository.close())]);
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

interface OpenEdges {
  readonly renderer: Renderer;
  readonly sources?: Sources;
}

function lazyRenderer(opening: Opening<OpenEdges>): Renderer {
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

function lazySources(opening: Opening<OpenEdges>): Sources {
  const opened = async (): Promise<Sources> => {
    const { sources } = await opening.get();
    if (sources === undefined) throw new Fault("bug", "remote sources were not opened");
    return sources;
  };
  return {
    objects: { read: async (oid) => (await opened()).objects.read(oid) },
    pin: async (request, policy, signal) => (await opened()).pin(request, policy, signal),
    // The renderer closes them.
    close: () => Promise.resolve(),
  };
}

async function openEdges(options: LocalOptions): Promise<OpenEdges> {
  const [{ engineBinary }, { createRenderer }] = await Promise.all([
    import("../render/binary.ts"),
    import("../render/renderer.ts"),
  ]);
  const { sources: remote, log, start, ...rest } = options;
  if (remote === undefined) return { renderer: createRenderer({ binary: engineBinary(process.env), log, ...rest }) };
  const [{ openSources }, { gitCredentials, loginsOf }, { remoteRenderer }] = await Promise.all([
    import("./sources.ts"),
    import("./local-sources.ts"),
    import("../sources/index.ts"),
  ]);
  const { env, root, settings, offline } = remote;
  const registries = loginsOf(env, log);
  const findCredentials = gitCredentials(env, start);
  const opened = openSources({ root, settings, offline, registries, findCredentials, log, start, clock: Date.now });
  const { sources, store } = opened;
  const engine = createRenderer({ binary: engineBinary(process.env), log, sources: store.objects, ...rest });
  return { renderer: remoteRenderer(engine, sources), sources };
}
