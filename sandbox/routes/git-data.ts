import { z } from "zod";

import { noticeRefs } from "../actions/refs.ts";
import { ApiError, notFound, validationFailed } from "../errors.ts";
import { git, gitOnce, revParse } from "../git.ts";
import { commitHistory } from "../history.ts";
import { writeBlob } from "../loose-object.ts";
import { type Json, nodeId } from "../objects/account.ts";
import { gitCommitObject } from "../objects/commit.ts";
import { repositoryApi } from "../objects/repository.ts";
import { protectionOf } from "../protection.ts";
import { isAncestor, isTreePath, objectTypes, readRef, writeCommit, writeTree } from "../repository-git.ts";
import type { Repository } from "../state.ts";
import { exclusively, gitDirOf } from "../world.ts";
import { NO_REF, writeRef } from "../write-ref.ts";
import { PersonBody, signaturesOf } from "./commit-person.ts";
import { actorOf, bodyAs, type Call, onRepository, param, type Reply, type Route, reads, writes } from "./route.ts";

const read = reads("contents");
const write = writes("write", "contents");

const BlobBody = z.strictObject({ content: z.string(), encoding: z.enum(["utf-8", "base64"]).default("utf-8") });

const TreeBody = z.strictObject({
  base_tree: z.string().optional(),
  tree: z.array(
    z.strictObject({
      path: z.string(),
      mode: z.enum(["100644", "100755", "040000", "160000", "120000"]),
      type: z.enum(["blob", "tree", "commit"]).optional(),
      sha: z.string().nullable().optional(),
      content: z.string().optional(),
    }),
  ),
});

const CommitBody = z.strictObject({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: PersonBody.optional(),
  committer: PersonBody.optional(),
  signature: z.string().optional(),
});

const NewRefBody = z.strictObject({ ref: z.string(), sha: z.string() });
const MoveRefBody = z.strictObject({ sha: z.string(), force: z.boolean().default(false) });

function refuse(message: string): ApiError {
  return new ApiError(422, message);
}

async function objectOf(call: Call, repository: Repository, id: string, type: string): Promise<string> {
  const found = await revParse(gitDirOf(call.world, repository), id, type);
  if (found === undefined) throw refuse(`${type} ${id} does not exist`);
  return found;
}

async function createBlob(call: Call, repository: Repository): Promise<Reply> {
  const { content, encoding } = bodyAs(call, BlobBody);
  const sha = await writeBlob(
    gitDirOf(call.world, repository),
    Buffer.from(content, encoding === "base64" ? "base64" : "utf8"),
  );
  return { status: 201, body: { sha, url: `${repositoryApi(call.world, repository)}/git/blobs/${sha}` } };
}

async function readBlob(call: Call, repository: Repository): Promise<Reply> {
  const dir = gitDirOf(call.world, repository);
  const sha = await revParse(dir, param(call, "file_sha"), "blob");
  if (sha === undefined) throw notFound();
  const bytes = (await git(dir, ["cat-file", "blob", sha])).stdout;
  const url = `${repositoryApi(call.world, repository)}/git/blobs/${sha}`;
  return {
    status: 200,
    body: {
      sha,
      node_id: nodeId("Blob", sha),
      size: bytes.length,
      url,
      content: bytes.toString("base64"),
      encoding: "base64",
    },
  };
}

async function treeObject(call: Call, repository: Repository, sha: string, recursive: boolean): Promise<Json> {
  const api = repositoryApi(call.world, repository);
  const args = ["ls-tree", "-l", "-z", ...(recursive ? ["-r", "-t"] : []), sha];
  const text = (await git(gitDirOf(call.world, repository), args)).stdout.toString("utf8");
  const tree = text
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const [meta = "", path = ""] = line.split("\t");
      const [mode = "", type = "", id = "", size = "-"] = meta.split(/ +/);
      const url = `${api}/git/${type === "tree" ? "trees" : "blobs"}/${id}`;
      return { path, mode, type, sha: id, ...(size === "-" ? {} : { size: Number(size) }), url };
    });
  return { sha, url: `${api}/git/trees/${sha}`, tree, truncated: false };
}

async function createTree(call: Call, repository: Repository): Promise<Reply> {
  const body = bodyAs(call, TreeBody);
  const dir = gitDirOf(call.world, repository);
  const named = body.tree.flatMap(({ sha }) => (sha === undefined || sha === null ? [] : [sha]));
  const [base, types] = await Promise.all([
    body.base_tree === undefined ? null : revParse(dir, body.base_tree, "tree"),
    objectTypes(dir, named),
  ]);
  if (base === undefined) throw notFound();
  const folders = new Set(body.tree.flatMap(({ mode, sha }) => (mode === "040000" && sha ? [sha] : [])));
  const wrong = named.find((id, at) => types[at] !== (folders.has(id) ? "tree" : "blob"));
  if (wrong !== undefined) throw refuse(`tree.sha ${wrong} is not a valid ${folders.has(wrong) ? "tree" : "blob"}`);
  const entries: { path: string; mode: string; sha: string | null }[] = [];
  for (const { path, mode, sha, content } of body.tree) {
    if (!isTreePath(path)) throw refuse("tree.path contains a malformed path component");
    // GitHub merges a folder into what is there.
    if (mode === "040000" && typeof sha === "string") entries.push(...(await filesOf(dir, sha, path)));
    else if (content !== undefined) entries.push({ path, mode, sha: await writeBlob(dir, content) });
    else if (sha === undefined) throw refuse("Must supply either tree.sha or tree.content");
    else entries.push({ path, mode, sha });
  }
  const sha = await writeTree(dir, base, entries);
  return { status: 201, body: await treeObject(call, repository, sha, false) };
}

/** The files of a tree as entries below a path. */
async function filesOf(
  dir: string,
  tree: string,
  path: string,
): Promise<{ path: string; mode: string; sha: string }[]> {
  const text = (await git(dir, ["ls-tree", "-r", "-z", tree])).stdout.toString("utf8");
  return text.split("\0").flatMap((line) => {
    const [meta = "", below = ""] = line.split("\t");
    const [mode = "", , sha = ""] = meta.split(" ");
    return line === "" ? [] : [{ path: `${path}/${below}`, mode, sha }];
  });
}

async function createCommit(call: Call, repository: Repository): Promise<Reply> {
  const body = bodyAs(call, CommitBody);
  const dir = gitDirOf(call.world, repository);
  const tree = await objectOf(call, repository, body.tree, "tree");
  const parents = await Promise.all(body.parents.map((one) => objectOf(call, repository, one, "commit")));
  const { author, committer, signed } = signaturesOf(call, body);
  const sha = await writeCommit(dir, { tree, parents, message: body.message, author, committer });
  if (signed) repository.signed.push(sha);
  return commitReply(call, repository, sha, 201);
}

async function commitReply(call: Call, repository: Repository, sha: string, status: number): Promise<Reply> {
  const [commit] = await commitHistory(gitDirOf(call.world, repository), [sha, "-n", "1"]);
  if (!commit) throw notFound();
  return { status, body: gitCommitObject(call.world, repository, commit) };
}

function refObject(call: Call, repository: Repository, ref: string, target: { sha: string; type: string }): Json {
  const api = repositoryApi(call.world, repository);
  return {
    ref,
    node_id: nodeId("Ref", ref),
    url: `${api}/git/${ref}`,
    object: { ...target, url: `${api}/git/${target.type}s/${target.sha}` },
  };
}

async function createRef(call: Call, repository: Repository): Promise<Reply> {
  const { ref, sha } = bodyAs(call, NewRefBody);
  const dir = gitDirOf(call.world, repository);
  return exclusively(call.world, async () => {
    const [wellFormed, present, [type]] = await Promise.all([
      gitOnce("/", ["check-ref-format", ref], { ok: [0, 1] }),
      readRef(dir, ref),
      objectTypes(dir, [sha]),
    ]);
    if (!/^refs\/(heads|tags)\/./.test(ref) || wellFormed.code !== 0) throw refuse("Reference name is not valid");
    if (present) throw refuse("Reference already exists");
    if (type === undefined || (type !== "commit" && ref.startsWith("refs/heads/")))
      throw refuse("Object does not exist");
    // A branch `a` leaves no room for a branch `a/b`.
    if (!(await writeRef(dir, ref, sha, NO_REF))) throw refuse("Reference update failed");
    await noticeRefs(call.world, repository, actorOf(call).login);
    return { status: 201, body: refObject(call, repository, ref, { sha, type }) };
  });
}

async function moveRef(call: Call, repository: Repository): Promise<Reply> {
  const ref = `refs/${param(call, "ref")}`;
  const { sha, force } = bodyAs(call, MoveRefBody);
  const dir = gitDirOf(call.world, repository);
  return exclusively(call.world, async () => {
    const [present, [type]] = await Promise.all([readRef(dir, ref), objectTypes(dir, [sha])]);
    if (!present) throw refuse("Reference does not exist");
    if (type !== "commit") throw refuse("Object does not exist");
    if (protectionOf(repository, ref.replace("refs/heads/", "")))
      throw refuse("Changes must be made through a pull request.");
    if (!force && !(await isAncestor(dir, present.sha, sha))) throw refuse("Update is not a fast forward");
    if (!(await writeRef(dir, ref, sha, present.sha))) throw refuse("Reference update failed");
    await noticeRefs(call.world, repository, actorOf(call).login);
    return { status: 200, body: refObject(call, repository, ref, { sha, type }) };
  });
}

async function deleteRef(call: Call, repository: Repository): Promise<Reply> {
  const ref = `refs/${param(call, "ref")}`;
  const dir = gitDirOf(call.world, repository);
  return exclusively(call.world, async () => {
    if (!(await readRef(dir, ref))) throw refuse("Reference does not exist");
    if (ref === `refs/heads/${repository.defaultBranch}`) {
      throw validationFailed({ resource: "Reference", code: "custom", message: "Cannot delete the default branch" });
    }
    await git(dir, ["update-ref", "-d", ref]);
    await noticeRefs(call.world, repository, actorOf(call).login);
    return { status: 204 };
  });
}

async function oneRef(call: Call, repository: Repository): Promise<Reply> {
  const ref = `refs/${param(call, "ref")}`;
  const target = await readRef(gitDirOf(call.world, repository), ref);
  if (!target) throw notFound();
  return { status: 200, body: refObject(call, repository, ref, target) };
}

async function matchingRefs(call: Call, repository: Repository): Promise<Reply> {
  const prefix = `refs/${param(call, "ref")}`;
  const found = Object.entries(repository.refs).filter(([name]) => name.startsWith(prefix));
  const types = await objectTypes(
    gitDirOf(call.world, repository),
    found.map(([, sha]) => sha),
  );
  const body = found.map(([name, sha], at) => refObject(call, repository, name, { sha, type: types[at] ?? "commit" }));
  return { status: 200, body };
}

/** The Git Data API. */
export const gitDataRoutes: readonly Route[] = [
  onRepository("POST", "/repos/{owner}/{repo}/git/blobs", write, createBlob),
  onRepository("GET", "/repos/{owner}/{repo}/git/blobs/{file_sha}", read, readBlob),
  onRepository("POST", "/repos/{owner}/{repo}/git/trees", write, createTree),
  onRepository("GET", "/repos/{owner}/{repo}/git/trees/{tree_sha}", read, async (call, repository) => {
    const sha = await revParse(gitDirOf(call.world, repository), param(call, "tree_sha"), "tree");
    if (sha === undefined) throw notFound();
    return { status: 200, body: await treeObject(call, repository, sha, call.query.recursive !== undefined) };
  }),
  onRepository("POST", "/repos/{owner}/{repo}/git/commits", write, createCommit),
  onRepository("GET", "/repos/{owner}/{repo}/git/commits/{commit_sha}", read, async (call, repository) => {
    const sha = await revParse(gitDirOf(call.world, repository), param(call, "commit_sha"));
    if (sha === undefined) throw notFound();
    return commitReply(call, repository, sha, 200);
  }),
  onRepository("GET", "/repos/{owner}/{repo}/git/matching-refs/{ref}", read, matchingRefs),
  onRepository("GET", "/repos/{owner}/{repo}/git/ref/{ref}", read, oneRef),
  onRepository("POST", "/repos/{owner}/{repo}/git/refs", write, createRef),
  onRepository("PATCH", "/repos/{owner}/{repo}/git/refs/{ref}", write, moveRef),
  onRepository("DELETE", "/repos/{owner}/{repo}/git/refs/{ref}", write, deleteRef),
];
