import type { EngineHello } from "./messages.ts";

/** How far an engine is locked down. `full`: landlock and seccomp; `partial`: one of them; `none`: neither. */
export interface LockdownState {
  readonly level: "full" | "partial" | "none";
  /** Each measure of the kernel's, and whether it is in force. */
  readonly measures: Readonly<Record<"landlock" | "seccomp", boolean>>;
}

/** Reads what an engine says of itself. */
export function lockdownState({
  landlock,
  seccomp,
}: Pick<EngineHello["lockdown"], "landlock" | "seccomp">): LockdownState {
  const measures = { landlock: /^v\d/.test(landlock), seccomp };
  const inForce = Object.values(measures).filter(Boolean).length;
  return { level: inForce === 2 ? "full" : inForce === 1 ? "partial" : "none", measures };
}
