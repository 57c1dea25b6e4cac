/** Something that a registry says was pushed. A hint only: what is true is asked of the registry. */
export interface PushedImage {
  /** As `canonicalImage` writes it. */
  readonly image: string;
  /** Absent when the registry names none. */
  readonly tag?: string;
  readonly digest?: string;
}

/** One event of a registry as the log keeps it, without credentials. */
export interface RegistryEvent {
  /** Known once: the registry's own id of the event where it has one. */
  readonly id: string;
  /** The hook's name; `github` for GitHub's packages, `replay` for an event that somebody replayed. */
  readonly hook: string;
  /** The adapter that read it, e.g. `harbor`. */
  readonly source: string;
  /** When it was received, in milliseconds since the epoch. */
  readonly at: number;
  /**
   * Empty: an authentic event that is about no image, with the reason in `ignored`, which also says how many were too
   * many.
   */
  readonly pushes: readonly PushedImage[];
  readonly ignored?: string;
}

/** Why a tag was or was not chosen. */
export interface TagVerdict {
  readonly tag: string;
  /** One sentence, e.g. "1.5.0-rc.1 is a pre-release, which the range leaves out". */
  readonly reason: string;
  readonly outcome: "chosen" | "current" | "not-chosen";
}

/** What was concluded of one image of one configuration, and why. */
export interface ImageConclusion {
  readonly repository: string;
  /** The unit: an image, or the group that shares a pull request. */
  readonly unit: string;
  /** As `canonicalImage` writes it. */
  readonly image: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What came of it as a whole, in one sentence. */
  readonly summary: string;
  readonly pullRequest?: number;
  /** The most interesting first: what was chosen, then what was not; bounded. */
  readonly tags: readonly TagVerdict[];
}

/** Events of registries and their results, for 14 days. */
export interface EventLog {
  /** Writes or overwrites the event with this id. */
  received(event: RegistryEvent): Promise<void>;
  concluded(conclusion: ImageConclusion): Promise<void>;
  event(id: string): Promise<RegistryEvent | undefined>;
  /**
   * Newest first. `image` as `canonicalImage` writes it; `tag` only together with it. `before`: only older ones,
   * milliseconds since the epoch.
   */
  events(query: {
    readonly image?: string;
    readonly tag?: string;
    readonly limit: number;
    readonly before?: number;
  }): Promise<readonly RegistryEvent[]>;
  /** Newest first. */
  conclusions(query: { readonly image: string; readonly limit: number }): Promise<readonly ImageConclusion[]>;
}
