import type { HookSettings } from "../../model/hooks.ts";
import type { Adapter, KeySource, Reading, RequestHead, Verdict } from "./adapter.ts";
import { distribution } from "./adapters/distribution.ts";
import { dockerHub } from "./adapters/dockerhub.ts";
import { hmac } from "./adapters/hmac.ts";

/** A hook with its adapter. */
export interface BoundHook {
  readonly settings: HookSettings;
  checkHead(head: RequestHead, keys: KeySource): Promise<Verdict>;
  /** `undefined`: the head said enough. */
  readonly checkBody: ((body: Buffer, head: RequestHead) => Verdict) | undefined;
  read(body: unknown, head: RequestHead): Reading;
  /** Whether it answers the question of CloudEvents senders if they may send here. */
  readonly handshake: boolean;
}

/** Finds the adapter of a hook's kind. */
export function bindHook(settings: HookSettings): BoundHook {
  switch (settings.kind) {
    case "dockerhub":
      return bound(dockerHub, settings);
    case "distribution":
    case "gitlab":
      return bound(distribution, settings);
    case "hmac":
      return bound(hmac, settings);
    default:
      throw new Error("not yet");
  }
}

function bound<S extends HookSettings>(adapter: Adapter<S>, settings: S): BoundHook {
  return {
    settings,
    checkHead: async (head, keys) => adapter.checkHead(head, settings, keys),
    checkBody: adapter.checkBody && ((body, head) => adapter.checkBody?.(body, head, settings) ?? { ok: true }),
    read: (body, head) => adapter.read(body, head, settings),
    handshake: adapter.handshake ?? false,
  };
}
