import { settingsFor } from "../config/index.ts";
import type { CommandCall } from "../model/command.ts";
import { UserError } from "../model/errors.ts";
import type { Allow } from "../model/gates.ts";
import type { GitHubRepository } from "../model/github-repository.ts";
import { type MayAct, mayAct, teamsToAsk } from "../policy/allow.ts";
import type { RepositoryContext } from "./repository-context.ts";

/** Who acts, with the permission that GitHub knows of. */
type Actor = Pick<CommandCall, "actor" | "permission">;

/** The rights of a command where the configuration decides: as far as GitHub's levels go, everybody may try. */
export const byAllow = {
  needs: "read",
  who: "people listed in `allow`",
  why: "the environment's `allow` in the base branch's configuration decides: its people and teams, and at least `write` where it says nothing",
} as const;

/**
 * Throws a `permission` UserError when the person may not act on one of these apps; `apps` empty: on the environment as
 * such. The configuration is the base's; `doing` is what they want, after "may".
 */
export async function assertAllowed(
  { config, github }: Pick<RepositoryContext, "config" | "github">,
  call: Actor,
  environment: string,
  apps: readonly string[],
  doing = "act on",
): Promise<void> {
  const subjects = apps.length > 0 ? apps : [""];
  const allows = subjects.map((app) => settingsFor(config, app, environment).allow);
  await assertAllows(github, call, allows, `${doing} ${apps.length > 0 ? "" : "all of "}\`${environment}\``);
}

/** As `assertAllowed`, by `gates.override`. */
export async function assertMayOverride(
  context: RepositoryContext,
  call: Actor,
  environment: string,
  apps: readonly string[],
): Promise<void> {
  const allows = apps.map((app) => settingsFor(context.config, app, environment).gates.override);
  await assertAllows(context.github, call, allows, `pass gates of \`${environment}\``);
}

/** An app that somebody may not act on: why, and what would let it be, as sentences. */
interface RefusedApp {
  readonly app: string;
  readonly why: string;
  readonly fix: string;
}

/** Which of these apps the person may act on, and why not on the others, by the base's configuration. */
export async function dividedByRights(
  { config, github }: Pick<RepositoryContext, "config" | "github">,
  call: Actor,
  environment: string,
  apps: readonly string[],
): Promise<{ readonly allowed: readonly string[]; readonly refused: readonly RefusedApp[] }> {
  const allows = apps.map((app) => settingsFor(config, app, environment).allow);
  const answers = await answersTo(github, call, allows, `act on \`${environment}\``);
  const refused = apps.flatMap((app, index): RefusedApp[] => {
    const answer = answers[index];
    return answer === undefined || answer.ok ? [] : [{ app, why: answer.reason, fix: answer.fix }];
  });
  const left = new Set(refused.map(({ app }) => app));
  return { allowed: apps.filter((app) => !left.has(app)), refused };
}

/** As `assertAllowed`, by rules that are given; `what` is that in words, after "may". */
export async function assertAllows(
  github: Pick<GitHubRepository, "teamMember">,
  call: Actor,
  allows: readonly Allow[],
  what: string,
): Promise<void> {
  for (const answer of await answersTo(github, call, allows, what))
    if (!answer.ok) throw new UserError("permission", answer.reason, { fix: `${answer.fix} to comment:` });
}

/** Whether the person may act, for each of these rules; GitHub is asked about each team once. */
async function answersTo(
  github: Pick<GitHubRepository, "teamMember">,
  { actor, permission }: Actor,
  allows: readonly Allow[],
  what: string,
): Promise<readonly MayAct[]> {
  const person = { login: actor, permission };
  const known = new Map<string, boolean>();
  for (const team of new Set(allows.flatMap((allow) => teamsToAsk(allow, person))))
    known.set(team, await github.teamMember(team, actor));
  return allows.map((allow) => mayAct(allow, { ...person, teams: (team) => known.get(team) === true }, what));
}
