import { UserError } from "../model/errors.ts";
import type { Tree } from "../model/tree.ts";

/** Files larger than this are not looked into. */
export const maxSmallBytes = 512 * 1024;

/**
 * The text of a file, to name lines and reasons; `undefined` when there is none, or it has more than 512 KiB: a preview
 * says less then, it does not fail. Where "nothing found" must not mean "not looked", see `isDeployable`.
 */
export async function smallText(tree: Tree, path: string): Promise<string | undefined> {
  try {
    const bytes = await tree.read(path, maxSmallBytes);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  } catch (error) {
    if (error instanceof UserError && error.kind === "limit") return undefined;
    throw error;
  }
}
