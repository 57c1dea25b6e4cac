import { clip } from "../model/command.ts";
import { UserError } from "../model/errors.ts";

/**
 * How long a name may be, how long a finding's, which has the names of an app and a resource in it, how long a reason,
 * and how many apps one command may name.
 */
export const LIMITS = { name: 200, finding: 600, reason: 500, apps: 100 } as const;

/** What a command is about: an environment, or one app there. */
export interface Place {
  readonly environment: string;
  readonly app?: string;
}

/**
 * An environment and apps from the words of a command: `prod web api`, `prod/web`. Commas between apps are blanks; none
 * is named twice.
 */
export function environmentAndApps(
  command: string,
  words: readonly string[],
): { readonly environment: string; readonly apps: readonly string[] } {
  const [first = "", ...rest] = words;
  const place = first.includes(",") ? { environment: checkName(first, "environment") } : placeOf(first);
  const { environment } = place;
  if (environment.includes(",")) throw oneEnvironment(command, environment);
  const named = rest.flatMap((word) => word.split(",")).filter((app) => app !== "");
  const own = named.map((app) => (app.startsWith(`${environment}/`) ? app.slice(environment.length + 1) : app));
  const apps = [...new Set([...(place.app === undefined ? [] : [place.app]), ...own])];
  if (apps.length > LIMITS.apps)
    throw new UserError("limit", `${apps.length} apps are too many for one command`, {
      fix: `name at most ${LIMITS.apps}, and the others in a further command`,
    });
  return { environment, apps: apps.map((app) => checkName(app, "app")) };
}

function oneEnvironment(command: string, environment: string): UserError {
  const each = environment.split(",").filter((one) => one !== "");
  const lines = [...each, ...(each.length === 1 ? ["<env>"] : [])].map((one) => `\`/${command} ${clip(one)}\``);
  return new UserError("usage", `\`${clip(environment)}\` has a comma: one command is about one environment`, {
    fix: `write a line for each: ${lines.join(", ")}; apps follow after a blank`,
  });
}

/** `prod` or `prod/webapp`, split at the first slash. */
export function placeOf(word: string): Place {
  const slash = word.indexOf("/");
  if (slash === -1) return { environment: checkName(word, "environment") };
  const environment = word.slice(0, slash);
  const app = word.slice(slash + 1);
  if (environment === "" || app === "")
    throw new UserError("usage", `\`${clip(word)}\` has nothing ${app === "" ? "after" : "before"} the slash`);
  return { environment: checkName(environment, "environment"), app: checkName(app, "app") };
}

/** Words as one reason. */
export function reasonOf(words: readonly string[]): string {
  const reason = words.join(" ").trim();
  if (reason.length <= LIMITS.reason) return reason;
  throw new UserError("limit", `the reason has ${reason.length} characters`, {
    fix: `say it in ${LIMITS.reason}, or link to where it is said`,
  });
}

/** The name when it may be one; `what` it names is for the error. */
export function checkName(name: string, what: string, limit: number = LIMITS.name): string {
  if (name === "") throw new UserError("usage", `the ${what} is empty`, { fix: "write its name" });
  if (name.length <= limit) return name;
  throw new UserError("limit", `the ${what} \`${clip(name)}…\` has ${name.length} characters`, {
    fix: `it may have ${limit}`,
  });
}
