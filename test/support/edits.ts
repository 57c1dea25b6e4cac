import type { ChangedPath } from "../../src/model/tree.ts";

/** Texts of files, by path. */
export type Files = Readonly<Record<string, string>>;

/** Files after an edit, and what of them is another one. */
export interface Edited {
  readonly files: Files;
  readonly changed: readonly ChangedPath[];
}

/** Numbers that look random, the same for the same seed: from 0 up to below `below`. */
export type Random = (below: number) => number;

/** Makes them. */
export function seeded(seed: number): Random {
  let state = seed >>> 0 || 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const words = ["true", "false", "3", "staging", "production", "other", '"1.2.3"', "./apps", "[]"];

/** One edit such as people make, or break things by: of a value, of a file, of two. */
export function edited(files: Files, random: Random): Edited {
  const paths = Object.keys(files).sort();
  const pick = <T>(all: readonly T[]): T | undefined => all[random(all.length)];
  const [one = "", other = ""] = [pick(paths), pick(paths)];
  const [text = "", otherText = ""] = [files[one], files[other]];
  switch (random(10)) {
    case 0:
      return after(files, { [one]: undefined });
    case 1:
      return after(files, { [one.replace(/[^/]*$/, `new-${random(9)}.yaml`)]: otherText });
    case 2:
      return after(files, { [one]: otherText, [other]: text });
    case 3:
      return after(files, { [one]: `${text}# remark\n` });
    case 4:
      return after(files, { [one]: undefined, [`${one.replace(/\.\w+$/, "")}-moved.yaml`]: text });
    default:
      return after(files, { [one]: withOtherValue(text, random) });
  }
}

/** The text with another value, or without a line. */
function withOtherValue(text: string, random: Random): string {
  const lines = text.split("\n");
  const values = lines.flatMap((line, at) => (/:\s+\S/.test(line) ? [at] : []));
  const at = values[random(Math.max(values.length, 1))] ?? 0;
  if (random(6) === 0) return lines.filter((_, index) => index !== at).join("\n");
  const word = words[random(words.length)] ?? "";
  return lines.map((line, index) => (index === at ? line.replace(/:\s+.*$/, `: ${word}`) : line)).join("\n");
}

/** Files after these changes; `undefined` deletes. */
export function after(files: Files, changes: Readonly<Record<string, string | undefined>>): Edited {
  const next: Record<string, string> = { ...files };
  const changed: ChangedPath[] = [];
  for (const [path, text] of Object.entries(changes)) {
    const before = files[path];
    if (before === text) continue;
    if (text === undefined) delete next[path];
    else next[path] = text;
    changed.push({ path, status: before === undefined ? "added" : text === undefined ? "deleted" : "modified" });
  }
  return { files: next, changed };
}
