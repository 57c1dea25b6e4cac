/**
 * What was asked for again and when it may be asked for next. In memory: a new process starts with none, and GitHub's
 * record ends after three days.
 */
export interface Pauses {
  /** Whether this GUID may be asked for at this time. */
  allows(guid: string, now: number): boolean;
  /** It is being asked for now. */
  asked(guid: string, now: number): void;
  /** Whether the pause of some GUID is over. */
  someOver(now: number): boolean;
  /** Forgets the others. */
  keepOnly(guids: ReadonlySet<string>): void;
}

const FIRST_MS = 5 * 60_000;
const LONGEST_MS = 12 * 3_600_000;

/**
 * Makes an empty register. Pauses are 5, 15, 45, … minutes, at most twelve hours. Times in milliseconds since the
 * epoch.
 */
export function createPauses(): Pauses {
  const known = new Map<string, { readonly times: number; readonly until: number }>();
  return {
    allows: (guid, now) => (known.get(guid)?.until ?? 0) <= now,
    asked(guid, now) {
      const times = (known.get(guid)?.times ?? 0) + 1;
      known.set(guid, { times, until: now + Math.min(FIRST_MS * 3 ** (times - 1), LONGEST_MS) });
    },
    someOver: (now) => known.values().some(({ until }) => until <= now),
    keepOnly(guids) {
      for (const guid of [...known.keys()]) if (!guids.has(guid)) known.delete(guid);
    },
  };
}
