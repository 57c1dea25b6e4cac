import type { Config } from "../config/index.ts";
import { clip } from "../model/command.ts";
import { UserError } from "../model/errors.ts";
import { matchesGlob } from "../targets/patterns.ts";
import type { RepositoryContext } from "./repository-context.ts";

/**
 * The environment that a person means: its name, or one that differs in case or in a full stop behind it alone. Any
 * other word is given back: what looks it up says what is wrong with it.
 */
export function environmentMeant({ environments }: Config, word: string): string {
  return meantOf(
    word,
    environments.map(({ name }) => name),
  );
}

/** The apps of an environment that these words mean: names as in `environmentMeant`, and globs such as `shop-*`. */
export function appsMeant(
  { targets: { targets } }: RepositoryContext,
  environment: string,
  words: readonly string[],
): readonly string[] {
  const known = [...new Set(targets.map(({ app }) => app))];
  const here = targets.flatMap((target) => (target.environment === environment ? [target.app] : []));
  const apps = words.flatMap((word) => {
    if (!/[*?]/.test(word)) return [meantOf(word, known)];
    const matching = here.filter((app) => matchesGlob(app, word));
    if (matching.length > 0) return matching;
    throw new UserError("not-found", `no app of \`${environment}\` matches \`${clip(word)}\``, {
      fix: "`*` stands for any part of a name",
    });
  });
  return [...new Set(apps)];
}

function meantOf(word: string, names: readonly string[]): string {
  if (names.includes(word)) return word;
  const plain = (text: string) => text.replace(/[.,:;!?]+$/, "").toLowerCase();
  const [only, ...more] = names.filter((name) => plain(name) === plain(word));
  return only === undefined || more.length > 0 ? word : only;
}
