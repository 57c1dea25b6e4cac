import type { JWTVerifyGetKey } from "jose";
import type { HookSettings } from "../../model/hooks.ts";
import type { PushedImage } from "../../model/images.ts";

/** What is known of a request before its body. */
export interface RequestHead {
  /** By lower-case name. */
  header(name: string): string | undefined;
  /** The part of the path after the hook's name. */
  readonly pathSecret: string | undefined;
}

/** Whether the sender is who it should be. The reason is for the server's log: the sender is never told. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** The keys that an issuer of tokens publishes at an address. Errors: `unavailable` Faults when they cannot be fetched. */
export type KeySource = (jwksUrl: string) => JWTVerifyGetKey;

/** What an authentic body says. */
export type Reading =
  /** `id`: the sender's own id of the event. */
  | { readonly kind: "pushed"; readonly id: string | undefined; readonly pushes: readonly PushedImage[] }
  /** An event that is about no image, which the log is to know of. */
  | { readonly kind: "ignored"; readonly id: string | undefined; readonly reason: string }
  /** What comes by the dozen with every push or pull and says nothing: not even logged. */
  | { readonly kind: "noise"; readonly reason: string }
  /** A question that is answered at once. */
  | { readonly kind: "answer"; readonly body: Readonly<Record<string, string>> }
  /** Not in a form of ours: told to senders that people write themselves. */
  | { readonly kind: "malformed"; readonly reason: string };

/** Checks the raw bytes of a body. */
export type BodyCheck = (body: Buffer, head: RequestHead) => Verdict;

/** One kind of sender: how it proves itself, and what it says. */
export interface Adapter<S extends HookSettings = HookSettings> {
  /** Before the body is read; all there is to check where there is no `bodyCheck`. Rejects with an `unavailable` Fault when nobody can tell. */
  checkHead(head: RequestHead, settings: S, keys: KeySource, now: Date): Verdict | Promise<Verdict>;
  /** For senders whose proof is in or over the body: the check of its raw bytes, before they are parsed. `undefined`: the head says enough. */
  bodyCheck?(settings: S): BodyCheck | undefined;
  /** Reads the parsed JSON of an authentic request. */
  read(body: unknown, head: RequestHead, settings: S): Reading;
  /** Whether it answers the question of CloudEvents senders if they may send here. */
  readonly handshake?: boolean;
}

export const authentic: Verdict = { ok: true };

/** A verdict for the log. */
export function refused(reason: string): Verdict {
  return { ok: false, reason };
}

/** An event that is not needed. */
export function ignored(reason: string, id?: string): Reading {
  return { kind: "ignored", id, reason };
}
