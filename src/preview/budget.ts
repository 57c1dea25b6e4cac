import type { Finding, TargetPreview } from "../model/preview.ts";
import type { Render, RenderFailure } from "../model/render.ts";
import { count } from "../model/text/lists.ts";

/** How many bytes of renders and of differences one preview holds at once; a worker has several previews. */
export const previewBytes = 256 * 1024 * 1024;
/** What an entry of a list takes beside its texts. */
const entryBytes = 1024;

/** Counts what a preview holds, so that a small pull request with much behind it does not take a worker's memory. */
export class Budget {
  readonly #most: number;
  #held = 0;

  constructor(most = previewBytes) {
    this.#most = most;
  }

  /** Whether there is room for more. */
  get isOpen(): boolean {
    return this.#held <= this.#most;
  }

  /** Counts something that is kept from now on, and says whether it still fits. */
  take(bytes: number): boolean {
    this.#held += bytes;
    return this.isOpen;
  }

  /**
   * The sides of a target that does not fit: of the head, or of the base where it is gone. It is no render: what the
   * change does to the target was not seen.
   */
  exceeded(isGone: boolean): { readonly base: Render | undefined; readonly head: Render | undefined } {
    const failed: Render = { ok: false, digest: "", trace: [], unpinned: [], failure: this.#failure() };
    return isGone ? { base: failed, head: undefined } : { base: undefined, head: failed };
  }

  #failure(): RenderFailure {
    const limit = sizeText(this.#most);
    return {
      kind: "limit",
      message: `The renders and differences of this pull request take more than ${limit}, so not all were compared; split it.`,
    };
  }
}

function sizeText(bytes: number): string {
  return bytes < 1024 * 1024 ? count(bytes, "byte") : `${bytes / 1024 / 1024} MiB`;
}

/** What the renders of a target hold. */
export function heldBy(...renders: readonly (Render | undefined)[]): number {
  return renders.reduce((sum, render) => sum + ((render?.ok === false ? render.partial?.held : render?.held) ?? 0), 0);
}

/** What a comparison holds, near enough: its texts, and the lists that they stand in. */
export function sizeOf(preview: TargetPreview, findings: readonly Finding[]): number {
  const { changes, images, replicas, random = [] } = preview;
  const entries = changes.length + images.length + replicas.length + random.length + findings.length;
  return changes.reduce((sum, { diff }) => sum + diff.length, entries * entryBytes);
}
