import { messageOf } from "../model/errors.ts";
import type { Refusal } from "./check.ts";

const longestExpression = 256;
const version = String.raw`v?(?:\d+|[xX*])(?:\.(?:\d+|[xX*])(?:\.(?:\d+|[xX*])(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)?)?`;
const comparator = new RegExp(`^(?:[<>]=?|=|!=|~>?|\\^)?${version}$`);
const hyphen = new RegExp(`^${version}\\s+-\\s+${version}$`);

/** Whether the text is a semver range as npm and Helm write them (`^1.2`, `~1.2.3`, `>=1.0 <2.0`, `1.x || 2.x`, `1.0 - 1.9`). */
export function checkSemverRange(text: string): Refusal | undefined {
  if (text.length > longestExpression) return tooLong(text);
  const wrong = text.split("||").find((part) => !isComparatorSet(part.trim()));
  if (wrong === undefined) return undefined;
  const named = wrong.trim() === text.trim() ? "" : `; the part "${wrong.trim()}" cannot be read`;
  return {
    problem: `is not a semver range${named}`,
    fix: "Write a range such as `^1.4`, `~1.4.0`, `>=1.0 <2.0` or `1.x`.",
  };
}

function tooLong(text: string): Refusal {
  return { problem: `has ${text.length} characters`, fix: `Use at most ${longestExpression} characters.` };
}

function isComparatorSet(text: string): boolean {
  if (hyphen.test(text)) return true;
  const parts = text.replace(/([<>=~^!]+)\s+/g, "$1").split(/[\s,]+/);
  return parts.every((part) => comparator.test(part));
}

/** Whether the text is a regular expression that compiles and cannot take for ever on a short tag. */
export function checkRegex(text: string): Refusal | undefined {
  if (text.length > longestExpression) return tooLong(text);
  try {
    new RegExp(text, "u");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const reason = messageOf(error).replace(/^Invalid regular expression: \/.*\/u: /s, "");
    return {
      problem: `is not a regular expression: ${reason}`,
      fix: "Mend the expression; it is JavaScript's, with the `u` flag.",
    };
  }
  if (!/\((?:[^()\\]|\\.)*[+*](?:[^()\\]|\\.)*\)(?:[+*]|\{\d+,\})/.test(text)) return undefined;
  return {
    problem: "repeats a group that repeats, which can take for ever",
    fix: "Take one of the two repetitions away, for example `[a-z]+` in place of `([a-z]+)+`.",
  };
}

/** Whether the text is an RFC 6901 JSON pointer, `*` standing for any list item or key. */
export function checkPointer(text: string): Refusal | undefined {
  if (/^(?:\/(?:[^~/]|~[01])*)+$/.test(text)) return undefined;
  return {
    problem: "is not a JSON pointer",
    fix: "Start with `/` and write `~1` for a slash and `~0` for a tilde inside a key: `/metadata/annotations/checksum~1config`.",
  };
}
