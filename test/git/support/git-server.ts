import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { env } from "node:process";
import { launcher } from "../../support/launcher.ts";

/** A Git server over HTTP on git's own `http-backend`. */
export interface GitServer {
  readonly url: string;
  /** The `Authorization` headers of the requests so far. */
  readonly authorizations: (string | undefined)[];
  /** Called before each request is answered; may delay or answer it (then it gives `true`). */
  intercept: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  close(): Promise<void>;
}

/** Serves the repositories below `root`. */
export async function gitServer(root: string): Promise<GitServer> {
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    void served
      .intercept(request, response)
      .then((answered) => (answered ? undefined : gitBackend(root, request, response)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const served: GitServer = {
    url: `http://127.0.0.1:${port}`,
    authorizations,
    intercept: async () => false,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return served;
}

/** Answers one request by git's own `http-backend`, from the repositories below `root`. */
export async function gitBackend(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const variables = {
    PATH: env.PATH,
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: url.pathname,
    QUERY_STRING: url.searchParams.toString(),
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: request.headers["content-type"],
    CONTENT_LENGTH: String(chunks.reduce((sum, { length }) => sum + length, 0)),
    HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
    GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "uploadpack.allowAnySHA1InWant",
    GIT_CONFIG_VALUE_0: "true",
  };
  const { stdout } = await launcher.start({
    file: "git",
    args: ["http-backend"],
    cwd: "/",
    env: Object.fromEntries(
      Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    input: Buffer.concat(chunks),
    maxOutputBytes: 1 << 28,
  }).ended;
  answer(stdout, response);
}

function answer(output: Buffer, response: ServerResponse): void {
  const end = output.indexOf("\r\n\r\n");
  let status = 200;
  for (const line of output.toString("latin1", 0, Math.max(end, 0)).split("\r\n")) {
    const [name = "", ...value] = line.split(": ");
    if (name === "Status") status = Number.parseInt(value.join(": "), 10);
    else if (name !== "") response.setHeader(name, value.join(": "));
  }
  response.writeHead(status).end(output.subarray(end + 4));
}
