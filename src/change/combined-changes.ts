import { applyEdits } from "../edit/splice/index.ts";
import { byText } from "../model/paths.ts";
import type { TreeChange } from "../model/tree.ts";
import type { PlannedChange } from "./rendered-target.ts";

/**
 * The changes of several plans, which were each made of the same files. Plans may edit one file, such as a values file
 * of several apps: the edits of the later one are made on top of the earlier one's.
 */
export class CombinedChanges {
  readonly #changes = new Map<string, TreeChange>();

  /** Adds all changes of a plan, or none: edits that cannot be made by now are a `refused` UserError. */
  add(changes: readonly PlannedChange[]): void {
    const added = changes.map((change) => this.#onTop(change));
    for (const change of added) this.#changes.set(change.path, change);
  }

  /** By path. */
  all(): readonly TreeChange[] {
    return [...this.#changes.values()].sort((a, b) => byText(a.path, b.path));
  }

  #onTop({ edits, ...change }: PlannedChange): TreeChange {
    const before = this.#changes.get(change.path);
    if (edits === undefined || change.kind !== "write" || before?.kind !== "write") return change;
    const bytes = edits.reduce((now, some) => applyEdits(change.path, now, some).bytes, before.bytes);
    return { ...change, bytes };
  }
}
