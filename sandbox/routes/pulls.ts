import { z } from "zod";

import { mergePull } from "../actions/merge.ts";
import { editPull, openPull, setPullState } from "../actions/pulls.ts";
import { diffEntries } from "../diff-entries.ts";
import { commitHistory } from "../history.ts";
import { commitObject } from "../objects/commit.ts";
import { diffEntryObject } from "../objects/diff-entry.ts";
import { fullPullObject, pullObject } from "../objects/pull.ts";
import { baseTip, pullFacts } from "../pull-facts.ts";
import type { Pull, Repository } from "../state.ts";
import { gitDirOf, pullOf } from "../world.ts";
import {
  actorOf,
  bodyAs,
  type Call,
  numberParam,
  onRepository,
  paged,
  type Reply,
  type Route,
  reads,
  writes,
} from "./route.ts";

const CreateBody = z.strictObject({
  title: z.string(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
  maintainer_can_modify: z.boolean().optional(),
});

const EditBody = z.strictObject({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
  maintainer_can_modify: z.boolean().optional(),
});

const MergeBody = z.strictObject({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).optional(),
});

const read = reads("pull_requests");

async function full(call: Call, repository: Repository, pull: Pull, status = 200): Promise<Reply> {
  const facts = await pullFacts(call.world, repository, pull);
  return { status, body: fullPullObject(call.world, repository, pull, facts) };
}

function thePull(call: Call, repository: Repository): Pull {
  return pullOf(repository, numberParam(call, "pull_number"));
}

function listPulls(call: Call, repository: Repository): Reply {
  const { state = "open", head, base, sort = "created", direction } = call.query;
  const owner = (pull: Pull): string =>
    call.world.state.repositories.find((one) => one.id === pull.headRepoId)?.owner ?? "";
  const found = repository.pulls
    .filter((pull) => state === "all" || pull.state === state)
    .filter((pull) => head === undefined || !head.includes(":") || `${owner(pull)}:${pull.headRef}` === head)
    .filter((pull) => base === undefined || pull.baseRef === base);
  const key = (pull: Pull): string => (sort === "updated" ? pull.updatedAt : pull.createdAt);
  const sorted = [...found].sort((a, b) => key(a).localeCompare(key(b)) || a.number - b.number);
  const up = direction === undefined ? sort !== "created" : direction === "asc";
  return paged(call, up ? sorted : sorted.reverse(), (page) =>
    page.map((pull) => pullObject(call.world, repository, pull)),
  );
}

async function patchPull(call: Call, repository: Repository): Promise<Reply> {
  const pull = thePull(call, repository);
  const body = bodyAs(call, EditBody);
  const actor = actorOf(call);
  const text = body.body === undefined ? undefined : (body.body ?? "");
  await editPull(call.world, repository, pull, { title: body.title, body: text, base: body.base }, actor);
  if (body.state !== undefined) await setPullState(call.world, repository, pull, body.state, actor);
  return full(call, repository, pull);
}

/** Pull requests. */
export const pullRoutes: readonly Route[] = [
  onRepository("GET", "/repos/{owner}/{repo}/pulls", read, listPulls),
  onRepository("POST", "/repos/{owner}/{repo}/pulls", writes("read", "pull_requests"), async (call, repository) => {
    const { title, head, base, body, draft } = bodyAs(call, CreateBody);
    const pull = await openPull(
      call.world,
      repository,
      { title, head, base, body: body ?? "", draft: draft ?? false },
      actorOf(call),
    );
    return full(call, repository, pull, 201);
  }),
  onRepository("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", read, (call, repository) =>
    full(call, repository, thePull(call, repository)),
  ),
  onRepository("PATCH", "/repos/{owner}/{repo}/pulls/{pull_number}", writes("triage", "pull_requests"), patchPull),
  onRepository("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files", read, async (call, repository) => {
    const pull = thePull(call, repository);
    const tip = baseTip(repository, pull);
    const entries = await diffEntries(gitDirOf(call.world, repository), `${tip}...${pull.headSha}`);
    return paged(call, entries, (page) =>
      page.map((one) => diffEntryObject(call.world, repository, pull.headSha, one)),
    );
  }),
  onRepository("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/commits", read, async (call, repository) => {
    const pull = thePull(call, repository);
    const tip = baseTip(repository, pull);
    const commits = (await commitHistory(gitDirOf(call.world, repository), [`${tip}..${pull.headSha}`])).reverse();
    return paged(call, commits, (page) => page.map((one) => commitObject(call.world, repository, one)));
  }),
  onRepository(
    "PUT",
    "/repos/{owner}/{repo}/pulls/{pull_number}/merge",
    writes("write", "contents"),
    async (call, repository) => {
      const pull = thePull(call, repository);
      const body = bodyAs(call, MergeBody);
      const input = {
        sha: body.sha,
        method: body.merge_method ?? "merge",
        title: body.commit_title,
        message: body.commit_message,
      };
      const sha = await mergePull(call.world, repository, pull, input, actorOf(call));
      return { status: 200, body: { sha, merged: true, message: "Pull Request successfully merged" } };
    },
  ),
];
