import { UserError } from "../model/errors.ts";
import type { Logger } from "../model/observe.ts";
import { type LockdownState, lockdownState } from "../render/lockdown.ts";
import type { EngineRenderer } from "../render/renderer.ts";

/** What the start of a worker does about the lockdown. */
export interface LockdownParts {
  readonly renderer: Pick<EngineRenderer, "hello">;
  /** The operator's word that it may render without. */
  readonly allowed: boolean;
  readonly log: Logger;
  readonly show: (state: LockdownState) => void;
}

/**
 * Says in the log and the metrics how far the engine is locked down. Rejects with a `usage` UserError where the kernel
 * does nothing at all and the operator has not allowed that: what pull requests bring would be rendered unlocked.
 */
export async function assertLockdown({ renderer, allowed, log, show }: LockdownParts): Promise<void> {
  const state = lockdownState((await renderer.hello()).lockdown);
  show(state);
  const fields = { lockdown: state.level, ...state.measures };
  if (state.level === "full") return log.info(fields, "the engine is locked down");
  if (state.level === "partial")
    return log.warn(fields, "the engine is locked down in part: one of two measures holds");
  if (allowed) return log.warn(fields, "the engine is not locked down, and ALLOW_UNLOCKED_ENGINE lets it render");
  throw new UserError("usage", "the kernel offers neither landlock nor seccomp, so the engine would render unlocked", {
    fix: "use a kernel and a container profile with one of them (Linux 5.13 or newer), or set ALLOW_UNLOCKED_ENGINE=true where nobody you do not trust can open pull requests",
  });
}
