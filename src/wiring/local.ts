import { openRepository } from "../git/repository.ts";
import type { Logger } from "../model/observe.ts";
import type { Renderer } from "../model/render.ts";
import type { Repository } from "../model/tree.ts";
import { engineBinary } from "../render/binary.ts";
import { createRenderer } from "../render/renderer.ts";

/** The edges that the command line works with: local git and the engine. */
export interface LocalEdges {
  /** Throws an `unavailable` Fault on first use when there is no engine. */
  readonly renderer: Renderer;
  /** The repository that a folder is or lies in. */
  repository(dir: string): Promise<Repository>;
  close(): Promise<void>;
}

/** How the command line opens its edges. */
export interface LocalOptions {
  readonly cacheDir: string;
  readonly log: Logger;
  readonly workers?: number;
}

/** Opens local git and the engine, without GitHub, queue or web. */
export async function openLocal(options: LocalOptions): Promise<LocalEdges> {
  let renderer: Renderer | undefined;
  const opened = new Map<string, ReturnType<typeof openRepository>>();
  return {
    get renderer() {
      renderer ??= createRenderer({ binary: engineBinary(process.env), ...options });
      return renderer;
    },
    repository: async (dir) => {
      const repository = opened.get(dir) ?? openRepository(dir);
      opened.set(dir, repository);
      return repository;
    },
    close: async () => {
      await Promise.all([renderer?.close(), ...[...opened.values()].map((repository) => repository.close())]);
    },
  };
}
