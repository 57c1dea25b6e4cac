import { isAtOrBelow } from "../../model/paths.ts";
import type { Render } from "../../model/render.ts";
import type { RenderSpec } from "../../model/target.ts";

/** A render of something that a controller deploys. `root` is the entry that it comes from. */
export interface RootedRender {
  readonly spec: RenderSpec;
  readonly render: Render;
  readonly root: string;
}

/** A folder whose files count as read, whatever a render looked up. */
export interface ClaimedFolder {
  readonly folder: string;
  readonly root: string;
}

/** Which entries' renders read which files of the repository. */
export class Readers {
  readonly #byFile = new Map<string, Set<string>>();
  /** Folders that are read at another revision, and those of renders that stopped early. */
  readonly #claimed: ClaimedFolder[];

  constructor(renders: readonly RootedRender[], claimed: readonly ClaimedFolder[] = []) {
    this.#claimed = [...claimed];
    for (const { spec, render, root } of renders) {
      if (!render.ok) this.#claimed.push({ folder: spec.path, root });
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
    const claimed = this.#claimed.filter((one) => isAtOrBelow(file, one.folder) || isAtOrBelow(folder, one.folder));
    return new Set([...(this.#byFile.get(file) ?? []), ...claimed.map(({ root }) => root)]);
  }
}
