import { UserError } from "../model/errors.ts";
import type { Tree } from "../model/tree.ts";

/** Files larger than this are not read to name lines and reasons. */
const maxBytes = 512 * 1024;

/**
 * The text of a file; `undefined` when there is none, or it has more than 512 KiB: a preview says less then, it does
 * not fail.
 */
export async function smallText(tree: Tree, path: string): Promise<string | undefined> {
  try {
    const bytes = await tree.read(path, maxBytes);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  } catch (error) {
    if (error instanceof UserError && error.kind === "limit") return undefined;
    throw error;
  }
}
