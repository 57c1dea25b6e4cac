import { dirname } from "node:path";
import type { Context } from "hono";

import { requireAccess } from "./access.ts";
import { noticeRefs } from "./actions/refs.ts";
import { authenticate, type Caller } from "./auth.ts";
import { ApiError } from "./errors.ts";
import { bodyOf, httpBackend } from "./git-backend.ts";
import { answerLsRefs } from "./git-protocol.ts";
import { reads, writes } from "./routes/route.ts";
import type { Repository } from "./state.ts";
import { botLogin, exclusively, findRepository, formerlyNamed, gitDirOf, type World } from "./world.ts";

/** The owner, repository and rest of a git request's path; undefined when the path is none of git's. */
export function parseGitPath(path: string): { owner: string; name: string; tail: string } | undefined {
  const match = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path);
  const [, owner, name, tail] = match ?? [];
  return owner === undefined || name === undefined || tail === undefined ? undefined : { owner, name, tail };
}

/** Serves git's smart protocol through `git http-backend`. */
export async function handleGit(
  world: World,
  context: Context,
  target: { owner: string; name: string; tail: string },
): Promise<Response> {
  const service = target.tail === "info/refs" ? context.req.query("service") : target.tail;
  const pushes = service === "git-receive-pack";
  try {
    const caller = authenticate(world, context.req.header("authorization"));
    const repository = findRepository(world, target.owner, target.name);
    const moved = repository ? undefined : formerlyNamed(world, target.owner, target.name);
    if (moved) {
      const { search } = new URL(context.req.url);
      return context.redirect(`${world.origin}/${moved.owner}/${moved.name}.git/${target.tail}${search}`, 301);
    }
    if (!repository) throw new ApiError(caller.kind === "anonymous" ? 401 : 404, "Repository not found.");
    requireGitAccess(world, caller, repository, pushes);
    const body = await bodyOf(context.req.raw);
    const run = (): Promise<Response> => backend(world, context, repository, target.tail, body, caller);
    if (service === "git-upload-pack" && context.req.header("git-protocol") === "version=2") {
      if (target.tail === "info/refs") return await offered(run);
      const refs = answerLsRefs(gitDirOf(world, repository), body);
      if (refs) return new Response(new Uint8Array(refs), { headers: { "content-type": RESULT, ...NEVER_KEPT } });
    }
    if (!pushes || target.tail === "info/refs") return await run();
    return await exclusively(world, async () => {
      const response = await run();
      await noticeRefs(world, repository, callerLogin(world, caller));
      return response;
    });
  } catch (error) {
    return refusal(world, error);
  }
}

const RESULT = "application/x-git-upload-pack-result";
const NEVER_KEPT = { "cache-control": "no-cache, max-age=0, must-revalidate" };

let offer: { readonly headers: Headers; readonly body: ArrayBuffer } | undefined;

/**
 * What git offers in version 2 of its protocol: capabilities of this git, the same for every repository here, so asked
 * for once.
 */
async function offered(run: () => Promise<Response>): Promise<Response> {
  if (offer) return new Response(offer.body, { headers: offer.headers });
  const response = await run();
  if (response.status !== 200) return response;
  offer = { headers: response.headers, body: await response.arrayBuffer() };
  return new Response(offer.body, { headers: offer.headers });
}

function requireGitAccess(world: World, caller: Caller, repository: Repository, pushes: boolean): void {
  if (caller.kind === "anonymous" && (pushes || repository.private))
    throw new ApiError(401, "Authentication required.");
  requireAccess(world, caller, repository, pushes ? writes("write", "contents") : reads("contents"));
}

function callerLogin(world: World, caller: Caller): string {
  return caller.kind === "user" ? caller.account.login : botLogin(world);
}

function refusal(world: World, error: unknown): Response {
  if (!(error instanceof ApiError)) {
    world.options.log?.({ level: "error", message: "git over HTTP failed", error });
    return new Response("Internal error\n", { status: 500 });
  }
  const headers = error.status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : undefined;
  return new Response(`${error.message}\n`, { status: error.status, ...(headers ? { headers } : {}) });
}

function backend(
  world: World,
  context: Context,
  repository: Repository,
  tail: string,
  body: Buffer,
  caller: Caller,
): Promise<Response> {
  const root = dirname(gitDirOf(world, repository));
  const user = callerLogin(world, caller);
  return httpBackend({ root, path: `/${repository.name}.git/${tail}`, request: context.req.raw, body, user });
}
