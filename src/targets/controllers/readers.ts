import { isAtOrBelow } from "../../model/paths.ts";
import type { Render } from "../../model/render.ts";
import type { RenderSpec } from "../../model/target.ts";

/** A render of something that a controller deploys. `root` is the entry that it comes from. */
export interface RootedRender {
  readonly spec: RenderSpec;
  readonly render: Render;
  readonly root: string;
}

/** Which entries' renders read which files of the repository. */
export class Readers {
  readonly #byFile = new Map<string, Set<string>>();
  /** Folders of renders that stopped early: they may have read anything there. */
  readonly #stopped: { readonly folder: string; readonly root: string }[] = [];

  constructor(renders: readonly RootedRender[]) {
    for (const { spec, render, root } of renders) {
      if (!render.ok) this.#stopped.push({ folder: spec.path, root });
      for (const [path, kind] of render.trace) if (kind === "file") this.#add(path, root);
      for (const { file } of render.ok ? render.resources() : []) if (file !== undefined) this.#add(file, root);
    }
  }

  #add(file: string, root: string): void {
    const roots = this.#byFile.get(file);
    if (roots === undefined) this.#byFile.set(file, new Set([root]));
    else roots.add(root);
  }

  /** The entries below which a render read the file, or may have; `folder` is what is rendered to get at it. */
  of(file: string, folder: string): ReadonlySet<string> {
    const early = this.#stopped.filter((one) => isAtOrBelow(file, one.folder) || isAtOrBelow(folder, one.folder));
    return new Set([...(this.#byFile.get(file) ?? []), ...early.map(({ root }) => root)]);
  }
}
