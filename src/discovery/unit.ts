import type { RenderSpec, Target } from "../model/target.ts";
import type { Tree } from "../model/tree.ts";
import type { Folders } from "./folders.ts";
import type { ScanMemo } from "./scan.ts";

/** A folder that renders for one environment, before apps get their names. A Helm release gets its app's name. */
export interface Unit {
  readonly render: RenderSpec;
  /** Set if the folder's path does not name the environment. */
  readonly environment?: string;
  readonly assumed?: Target["assumed"];
}

/** Input of every step of discovery. */
export interface Discovery {
  readonly tree: Tree;
  readonly folders: Folders;
  readonly memo: ScanMemo;
}
