import { matchesStars } from "../../config/values/segments.ts";

/** What stands for placeholders of a pattern. */
export type PatternValues = Readonly<Record<"app" | "environment", string>>;

const token = /\*|\{app\}|\{environment\}/g;

/** Whether a pattern can match more than one name. */
export function isPattern(pattern: string): boolean {
  return pattern.search(token) >= 0;
}

/**
 * Whether a name matches a pattern, in which `*` stands for any text and a placeholder for its value, to the letter: a
 * star in a value is no star. Without values a placeholder matches nothing.
 */
export function matchesName(name: string, pattern: string, values?: PatternValues): boolean {
  const literals: string[] = [""];
  let at = 0;
  for (const { 0: found, index } of pattern.matchAll(token)) {
    append(literals, pattern.slice(at, index));
    if (found === "*") literals.push("");
    else if (values === undefined) return false;
    else append(literals, found === "{app}" ? values.app : values.environment);
    at = index + found.length;
  }
  append(literals, pattern.slice(at));
  return matchesStars(literals, name);
}

function append(literals: string[], text: string): void {
  literals.push(`${literals.pop() ?? ""}${text}`);
}
