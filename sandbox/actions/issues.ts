import { validationFailed } from "../errors.ts";
import { emitPull } from "../events.ts";
import { userByLogin } from "../objects/account.ts";
import { labelObject } from "../objects/pull.ts";
import { includesRole, roleOf } from "../roles.ts";
import type { Pull, Repository } from "../state.ts";
import { findAccount, nextId, nowIso, type World } from "../world.ts";
import type { Actor } from "./pulls.ts";

/** GitHub's limits. */
const MAX_LABEL = 50;
const MAX_ASSIGNEES = 10;

/** The label's name as the repository spells it; an unknown one is made, as GitHub does. */
function ensureLabel(world: World, repository: Repository, name: string): string {
  const known = repository.labels.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (known) return known.name;
  if (name.trim() === "" || [...name].length > MAX_LABEL)
    throw validationFailed({ resource: "Label", field: "name", code: "invalid" });
  repository.labels.push({ id: nextId(world), name, color: "ededed" });
  return name;
}

/** Gives the pull request these labels and no others. Emits `unlabeled` and `labeled` for each change. */
export async function setLabels(
  world: World,
  repository: Repository,
  pull: Pull,
  names: readonly string[],
  actor: Actor,
): Promise<void> {
  const wanted = [...new Set(names.map((name) => ensureLabel(world, repository, name)))];
  const removed = pull.labels.filter((name) => !wanted.includes(name));
  const added = wanted.filter((name) => !pull.labels.includes(name));
  if (removed.length + added.length === 0) return;
  pull.labels = wanted;
  pull.updatedAt = nowIso(world);
  const tell = (action: string, name: string): Promise<void> =>
    emitPull(world, repository, pull, action, actor.login, { label: labelObject(world, repository, name) });
  for (const name of removed) await tell("unlabeled", name);
  for (const name of added) await tell("labeled", name);
}

/** Whether GitHub lets a person be assigned: members who can read a private repository, else people who can triage. */
function assignable(world: World, repository: Repository, login: string): boolean {
  const account = findAccount(world, login);
  if (account?.type !== "User") return false;
  return includesRole(roleOf(world, repository, login), repository.private ? "read" : "triage");
}

/** Assigns these people and no others; who cannot be assigned is left out silently, as on GitHub. */
export async function setAssignees(
  world: World,
  repository: Repository,
  pull: Pull,
  logins: readonly string[],
  actor: Actor,
): Promise<void> {
  const wanted = [...new Set(logins)]
    .filter((login) => assignable(world, repository, login))
    .map((login) => findAccount(world, login)?.login ?? login)
    .slice(0, MAX_ASSIGNEES);
  const removed = pull.assignees.filter((login) => !wanted.includes(login));
  const added = wanted.filter((login) => !pull.assignees.includes(login));
  if (removed.length + added.length === 0) return;
  pull.assignees = wanted;
  pull.updatedAt = nowIso(world);
  const tell = (action: string, login: string): Promise<void> =>
    emitPull(world, repository, pull, action, actor.login, { assignee: userByLogin(world, login) });
  for (const login of removed) await tell("unassigned", login);
  for (const login of added) await tell("assigned", login);
}
