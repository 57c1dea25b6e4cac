import type { Item } from "./item.ts";

/** Two versions of one resource, or one that is new or gone. `generated`: only the content hash in the name differs. */
export type Pair =
  | {
      readonly how: "same" | "generated" | "renamed";
      readonly base: Item;
      readonly head: Item;
      /** The head has the resource twice: `base` is its first copy there, `head` the one that comes. */
      readonly copy?: boolean;
    }
  | { readonly how: "added"; readonly base?: never; readonly head: Item }
  | { readonly how: "removed"; readonly base: Item; readonly head?: never };
