import type { TargetFacts, Window } from "../../model/gates.ts";
import { describeAllow } from "../allow.ts";
import { describeMoment, describeWindow } from "../windows/describe.ts";
import { type WindowsNow, windowOpen } from "../windows/index.ts";
import type { Child, Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/** Passed in any `allow` window (none: always) and in no `deny` window. Windows that never open again need a person. */
export const windows: Gate = {
  label: "Window",
  evaluate: (facts, now) => {
    // The apps of an environment mostly share one list of windows.
    const known = new Map<readonly Window[], WindowsNow>();
    const open = (list: readonly Window[]) => known.getOrInsertComputed(list, () => windowOpen(list, now));
    return perTarget((target) => judge(target, open, now))(facts, now);
  },
};

function judge(
  { settings }: TargetFacts,
  open: (windows: readonly Window[]) => WindowsNow,
  now: number,
): Part | undefined {
  if (settings.windows.length === 0) return undefined;
  const at = open(settings.windows);
  const children = at.windows.map((one) => childOf(one, at, now));
  if (at.open) return { state: "passed", reason: at.reason, children };
  if (at.nextAt !== undefined) {
    const brief = `the window (opens ${at.opens})`;
    return { state: "waiting", reason: at.reason, brief, nextAt: at.nextAt, children };
  }
  const who = `${describeAllow(settings.override)} may \`/override windows <reason>\``;
  return { state: "blocked", reason: at.reason, stopped: "no window opens again", who, children };
}

function childOf({ window, inside, nextAt }: WindowsNow["windows"][number], at: WindowsNow, now: number): Child {
  const denies = window.deny !== undefined;
  const change = nextAt === undefined ? undefined : describeMoment(nextAt, window.timezone, now);
  const reason = inside ? `now${change ? `, until ${change}` : ""}` : change ? `from ${change}` : "not again";
  const label = `${denies ? "deny" : "allow"} ${describeWindow(window)}`;
  const allowedByAnother = !denies && at.windows.some((other) => other.window.deny === undefined && other.inside);
  if (denies ? !inside : inside || allowedByAnother) return { label, state: "passed", reason };
  return nextAt === undefined ? { label, state: "blocked", reason } : { label, state: "waiting", reason, nextAt };
}
