import type { Allow } from "../model/gates.ts";
import type { Permission } from "../model/github.ts";
import { sentenceList } from "../model/text/lists.ts";
import { includes } from "./permission.ts";

/**
 * Somebody who wants to act. `teams`: the teams (slugs) that the person is a member of, or whether the person is a
 * member of one.
 */
export interface Person {
  readonly login: string;
  readonly permission: Permission;
  readonly teams: ReadonlySet<string> | ((team: string) => boolean);
}

/** Whether somebody may act; when not, `reason` and `fix` are sentences for that person, without a full stop. */
export type MayAct = { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly fix: string };

/**
 * Whether the person may act: has the permission, and is one of the users or in one of the teams where any are named.
 * Logins and slugs compare without case. Only the teams of `teamsToAsk` are looked at. `what` is that in words, after
 * "may".
 */
export function mayAct(allow: Allow, person: Person, what: string): MayAct {
  if (!includes(person.permission, allow.permission)) {
    const reason = `only ${isEverybody(allow) ? "people" : sentenceList(namesOf(allow))} with ${allow.permission} access may ${what}`;
    return { ok: false, reason, fix: `ask ${oneOf(allow)}` };
  }
  if (isEverybody(allow) || has(allow.users ?? [], person.login)) return { ok: true };
  const { teams } = person;
  const isMember = typeof teams === "function" ? teams : (team: string) => has(teams, team);
  if (teamsToAsk(allow, person).some(isMember)) return { ok: true };
  return { ok: false, reason: `only ${sentenceList(namesOf(allow))} may ${what}`, fix: `ask ${oneOf(allow)}` };
}

/**
 * The teams whose membership decides whether the person may act, as they are configured. Empty when the person's
 * permission or name decides: then no call is needed.
 */
export function teamsToAsk(allow: Allow, person: Pick<Person, "login" | "permission">): readonly string[] {
  const decided = !includes(person.permission, allow.permission) || has(allow.users ?? [], person.login);
  return decided ? [] : [...new Set(allow.teams ?? [])];
}

/** Those who may, in plain words: `ada and anyone in release with write access`. */
export function describeAllow(allow: Allow): string {
  const { users = [], teams = [] } = allow;
  const named = [...users, ...teams.map((team) => `anyone in ${team}`)];
  return `${isEverybody(allow) ? "anyone" : sentenceList(named)} with ${allow.permission} access`;
}

function namesOf({ users = [], teams = [] }: Allow): readonly string[] {
  return [...users, ...teams.map((team) => `members of ${team}`)];
}

function oneOf({ users = [], teams = [] }: Allow): string {
  const [only, ...more] = users;
  return only === undefined || more.length > 0 || teams.length > 0 ? "one of them" : only;
}

function isEverybody({ users = [], teams = [] }: Allow): boolean {
  return users.length === 0 && teams.length === 0;
}

function has(names: Iterable<string>, name: string): boolean {
  const wanted = name.toLowerCase();
  return [...names].some((other) => other.toLowerCase() === wanted);
}
