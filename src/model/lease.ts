/** A claim to work alone at something, with a time limit, kept where all who work at it see it. */
export interface HeldLease {
  /** Grows with each one that was granted: who has a smaller one has lost it. */
  readonly term: number;
  /**
   * Whether it is still held; to be asked before each write. It is renewed where that is due. Throws as a cluster's
   * calls do: then nobody knows, and nothing may be written.
   */
  confirm(signal: AbortSignal): Promise<boolean>;
  /** Lets others have it at once. Does nothing when it is lost already. */
  release(signal: AbortSignal): Promise<void>;
}

/** `busy`: another holds it; `waitMs` is when it is worth to ask again. */
export type LeaseOutcome =
  | { readonly kind: "held"; readonly lease: HeldLease }
  | { readonly kind: "busy"; readonly holder: string; readonly waitMs: number };

/** Where leases are kept. */
export interface Leases {
  /**
   * Takes the lease of this name when nobody has it, or who has it has not renewed it for as long as it lasts. That
   * time is measured here, from when this was first seen, so the clocks of others do not matter.
   */
  acquire(name: string, holder: string, signal: AbortSignal): Promise<LeaseOutcome>;
}
