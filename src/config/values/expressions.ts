import { RE2JS, RE2JSException } from "re2js";
import semver from "semver";
import { isRefusal, type Refusal } from "./checked-text.ts";

const maxExpressionLength = 256;
/** Steps of the compiled expression; the cost of a tag grows with them. */
const largestProgram = 2_000;

/**
 * Reads a semver range as npm and Helm write it (`^1.2`, `~1.2.3`, `>=1.0 <2.0`, `>=1.0, <2.0`, `1.x || 2.x`,
 * `1.0 - 1.9`), or refuses it. With `includePrerelease` it matches pre-releases like any other version.
 */
export function readSemverRange(text: string, includePrerelease = false): semver.Range | Refusal {
  if (text.length > maxExpressionLength) return tooLong(text);
  const parts = text.split("||").map((part) => part.replaceAll(",", " ").trim());
  const wrong = parts.find((part) => part === "" || semver.validRange(part) === null);
  if (wrong === undefined) return possible(new semver.Range(parts.join("||"), { includePrerelease }));
  const named = wrong === text.trim() ? "" : `; the part "${wrong}" cannot be read`;
  const fix = wrong.includes("!=")
    ? "Leave single versions out with `ignore`."
    : "Write a range such as `^1.4`, `~1.4.0`, `>=1.0 <2.0` or `1.x`.";
  return { problem: `is not a semver range${named}`, fix };
}

function possible(range: semver.Range): semver.Range | Refusal {
  if (semver.minVersion(range) !== null) return range;
  return { problem: "is a range without any version", fix: "Write the lower bound first: `>=1.0 <2.0`." };
}

/** Whether `readSemverRange` reads the text. */
export function checkSemverRange(text: string): Refusal | undefined {
  const read = readSemverRange(text);
  return isRefusal(read) ? read : undefined;
}

function tooLong(text: string): Refusal {
  return { problem: `has ${text.length} characters`, fix: `Use at most ${maxExpressionLength} characters.` };
}

/** Compiles a regular expression in RE2's syntax, or refuses it. Matching takes linear time on any text. */
export function readRegex(text: string): RE2JS | Refusal {
  if (text.length > maxExpressionLength) return tooLong(text);
  try {
    const compiled = RE2JS.compile(text);
    if (compiled.programSize() <= largestProgram) return compiled;
    return { problem: "repeats too much", fix: "Use smaller numbers in `{…}`, or `+` and `*`." };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return refusedRegex(error.message.replace(/^error parsing regexp: /, ""));
  }
}

function refusedRegex(reason: string): Refusal {
  if (/`\(\?<?[=!]|invalid named capture: `\(\?<[=!]/.test(reason)) {
    return {
      problem: "looks ahead or behind (`(?=`, `(?!`, `(?<=`, `(?<!`), which takes more than linear time",
      fix: "Match the whole tag with `^` and `$`, and leave out other tags with `ignore`.",
    };
  }
  if (/`\\(?:[1-9]|k)`/.test(reason)) {
    return {
      problem: "refers back to a group, which takes more than linear time",
      fix: "Repeat the part instead.",
    };
  }
  return { problem: `is not a regular expression: ${reason}`, fix: "Fix the expression; the syntax is RE2's." };
}

/** Whether `readRegex` reads the text. */
export function checkRegex(text: string): Refusal | undefined {
  const read = readRegex(text);
  return isRefusal(read) ? read : undefined;
}

/** Refuses text that is no RFC 6901 JSON pointer. `*` matches any list item or key. */
export function checkPointer(text: string): Refusal | undefined {
  if (/^(?:\/(?:[^~/]|~[01])*)+$/.test(text)) return undefined;
  return {
    problem: "is not a JSON pointer",
    fix: "Start with `/` and write `~1` for a slash and `~0` for a tilde inside a key: `/metadata/annotations/checksum~1config`.",
  };
}
