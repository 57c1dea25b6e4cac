import { validationFailed } from "../errors.ts";
import { emitPull } from "../events.ts";
import { userByLogin } from "../objects/account.ts";
import { labelObject } from "../objects/pull.ts";
import { includesRole, roleOf } from "../roles.ts";
import type { Pull, Repository } from "../state.ts";
import type { Issue } from "../state-parts.ts";
import { findAccount, isPull, nextId, nowIso, type World } from "../world.ts";
import type { Actor } from "./pulls.ts";

/** GitHub's limits. */
const MAX_TITLE = 256;
const MAX_BODY = 65_536;
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

/** What of an issue can be written. */
export interface IssueInput {
  readonly title?: string | undefined;
  readonly body?: string | undefined;
  readonly state?: Issue["state"] | undefined;
  readonly stateReason?: Issue["stateReason"] | undefined;
}

/** Opens an issue. 422 for an empty or too long title, or a too long body. Events of issues are not played. */
export function createIssue(
  world: World,
  repository: Repository,
  { title = "", body = "" }: IssueInput,
  actor: Actor,
): Issue {
  checkTexts({ title, body });
  const time = nowIso(world);
  const issue: Issue = {
    id: nextId(world),
    number: repository.nextNumber,
    author: actor.login,
    byApp: actor.byApp,
    title,
    body,
    state: "open",
    stateReason: null,
    labels: [],
    assignees: [],
    createdAt: time,
    updatedAt: time,
    closedAt: null,
  };
  repository.nextNumber += 1;
  repository.issues = [...(repository.issues ?? []), issue];
  return issue;
}

/** Changes what is given. One that is closed or opened again without a reason gets the usual one. */
export function editIssue(world: World, issue: Issue, input: IssueInput): void {
  checkTexts(input);
  const time = nowIso(world);
  issue.title = input.title ?? issue.title;
  issue.body = input.body ?? issue.body;
  issue.updatedAt = time;
  if (input.state === undefined || input.state === issue.state) return;
  issue.state = input.state;
  issue.closedAt = input.state === "closed" ? time : null;
  issue.stateReason = input.stateReason ?? (input.state === "closed" ? "completed" : "reopened");
}

function checkTexts({ title, body }: IssueInput): void {
  const invalid = (field: string): Error => validationFailed({ resource: "Issue", field, code: "invalid" });
  if (title !== undefined && (title.trim() === "" || [...title].length > MAX_TITLE)) throw invalid("title");
  if ([...(body ?? "")].length > MAX_BODY) throw invalid("body");
}

/** Gives the pull request or issue these labels and no others. Emits `unlabeled` and `labeled` for each change. */
export async function setLabels(
  world: World,
  repository: Repository,
  issue: Pull | Issue,
  names: readonly string[],
  actor: Actor,
): Promise<void> {
  const wanted = [...new Set(names.map((name) => ensureLabel(world, repository, name)))];
  const removed = issue.labels.filter((name) => !wanted.includes(name));
  const added = wanted.filter((name) => !issue.labels.includes(name));
  if (removed.length + added.length === 0) return;
  issue.labels = wanted;
  issue.updatedAt = nowIso(world);
  if (!isPull(issue)) return;
  const tell = (action: string, name: string): Promise<void> =>
    emitPull(world, repository, issue, action, actor.login, { label: labelObject(world, repository, name) });
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
  issue: Pull | Issue,
  logins: readonly string[],
  actor: Actor,
): Promise<void> {
  const wanted = [...new Set(logins)]
    .filter((login) => assignable(world, repository, login))
    .map((login) => findAccount(world, login)?.login ?? login)
    .slice(0, MAX_ASSIGNEES);
  const removed = issue.assignees.filter((login) => !wanted.includes(login));
  const added = wanted.filter((login) => !issue.assignees.includes(login));
  if (removed.length + added.length === 0) return;
  issue.assignees = wanted;
  issue.updatedAt = nowIso(world);
  if (!isPull(issue)) return;
  const tell = (action: string, login: string): Promise<void> =>
    emitPull(world, repository, issue, action, actor.login, { assignee: userByLogin(world, login) });
  for (const login of removed) await tell("unassigned", login);
  for (const login of added) await tell("assigned", login);
}
