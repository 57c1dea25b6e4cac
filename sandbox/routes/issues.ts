import { z } from "zod";

import { createIssue, editIssue, setAssignees, setLabels } from "../actions/issues.ts";
import { editPull, setPullState } from "../actions/pulls.ts";
import { ApiError } from "../errors.ts";
import { issueObject } from "../objects/comment.ts";
import { labelObject } from "../objects/pull.ts";
import type { Pull, Repository } from "../state.ts";
import type { Issue } from "../state-parts.ts";
import { isPull, issueOf } from "../world.ts";
import {
  actorOf,
  bodyAs,
  type Call,
  numberParam,
  onRepository,
  paged,
  param,
  type Reply,
  type Route,
  reads,
  writes,
} from "./route.ts";

const LabelName = z.union([
  z.string(),
  z.strictObject({ name: z.string(), color: z.string().nullish(), description: z.string().nullish() }),
]);
const LabelsBody = z.union([z.strictObject({ labels: z.array(LabelName).optional() }), z.array(LabelName)]);
const AssigneesBody = z.strictObject({ assignees: z.array(z.string()).default([]) });
const CreateBody = z.strictObject({
  title: z.string(),
  body: z.string().optional(),
  labels: z.array(LabelName).optional(),
  assignees: z.array(z.string()).optional(),
});
const IssueBody = z.strictObject({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  state_reason: z.enum(["completed", "not_planned", "reopened"]).nullish(),
  labels: z.array(LabelName).optional(),
  assignees: z.array(z.string()).optional(),
});

// Pull requests are issues too, reachable with either permission.
const read = reads("issues", "pull_requests");
const triage = writes("triage", "issues", "pull_requests");

const MANY = "/repos/{owner}/{repo}/issues";
const ISSUE = `${MANY}/{issue_number}`;

function theIssue(call: Call, repository: Repository): Pull | Issue {
  return issueOf(repository, numberParam(call, "issue_number"));
}

function namesOf(labels: readonly z.infer<typeof LabelName>[]): string[] {
  return labels.map((one) => (typeof one === "string" ? one : one.name));
}

function issueReply(call: Call, repository: Repository, issue: Pull | Issue, status = 200): Reply {
  return { status, body: issueObject(call.world, repository, issue) };
}

async function patchIssue(call: Call, repository: Repository): Promise<Reply> {
  const issue = theIssue(call, repository);
  const body = bodyAs(call, IssueBody);
  const actor = actorOf(call);
  const text = body.body === undefined ? undefined : (body.body ?? "");
  if (isPull(issue)) {
    await editPull(call.world, repository, issue, { title: body.title, body: text }, actor);
  } else {
    const { title, state, state_reason: stateReason } = body;
    editIssue(call.world, issue, { title, body: text, state, stateReason });
  }
  await assign(call, repository, issue, body);
  if (body.state !== undefined && isPull(issue)) await setPullState(call.world, repository, issue, body.state, actor);
  return issueReply(call, repository, issue);
}

async function postIssue(call: Call, repository: Repository): Promise<Reply> {
  const body = bodyAs(call, CreateBody);
  const issue = createIssue(call.world, repository, body, actorOf(call));
  await assign(call, repository, issue, body);
  return issueReply(call, repository, issue, 201);
}

async function assign(
  call: Call,
  repository: Repository,
  issue: Pull | Issue,
  { labels, assignees }: Pick<z.infer<typeof IssueBody>, "labels" | "assignees">,
): Promise<void> {
  const actor = actorOf(call);
  if (labels) await setLabels(call.world, repository, issue, namesOf(labels), actor);
  if (assignees) await setAssignees(call.world, repository, issue, assignees, actor);
}

/** Issues and pull requests, the newest first unless told otherwise. */
function listIssues(call: Call, repository: Repository): Reply {
  const { state = "open", creator, labels, sort = "created", direction = "desc" } = call.query;
  const wanted = labels?.split(",") ?? [];
  const time = (one: Pull | Issue): string => (sort === "updated" ? one.updatedAt : one.createdAt);
  const found = [...(repository.issues ?? []), ...repository.pulls]
    .filter((one) => state === "all" || one.state === state)
    .filter((one) => creator === undefined || one.author.toLowerCase() === creator.toLowerCase())
    .filter((one) => wanted.every((name) => one.labels.includes(name)))
    .sort((a, b) => time(a).localeCompare(time(b)) || a.number - b.number);
  const ordered = direction === "asc" ? found : found.reverse();
  return paged(call, ordered, (page) => page.map((one) => issueObject(call.world, repository, one)));
}

/** Replaces the labels (PUT) or adds to them (POST). */
function writeLabels(method: "PUT" | "POST"): Route {
  return onRepository(method, `${ISSUE}/labels`, triage, async (call, repository) => {
    const issue = theIssue(call, repository);
    const body = bodyAs(call, LabelsBody);
    const given = namesOf(Array.isArray(body) ? body : (body.labels ?? []));
    const names = method === "PUT" ? given : [...issue.labels, ...given];
    await setLabels(call.world, repository, issue, names, actorOf(call));
    return labelsReply(call, repository, issue);
  });
}

function labelsReply(call: Call, repository: Repository, issue: Pull | Issue): Reply {
  return { status: 200, body: issue.labels.map((name) => labelObject(call.world, repository, name)) };
}

/** Assigns more people (POST) or fewer (DELETE). */
function writeAssignees(method: "POST" | "DELETE"): Route {
  return onRepository(method, `${ISSUE}/assignees`, triage, async (call, repository) => {
    const issue = theIssue(call, repository);
    const { assignees } = bodyAs(call, AssigneesBody);
    const wanted =
      method === "POST"
        ? [...issue.assignees, ...assignees]
        : issue.assignees.filter((one) => !assignees.includes(one));
    await setAssignees(call.world, repository, issue, wanted, actorOf(call));
    return issueReply(call, repository, issue, method === "POST" ? 201 : 200);
  });
}

/** Issues, and pull requests as such: texts, labels and assignees. */
export const issueRoutes: readonly Route[] = [
  onRepository("GET", MANY, reads("issues"), listIssues),
  onRepository("POST", MANY, writes("read", "issues"), postIssue),
  onRepository("GET", ISSUE, read, (call, repository) => issueReply(call, repository, theIssue(call, repository))),
  onRepository("PATCH", ISSUE, triage, patchIssue),
  onRepository("GET", `${ISSUE}/labels`, read, (call, repository) =>
    paged(call, theIssue(call, repository).labels, (page) =>
      page.map((name) => labelObject(call.world, repository, name)),
    ),
  ),
  writeLabels("POST"),
  writeLabels("PUT"),
  onRepository("DELETE", `${ISSUE}/labels/{name}`, triage, async (call, repository) => {
    const issue = theIssue(call, repository);
    const name = param(call, "name").toLowerCase();
    const kept = issue.labels.filter((one) => one.toLowerCase() !== name);
    if (kept.length === issue.labels.length) throw new ApiError(404, "Label does not exist");
    await setLabels(call.world, repository, issue, kept, actorOf(call));
    return labelsReply(call, repository, issue);
  }),
  writeAssignees("POST"),
  writeAssignees("DELETE"),
];
