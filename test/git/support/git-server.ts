import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { env } from "node:process";

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
    void served.intercept(request, response).then((answered) => {
      if (!answered) backend(root, request, response);
    });
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

function backend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://localhost");
  const child = spawn("git", ["http-backend"], {
    env: {
      PATH: env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.searchParams.toString(),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"],
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "uploadpack.allowAnySHA1InWant",
      GIT_CONFIG_VALUE_0: "true",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.on("error", () => undefined);
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.once("close", () => answer(Buffer.concat(chunks), response));
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
