import { z } from "zod";

import { setAssignees, setLabels } from "../actions/issues.ts";
import { editPull, setPullState } from "../actions/pulls.ts";
import { ApiError } from "../errors.ts";
import { issueObject } from "../objects/comment.ts";
import { labelObject } from "../objects/pull.ts";
import type { Pull, Repository } from "../state.ts";
import { pullOf } from "../world.ts";
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
const IssueBody = z.strictObject({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  labels: z.array(LabelName).optional(),
  assignees: z.array(z.string()).optional(),
});

// Pull requests are issues too, reachable with either permission.
const read = reads("issues", "pull_requests");
const triage = writes("triage", "issues", "pull_requests");

const ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}";

function thePull(call: Call, repository: Repository): Pull {
  return pullOf(repository, numberParam(call, "issue_number"));
}

function namesOf(labels: readonly z.infer<typeof LabelName>[]): string[] {
  return labels.map((one) => (typeof one === "string" ? one : one.name));
}

function issueReply(call: Call, repository: Repository, pull: Pull, status = 200): Reply {
  return { status, body: issueObject(call.world, repository, pull) };
}

async function patchIssue(call: Call, repository: Repository): Promise<Reply> {
  const pull = thePull(call, repository);
  const body = bodyAs(call, IssueBody);
  const actor = actorOf(call);
  const text = body.body === undefined ? undefined : (body.body ?? "");
  await editPull(call.world, repository, pull, { title: body.title, body: text }, actor);
  if (body.labels) await setLabels(call.world, repository, pull, namesOf(body.labels), actor);
  if (body.assignees) await setAssignees(call.world, repository, pull, body.assignees, actor);
  if (body.state !== undefined) await setPullState(call.world, repository, pull, body.state, actor);
  return issueReply(call, repository, pull);
}

/** Replaces the labels (PUT) or adds to them (POST). */
function writeLabels(method: "PUT" | "POST"): Route {
  return onRepository(method, `${ISSUE}/labels`, triage, async (call, repository) => {
    const pull = thePull(call, repository);
    const body = bodyAs(call, LabelsBody);
    const given = namesOf(Array.isArray(body) ? body : (body.labels ?? []));
    const names = method === "PUT" ? given : [...pull.labels, ...given];
    await setLabels(call.world, repository, pull, names, actorOf(call));
    return labelsReply(call, repository, pull);
  });
}

function labelsReply(call: Call, repository: Repository, pull: Pull): Reply {
  return { status: 200, body: pull.labels.map((name) => labelObject(call.world, repository, name)) };
}

/** Assigns more people (POST) or fewer (DELETE). */
function writeAssignees(method: "POST" | "DELETE"): Route {
  return onRepository(method, `${ISSUE}/assignees`, triage, async (call, repository) => {
    const pull = thePull(call, repository);
    const { assignees } = bodyAs(call, AssigneesBody);
    const wanted =
      method === "POST" ? [...pull.assignees, ...assignees] : pull.assignees.filter((one) => !assignees.includes(one));
    await setAssignees(call.world, repository, pull, wanted, actorOf(call));
    return issueReply(call, repository, pull, method === "POST" ? 201 : 200);
  });
}

/** Pull requests as issues: labels and assignees. */
export const issueRoutes: readonly Route[] = [
  onRepository("GET", ISSUE, read, (call, repository) => issueReply(call, repository, thePull(call, repository))),
  onRepository("PATCH", ISSUE, triage, patchIssue),
  onRepository("GET", `${ISSUE}/labels`, read, (call, repository) =>
    paged(call, thePull(call, repository).labels, (page) =>
      page.map((name) => labelObject(call.world, repository, name)),
    ),
  ),
  writeLabels("POST"),
  writeLabels("PUT"),
  onRepository("DELETE", `${ISSUE}/labels/{name}`, triage, async (call, repository) => {
    const pull = thePull(call, repository);
    const name = param(call, "name").toLowerCase();
    const kept = pull.labels.filter((one) => one.toLowerCase() !== name);
    if (kept.length === pull.labels.length) throw new ApiError(404, "Label does not exist");
    await setLabels(call.world, repository, pull, kept, actorOf(call));
    return labelsReply(call, repository, pull);
  }),
  writeAssignees("POST"),
  writeAssignees("DELETE"),
];
