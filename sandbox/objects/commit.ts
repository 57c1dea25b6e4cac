import type { LoggedCommit } from "../history.ts";
import type { Repository } from "../state.ts";
import { findAccount, htmlUrl, type World } from "../world.ts";
import { type Json, nodeId, userObject } from "./account.ts";
import { repositoryApi } from "./repository.ts";

function verification(repository: Repository, sha: string, date: string): Json {
  return repository.signed.includes(sha)
    ? { verified: true, reason: "valid", signature: "-----BEGIN PGP SIGNATURE-----\n", payload: "", verified_at: date }
    : { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };
}

/** The account that an author's address belongs to, by the `login@` of our no-reply addresses. */
function accountOf(world: World, email: string): Json | null {
  const login = email.split("@")[0]?.replace(/^\d+\+/, "") ?? "";
  const account = findAccount(world, login);
  return account ? userObject(world, account) : null;
}

/** The part of a commit that Git knows. */
function gitPart(world: World, repository: Repository, commit: LoggedCommit): Json {
  const api = repositoryApi(world, repository);
  return {
    url: `${api}/git/commits/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    comment_count: 0,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    verification: verification(repository, commit.sha, commit.committer.date),
  };
}

/** `commit`. */
export function commitObject(world: World, repository: Repository, commit: LoggedCommit): Json {
  const api = repositoryApi(world, repository);
  const html = htmlUrl(world, repository);
  const url = `${api}/commits/${commit.sha}`;
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url,
    html_url: `${html}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    commit: gitPart(world, repository, commit),
    author: accountOf(world, commit.author.email),
    committer: accountOf(world, commit.committer.email),
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${html}/commit/${sha}` })),
  };
}

/** The commit as webhook payloads of statuses carry it. */
export function webhookCommit(world: World, repository: Repository, commit: LoggedCommit): Json {
  const object = commitObject(world, repository, commit);
  const { verified_at: _verifiedAt, ...checked } = verification(repository, commit.sha, commit.committer.date);
  return { ...object, commit: { ...gitPart(world, repository, commit), verification: checked } };
}

/** `git-commit`. */
export function gitCommitObject(world: World, repository: Repository, commit: LoggedCommit): Json {
  const api = repositoryApi(world, repository);
  const html = htmlUrl(world, repository);
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/git/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
    verification: verification(repository, commit.sha, commit.committer.date),
  };
}
