import type { Window } from "../../model/gates.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { describeMoment, describeWindow, shortMoment, spanOf } from "./describe.ts";
import { isIn, nextFlip } from "./span.ts";

const horizonDays = 400;
const maxSteps = 5_000;

/**
 * Whether windows allow merging. `nextAt` (milliseconds since the epoch) is when that changes; it is missing when it
 * does not within 400 days.
 */
export interface WindowsNow {
  readonly open: boolean;
  readonly nextAt?: number;
  /**
   * In plain words, without a full stop:
   * `Mon to Fri 09:00–17:00 Berlin. Opens Mon 23 Nov, 09:00 Berlin (08:00 UTC)`.
   */
  readonly reason: string;
  /** When a closed one opens, in short: `Mon 09:00`. */
  readonly opens?: string;
  /** Each window alone: `inside` whether the clocks show a time in it, `nextAt` when that changes. */
  readonly windows: readonly { readonly window: Window; readonly inside: boolean; readonly nextAt?: number }[];
}

/**
 * Whether merging is allowed at `now`: in any `allow` window (without one: always) and in no `deny` window, by the
 * clocks of each window's time zone.
 */
export function windowOpen(windows: readonly Window[], now: number): WindowsNow {
  const followed = windows.map((window) => follow(window, now));
  const each = followed.map(({ window, inside, flip }) => ({
    window,
    inside,
    ...(Number.isFinite(flip) && { nextAt: flip }),
  }));
  const open = isOpen(followed);
  const nextAt = nextChange(followed, now);
  const zone = nextAt === undefined ? "UTC" : zoneAt(windows, open ? now : nextAt);
  const change = nextAt === undefined ? undefined : describeMoment(nextAt, zone, now);
  const opens = open || nextAt === undefined ? {} : { opens: shortMoment(nextAt, zone) };
  const reason = open ? openReason(windows, change) : closedReason(followed, change);
  return { open, ...opens, ...(nextAt !== undefined && { nextAt }), reason, windows: each };
}

/** A window on its way through time. */
interface Followed {
  readonly window: Window;
  readonly inside: boolean;
  /** When `inside` changes; infinite when it never does. */
  readonly flip: number;
}

function follow(window: Window, at: number): Followed {
  const span = spanOf(window);
  if (span === undefined) return { window, inside: false, flip: Number.POSITIVE_INFINITY };
  const flip = nextFlip(span, window.timezone, at) ?? Number.POSITIVE_INFINITY;
  return { window, inside: isIn(span, window.timezone, at), flip };
}

function isOpen(followed: readonly Followed[]): boolean {
  const allows = followed.filter(({ window }) => window.deny === undefined);
  const denied = followed.some(({ window, inside }) => window.deny !== undefined && inside);
  return !denied && (allows.length === 0 || allows.some(({ inside }) => inside));
}

/** Goes from change to change of single windows until all of them together change. */
function nextChange(start: readonly Followed[], now: number): number | undefined {
  const last = now + horizonDays * 86_400_000;
  const before = isOpen(start);
  let followed = start;
  for (let step = 0; step < maxSteps; step += 1) {
    const at = Math.min(...followed.map(({ flip }) => flip));
    if (at > last) return undefined;
    followed = followed.map((one) => (one.flip > at ? one : follow(one.window, at)));
    if (isOpen(followed) !== before) return at;
  }
  return undefined;
}

/** The time zone in which a change is shown: of a window that is open then, else of the first. */
function zoneAt(windows: readonly Window[], at: number): string {
  const inside = windows.find(({ allow, timezone }) => allow !== undefined && isIn(allow, timezone, at));
  return (inside ?? windows[0])?.timezone ?? "UTC";
}

function openReason(windows: readonly Window[], change: string | undefined): string {
  if (windows.length === 0) return "no windows are set";
  return change === undefined ? "open" : `open until ${change}`;
}

function closedReason(followed: readonly Followed[], change: string | undefined): string {
  const denied = followed.filter(({ window, inside }) => window.deny !== undefined && inside);
  const allows = followed.filter(({ window }) => window.deny === undefined);
  const names = (some: readonly Followed[]) =>
    sentenceList(
      some.map(({ window }) => describeWindow(window)),
      3,
    );
  const why = denied.length > 0 ? `merging is denied ${names(denied)}` : names(allows);
  return `${why}. ${change === undefined ? `Does not open within ${horizonDays} days` : `Opens ${change}`}`;
}
