import { settingsFor } from "../config/index.ts";
import type { CommandCall } from "../model/command.ts";
import { UserError } from "../model/errors.ts";
import type { Allow } from "../model/gates.ts";
import type { GitHubRepository } from "../model/github-repository.ts";
import { mayAct, teamsToAsk } from "../policy/allow.ts";
import type { RepositoryContext } from "./repository-context.ts";

/** The rights of a command where the configuration decides: as far as GitHub's levels go, everybody may try. */
export const byAllow = {
  needs: "read",
  who: "people listed in `allow`",
  why: "the environment's `allow` in the base branch's configuration decides: its people and teams, and at least `write` where it says nothing",
} as const;

/**
 * Throws a `permission` UserError when the person may not act on one of these apps; `apps` empty: on the environment as
 * such. The configuration is the base's.
 */
export async function assertAllowed(
  { config, github }: Pick<RepositoryContext, "config" | "github">,
  call: CommandCall,
  environment: string,
  apps: readonly string[],
): Promise<void> {
  const subjects = apps.length > 0 ? apps : [""];
  const allows = subjects.map((app) => settingsFor(config, app, environment).allow);
  await assertAllows(github, call, allows, `act on ${apps.length > 0 ? "" : "all of "}\`${environment}\``);
}

/** As `assertAllowed`, by `gates.override`. */
export async function assertMayOverride(
  context: RepositoryContext,
  call: CommandCall,
  environment: string,
  apps: readonly string[],
): Promise<void> {
  const allows = apps.map((app) => settingsFor(context.config, app, environment).gates.override);
  await assertAllows(context.github, call, allows, `pass gates of \`${environment}\``);
}

/** As `assertAllowed`, by rules that are given; `what` is that in words, after "may". */
export async function assertAllows(
  github: Pick<GitHubRepository, "teamMember">,
  call: CommandCall,
  allows: readonly Allow[],
  what: string,
): Promise<void> {
  const known = new Map<string, boolean>();
  const different = new Map(allows.map((allow) => [JSON.stringify(allow), allow]));
  for (const allow of different.values()) {
    const person = { login: call.actor, permission: call.permission };
    for (const team of teamsToAsk(allow, person)) {
      if (!known.has(team)) known.set(team, await github.teamMember(team, call.actor));
    }
    const teams = new Set([...known].flatMap(([team, member]) => (member ? [team] : [])));
    const answer = mayAct(allow, { ...person, teams }, what);
    if (!answer.ok) throw new UserError("permission", answer.reason, { fix: answer.fix });
  }
}
