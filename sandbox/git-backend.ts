import { gunzipSync } from "node:zlib";
import { gitEnvironment, runProgram } from "./git.ts";

const TIMEOUT_MS = 120_000;

/** One request of git's smart protocol. */
export interface BackendRequest {
  /** The folder that the bare repositories are in. */
  readonly root: string;
  /** The repository and the rest, below `root`: `/shop.git/info/refs`. */
  readonly path: string;
  readonly request: Request;
  readonly body: Buffer;
  /** Who asks; nobody has it when absent. */
  readonly user?: string;
}

/** Answers by `git http-backend`. */
export async function httpBackend({ root, path, request, body, user }: BackendRequest): Promise<Response> {
  const protocol = request.headers.get("git-protocol");
  const env = gitEnvironment({
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: path,
    QUERY_STRING: new URL(request.url).search.slice(1),
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: request.headers.get("content-type") ?? "",
    CONTENT_LENGTH: String(body.length),
    REMOTE_ADDR: "127.0.0.1",
    ...(user === undefined ? {} : { REMOTE_USER: user }),
    ...(protocol === null ? {} : { GIT_PROTOCOL: protocol }),
  });
  const program = { file: "git", args: ["http-backend"], cwd: root, env, input: body };
  const { code, stdout, stderr } = await runProgram(program, TIMEOUT_MS);
  const response = parseCgi(stdout);
  if (response) return response;
  const end = code < 0 ? "a signal" : code;
  throw new Error(`git http-backend ended with ${end}: ${stderr.toString("utf8").trim()}`);
}

/** The body of a request of git's, which compresses large ones. */
export async function bodyOf(request: Request): Promise<Buffer> {
  const bytes = Buffer.from(await request.arrayBuffer());
  return request.headers.get("content-encoding") === "gzip" ? gunzipSync(bytes) : bytes;
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
