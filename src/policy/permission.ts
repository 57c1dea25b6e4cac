import type { Permission } from "../model/github.ts";

/** GitHub's levels, weakest first; each includes those before it. */
const LEVELS: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];

/** Whether somebody who has `has` may do what needs `needs`. */
export function includes(has: Permission, needs: Permission): boolean {
  return LEVELS.indexOf(has) >= LEVELS.indexOf(needs);
}
