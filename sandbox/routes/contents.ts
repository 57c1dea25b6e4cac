import { z } from "zod";

import { noticeRefs } from "../actions/refs.ts";
import { ApiError, notFound } from "../errors.ts";
import { git, gitText } from "../git.ts";
import { commitAt } from "../history.ts";
import { writeBlob } from "../loose-object.ts";
import { gitCommitObject } from "../objects/commit.ts";
import { repositoryApi } from "../objects/repository.ts";
import { protectionOf } from "../protection.ts";
import { blobAt, isTreePath, writeCommit, writeTree } from "../repository-git.ts";
import type { Repository } from "../state.ts";
import { branchHead, exclusively, gitDirOf, htmlUrl } from "../world.ts";
import { PersonBody, signaturesOf } from "./commit-person.ts";
import { actorOf, bodyAs, type Call, onRepository, param, type Reply, type Route, reads, writes } from "./route.ts";

const PutBody = z.strictObject({
  message: z.string(),
  content: z.string(),
  sha: z.string().optional(),
  branch: z.string().optional(),
  author: PersonBody.optional(),
  committer: PersonBody.optional(),
});

function contentLinks(call: Call, repository: Repository, ref: string, path: string, type: string, sha: string) {
  const url = `${repositoryApi(call.world, repository)}/contents/${encodeURI(path)}?ref=${encodeURIComponent(ref)}`;
  const kind = type === "dir" ? "trees" : "blobs";
  const gitUrl = `${repositoryApi(call.world, repository)}/git/${kind}/${sha}`;
  const html = `${htmlUrl(call.world, repository)}/${type === "dir" ? "tree" : "blob"}/${ref}/${encodeURI(path)}`;
  const raw = type === "dir" ? null : `${htmlUrl(call.world, repository)}/raw/${ref}/${encodeURI(path)}`;
  return { url, git_url: gitUrl, html_url: html, download_url: raw, _links: { self: url, git: gitUrl, html } };
}

async function readContents(call: Call, repository: Repository): Promise<Reply> {
  const path = param(call, "path").replace(/^\/+|\/+$/g, "");
  const ref = call.query.ref ?? repository.defaultBranch;
  const dir = gitDirOf(call.world, repository);
  const commit = await commitAt(dir, ref);
  if (!commit) throw notFound();
  const type = (await git(dir, ["cat-file", "-t", `${commit.sha}:${path}`], { ok: [0, 128] })).stdout
    .toString("utf8")
    .trim();
  if (type === "tree") return listDirectory(call, repository, ref, `${commit.sha}:${path}`, path);
  if (type !== "blob") throw notFound();
  const sha = await gitText(dir, ["rev-parse", `${commit.sha}:${path}`]);
  const bytes = (await git(dir, ["cat-file", "blob", sha])).stdout;
  if (/\.raw\b/.test(call.accept)) {
    return {
      status: 200,
      body: bytes.toString("utf8"),
      headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8" },
    };
  }
  const content = `${
    bytes
      .toString("base64")
      .match(/.{1,60}/g)
      ?.join("\n") ?? ""
  }\n`;
  const body = {
    type: "file",
    encoding: "base64",
    size: bytes.length,
    name: path.split("/").at(-1),
    path,
    content,
    sha,
    ...contentLinks(call, repository, ref, path, "file", sha),
  };
  return { status: 200, body };
}

async function listDirectory(
  call: Call,
  repository: Repository,
  ref: string,
  tree: string,
  path: string,
): Promise<Reply> {
  const text = (await git(gitDirOf(call.world, repository), ["ls-tree", "-l", "-z", tree])).stdout.toString("utf8");
  const items = text
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const [meta = "", name = ""] = line.split("\t");
      const [mode = "", kind = "", sha = "", size = "-"] = meta.split(/ +/);
      const type = kind === "tree" ? "dir" : mode === "120000" ? "symlink" : kind === "commit" ? "submodule" : "file";
      const full = path === "" ? name : `${path}/${name}`;
      return {
        type,
        size: Number(size) || 0,
        name,
        path: full,
        sha,
        ...contentLinks(call, repository, ref, full, type, sha),
      };
    });
  return { status: 200, body: items };
}

/** The base64 of a request as bytes; 422 for anything else. */
function decoded(content: string): Buffer {
  const packed = content.replace(/\s/g, "");
  if (!/^[A-Za-z\d+/]*={0,2}$/.test(packed)) throw new ApiError(422, "content is not valid Base64");
  return Buffer.from(packed, "base64");
}

/** Refuses a write whose caller did not know what is there: 422 where no blob was named, 409 where another one is. */
function checkExpected(path: string, present: string | undefined, expected: string | undefined): void {
  if (present !== undefined && expected === undefined)
    throw new ApiError(422, `Invalid request.\n\n"sha" wasn't supplied.`);
  if (expected !== present) throw new ApiError(409, `${path} does not match ${expected ?? ""}`);
}

async function writeContents(call: Call, repository: Repository): Promise<Reply> {
  const path = param(call, "path").replace(/^\/+|\/+$/g, "");
  const body = bodyAs(call, PutBody);
  if (!isTreePath(path)) throw new ApiError(422, "path contains a malformed path component");
  const bytes = decoded(body.content);
  const branch = body.branch ?? repository.defaultBranch;
  const dir = gitDirOf(call.world, repository);
  return exclusively(call.world, async () => {
    await noticeRefs(call.world, repository, actorOf(call).login);
    const parent = branchHead(repository, branch);
    const empty = Object.keys(repository.refs).length === 0;
    if (parent === undefined && !empty) throw new ApiError(404, `Branch ${branch} not found`);
    const present = parent === undefined ? undefined : await blobAt(dir, parent, path);
    checkExpected(path, present, body.sha);
    if (protectionOf(repository, branch))
      throw new ApiError(409, "Could not write file: Changes must be made through a pull request.");
    const blob = await writeBlob(dir, bytes);
    const tree = await writeTree(dir, parent ?? null, [{ path, mode: "100644", sha: blob }]);
    const { author, committer, signed } = signaturesOf(call, body);
    const parents = parent === undefined ? [] : [parent];
    const sha = await writeCommit(dir, { tree, parents, message: body.message, author, committer });
    if (signed) repository.signed.push(sha);
    await git(dir, ["update-ref", `refs/heads/${branch}`, sha, parent ?? "0".repeat(40)]);
    await noticeRefs(call.world, repository, actorOf(call).login);
    const commit = await commitAt(dir, sha);
    if (!commit) throw new Error(`the commit ${sha} was not written`);
    const content = {
      name: path.split("/").at(-1),
      path,
      sha: blob,
      size: bytes.length,
      type: "file",
      ...contentLinks(call, repository, branch, path, "file", blob),
    };
    const written = { content, commit: gitCommitObject(call.world, repository, commit) };
    return { status: present === undefined ? 201 : 200, body: written };
  });
}

/** Files and directories of a branch. */
export const contentRoutes: readonly Route[] = [
  onRepository("GET", "/repos/{owner}/{repo}/contents/{path}", reads("contents"), readContents),
  onRepository("PUT", "/repos/{owner}/{repo}/contents/{path}", writes("write", "contents"), writeContents),
];
