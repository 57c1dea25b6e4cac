import { LRUCache } from "lru-cache";

/** The names that tell one environment from another inside of its resources. */
export interface EnvironmentNames {
  readonly environment: string;
  /** Of the resource at hand. */
  readonly namespace: string;
}

/** What stands for an environment's name where two environments are compared. */
const anyEnvironment = "\0";
const words = new LRUCache<string, RegExp>({
  max: 500,
  memoMethod: (environment) => new RegExp(`(?<![A-Za-z0-9])${RegExp.escape(environment)}(?![A-Za-z0-9])`, "g"),
});

/**
 * A text with the environment's name, where it stands as a word of its own (`web-prod`, `prod.example.com`), taken out.
 */
export function neutral(text: string, environment: string): string {
  return environment === "" || !text.includes(environment)
    ? text
    : text.replace(words.memo(environment), anyEnvironment);
}

/** Whether two texts say the same except for the names of their environments. */
export function sameButForNames(
  here: string,
  there: string,
  ours: EnvironmentNames,
  theirs: EnvironmentNames,
): boolean {
  if (here === there) return true;
  if (here !== "" && here === ours.namespace && there === theirs.namespace) return true;
  return neutral(here, ours.environment) === neutral(there, theirs.environment);
}
