import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Context } from "hono";

import { requireAccess } from "./access.ts";
import { noticeRefs } from "./actions/refs.ts";
import { authenticate, type Caller } from "./auth.ts";
import { ApiError } from "./errors.ts";
import { gitEnvironment, runProgram } from "./git.ts";
import { answerLsRefs } from "./git-protocol.ts";
import { reads, writes } from "./routes/route.ts";
import type { Repository } from "./state.ts";
import { botLogin, exclusively, findRepository, formerlyNamed, gitDirOf, type World } from "./world.ts";

const TIMEOUT_MS = 120_000;

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
    const body = await readBody(context);
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

async function readBody(context: Context): Promise<Buffer> {
  const bytes = Buffer.from(await context.req.arrayBuffer());
  return context.req.header("content-encoding") === "gzip" ? gunzipSync(bytes) : bytes;
}

function backend(
  world: World,
  context: Context,
  repository: Repository,
  tail: string,
  body: Buffer,
  caller: Caller,
): Promise<Response> {
  const dir = gitDirOf(world, repository);
  const protocol = context.req.header("git-protocol");
  const env = gitEnvironment({
    GIT_PROJECT_ROOT: dirname(dir),
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${repository.name}.git/${tail}`,
    QUERY_STRING: new URL(context.req.url).search.slice(1),
    REQUEST_METHOD: context.req.method,
    CONTENT_TYPE: context.req.header("content-type") ?? "",
    CONTENT_LENGTH: String(body.length),
    REMOTE_USER: callerLogin(world, caller),
    REMOTE_ADDR: "127.0.0.1",
    ...(protocol === undefined ? {} : { GIT_PROTOCOL: protocol }),
  });
  return runBackend(join(dir), env, body);
}

async function runBackend(cwd: string, env: Record<string, string>, body: Buffer): Promise<Response> {
  const program = { file: "git", args: ["http-backend"], cwd, env, input: body };
  const { code, stdout, stderr } = await runProgram(program, TIMEOUT_MS);
  const response = parseCgi(stdout);
  if (response) return response;
  const end = code < 0 ? "a signal" : code;
  throw new Error(`git http-backend ended with ${end}: ${stderr.toString("utf8").trim()}`);
}

function parseCgi(output: Buffer): Response | undefined {
  const end = output.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const headers = new Headers();
  let status = 200;
  for (const line of output.subarray(0, end).toString("latin1").split("\r\n")) {
    const at = line.indexOf(":");
    const name = line.slice(0, at);
    const value = line.slice(at + 1).trim();
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else headers.append(name, value);
  }
  return new Response(new Uint8Array(output.subarray(end + 4)), { status, headers });
}
