import { Fault, UserError } from "../model/errors.ts";

/** The text without the credentials that URLs in it may carry, cut to what a message can hold. */
export function withoutCredentials(text: string): string {
  const stripped = text.replace(/(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@'"]*@/gi, "$1");
  return stripped.replace(/(authorization:\s*)[^\r\n]*/gi, "$1…").slice(0, 2000);
}

interface Reading {
  readonly pattern: RegExp;
  readonly error: (message: string, from: { readonly peer?: string }) => UserError | Fault;
}

/** What git says (in the C locale) when a remote is not reached, and whose affair it is. The first match counts. */
const readings: readonly Reading[] = [
  {
    pattern: /couldn't find remote ref|not our ref|no such remote ref|unadvertised object/i,
    error: (message) => new UserError("not-found", `the remote does not have what was wanted: ${message}`),
  },
  {
    pattern:
      /Authentication failed|could not read (Username|Password)|returned error: 40[13]|Permission denied|access denied/i,
    error: (message) =>
      new UserError("permission", `the remote refused access: ${message}`, {
        fix: "give the App access to the repository's contents",
      }),
  },
  {
    pattern:
      /repository .*not found|returned error: 404|does not appear to be a git repository|repository .* does not exist/i,
    error: (message) => new UserError("not-found", `the remote repository was not found: ${message}`),
  },
  {
    pattern: /returned error: 30[1278]/i,
    error: (message, from) =>
      new Fault("unavailable", `the remote is elsewhere by now: ${message}`, { ...from, fields: { moved: true } }),
  },
  {
    pattern: /attempting to allocate \d+ over limit/i,
    error: () =>
      new UserError("limit", "it has a file that is larger than what is taken", {
        fix: "Take the file out of the repository, or name a revision without it.",
      }),
  },
  {
    pattern: /fsck error in (?:packed|pack) object|did not receive expected object|invalid (?:packed )?object/i,
    error: (message) =>
      new UserError("refused", `the remote sends what git itself takes for hostile or damaged: ${message}`, {
        fix: "Nothing of it is used. `git fsck` in the repository says more.",
      }),
  },
  {
    pattern: /returned error: 429/i,
    error: (message, from) =>
      new Fault("throttled", `the remote asks to slow down: ${message}`, { ...from, retryAfterMs: 60_000 }),
  },
];

/**
 * Turns what a failed fetch printed into an error: the user's when access or the object is missing, else `unavailable`.
 * `url` is where it was fetched from.
 */
export function fetchFailure(stderr: string, url: string): UserError | Fault {
  const message = withoutCredentials(stderr);
  const reading = readings.find(({ pattern }) => pattern.test(stderr));
  const { host = "" } = URL.parse(url) ?? {};
  const from = host === "" ? {} : { peer: host };
  return reading?.error(message, from) ?? new Fault("unavailable", `git fetch failed: ${message}`, from);
}

/** A local git command that should have worked and did not. */
export function gitFault(command: string, stderr: string): Fault {
  return new Fault("bug", `git ${command} failed: ${withoutCredentials(stderr)}`);
}
