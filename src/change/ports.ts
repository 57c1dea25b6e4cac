import type { ScanMemo } from "../discovery/index.ts";
import type { Events } from "../model/events.ts";
import type { GitHubFor } from "../model/github.ts";
import type { GitHubRepository } from "../model/github-repository.ts";
import type { Clock, Logger } from "../model/observe.ts";
import type { Queue } from "../model/queue.ts";
import type { Renderer } from "../model/render.ts";
import type { Sources } from "../model/sources.ts";
import type { StateStore } from "../model/state.ts";
import type { Mirrors } from "../model/tree.ts";
import type { AppSigner } from "./signature.ts";

/** What changes of a config repository act through. */
export interface ChangePorts {
  readonly github: GitHubFor<GitHubRepository>;
  readonly mirrors: Mirrors;
  readonly renderer: Renderer;
  /** What is remote of what controllers read. */
  readonly sources?: Sources;
  readonly state: StateStore;
  readonly queue: Pick<Queue, "add">;
  readonly events: Events;
  readonly log: Logger;
  readonly clock: Clock;
  readonly signer: AppSigner;
  /** GitHub's pages, such as `https://github.com`, without a trailing slash. */
  readonly webUrl: string;
  /** Where the documents of this version can be read, without a slash at its end: descriptions link to them. */
  readonly docsUrl?: string;
  /** Keeps what discovery learns of files between jobs. */
  readonly memo?: ScanMemo;
}
