import type { JWTVerifyGetKey } from "jose";
import type { HookSettings } from "../../model/hooks.ts";
import type { PushedImage } from "../../model/images.ts";

/** A request without its body. */
export interface RequestHead {
  /** By lower-case name. */
  header(name: string): string | undefined;
  /** The part of the path after the hook's name. */
  readonly pathSecret: string | undefined;
}

/** Whether the sender is authentic. The reason is for the server's log only; the sender never sees it. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * The public keys that a token issuer publishes at an address. Errors: `unavailable` Faults if they cannot be fetched.
 */
export type KeySource = (jwksUrl: string) => JWTVerifyGetKey;

/** The meaning of an authentic body. */
export type Reading =
  /** `id`: the sender's own id of the event. */
  | { readonly kind: "pushed"; readonly id: string | undefined; readonly pushes: readonly PushedImage[] }
  /** An event without an image, which goes into the event log. */
  | { readonly kind: "ignored"; readonly id: string | undefined; readonly reason: string }
  /** Noise that comes with every push or pull: not even logged. */
  | { readonly kind: "noise"; readonly reason: string }
  /** A question, with its immediate answer. */
  | { readonly kind: "answer"; readonly body: Readonly<Record<string, string>> }
  /** An unknown format. Senders that people write themselves see the reason. */
  | { readonly kind: "malformed"; readonly reason: string };

/** Checks the raw bytes of a body. */
export type BodyCheck = (body: Buffer, head: RequestHead) => Verdict;

/** One kind of sender: how to verify it, and how to read its events. */
export interface Adapter<S extends HookSettings = HookSettings> {
  /**
   * Check before the body is read; the only check if there is no `bodyCheck`. Rejects with an `unavailable` Fault if it
   * cannot decide now.
   */
  checkHead(head: RequestHead, settings: S, keys: KeySource, now: Date): Verdict | Promise<Verdict>;
  /**
   * For senders whose proof is in the body or signs it: the check of the raw bytes, before parsing. `undefined`:
   * checking the head is enough.
   */
  bodyCheck?(settings: S): BodyCheck | undefined;
  /** Reads the parsed JSON of an authentic request. */
  read(body: unknown, head: RequestHead, settings: S): Reading;
  /** Whether it answers the CloudEvents handshake ("may I send events here?"). */
  readonly handshake?: boolean;
}

export const authentic: Verdict = { ok: true };

/** A refusal, with the reason for the server's log. */
export function refused(reason: string): Verdict {
  return { ok: false, reason };
}

/** An event that Sluice does not need. */
export function ignored(reason: string, id?: string): Reading {
  return { kind: "ignored", id, reason };
}
