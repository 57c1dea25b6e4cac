import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { onTestFinished } from "vitest";
import { selfSigned } from "../../../sandbox/certificate.ts";

/** What a server was asked. */
export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly headers: IncomingMessage["headers"];
}

/** What is sent: a body, or whatever the function does. */
export type Reply =
  | string
  | Uint8Array
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** A real server over https on 127.0.0.1, which proves itself by a certificate of its own. */
export interface HttpsServer {
  readonly port: number;
  readonly host: string;
  readonly url: string;
  /** PEM. */
  readonly certificate: string;
  readonly asked: Asked[];
  /** What is there, by path with its query; a path alone is there with any query. */
  readonly files: Map<string, Reply>;
  /** Answers what `files` has not. */
  otherwise: (request: IncomingMessage, response: ServerResponse) => void;
}

/** One for all: of two with one name, OpenSSL looks at the first. */
const loopback = selfSigned("127.0.0.1", "127.0.0.1");

/** Starts a server that is closed when the test is over. Its certificate is for 127.0.0.1, or for a name. */
export async function httpsServer(name?: string): Promise<HttpsServer> {
  const { privateKey, pem } = name === undefined ? loopback : selfSigned(name);
  const asked: Asked[] = [];
  const files = new Map<string, Reply>();
  const key = privateKey.export({ type: "pkcs8", format: "pem" });
  const server = createServer({ key, cert: pem }, (request, response) => {
    const path = request.url ?? "";
    asked.push({ path, authorization: request.headers.authorization, headers: request.headers });
    const reply = files.get(path) ?? files.get(path.split("?")[0] ?? "");
    if (reply === undefined) made.otherwise(request, response);
    else send(reply, request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const host = `${name ?? "127.0.0.1"}:${port}`;
  const made: HttpsServer = {
    port,
    host,
    url: `https://${host}`,
    certificate: pem,
    asked,
    files,
    otherwise: (_request, response) => response.writeHead(404).end(),
  };
  return made;
}

function send(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  if (typeof reply === "function") reply(request, response);
  else if (typeof reply === "string" || reply instanceof Uint8Array) response.end(reply);
  else response.writeHead(reply.status, reply.headers).end(reply.body);
}
