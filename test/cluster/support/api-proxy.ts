import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, type Dispatcher, request } from "undici";
import type { Access } from "../../../sandbox/cluster/access.ts";

/** What goes wrong: before the API server hears of a request, or when it has carried it out. */
export interface Mishap {
  readonly when: "before" | "after";
  /** `silence`: nothing is ever answered; a promise: nothing until then. */
  readonly how: "429" | "500" | "reset" | "silence" | Promise<unknown>;
}

/** A request as it came over the wire. */
export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string;
  /** Whether something is different afterwards. */
  readonly writes: boolean;
  /** What the API server answered; `undefined` while it has not, or when it was not asked. */
  answered: { readonly status: number; readonly text: string } | undefined;
}

/** Stands between a client and the API server: notes what is sent, and lets things go wrong. */
export interface ApiProxy {
  readonly url: string;
  /** In the order in which they came. */
  readonly requests: readonly SeenRequest[];
  /** What goes wrong with this request; may be changed at any time. */
  mishap: (asked: SeenRequest) => Mishap | undefined;
  /** Is told that a request will never be answered, once it was carried out where it was. */
  onSilence: () => void;
  close(): Promise<void>;
}

/** Every way in which a call fails. */
export const mishaps: readonly Mishap[] = [
  { when: "before", how: "429" },
  { when: "before", how: "500" },
  { when: "after", how: "500" },
  { when: "before", how: "reset" },
  { when: "after", how: "reset" },
  { when: "before", how: "silence" },
  { when: "after", how: "silence" },
];

/** Gives the access to its client itself: it forwards what it is sent, in its own name. */
export async function apiProxy(access: Access): Promise<ApiProxy> {
  const { ca, certificate: cert, key, insecure = false } = access;
  const dispatcher = new Agent({
    allowH2: false,
    connect: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), rejectUnauthorized: !insecure },
  });
  const requests: SeenRequest[] = [];
  const server = createServer((asked, answer) => {
    handle(asked, answer).catch(() => answer.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const proxy: ApiProxy = {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    mishap: () => undefined,
    onSilence: () => undefined,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), "close");
      await dispatcher.close();
    },
  };
  const handle = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const one = await read(asked);
    requests.push(one);
    const wrong = proxy.mishap(one);
    if (wrong?.when === "before" && wrong.how instanceof Promise) await wrong.how;
    if (wrong?.when !== "before" || wrong.how instanceof Promise)
      one.answered = await forward(dispatcher, access, asked, one);
    if (wrong?.when === "after" && wrong.how instanceof Promise) await wrong.how;
    if (wrong?.how === "silence") return proxy.onSilence();
    if (wrong?.how === "reset") return void asked.socket.destroy();
    if (wrong?.how === "429") answer.writeHead(429, { "retry-after": "1" }).end("{}");
    else if (wrong?.how === "500") answer.writeHead(500).end("{}");
    else answer.writeHead(one.answered?.status ?? 500, { "content-type": "application/json" }).end(one.answered?.text);
  };
  return proxy;
}

async function read(asked: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(Buffer.from(chunk));
  const { method = "GET", url: path = "/" } = asked;
  const writes = method !== "GET" && !path.includes("dryRun=");
  return { method, path, body: Buffer.concat(chunks).toString("utf8"), writes, answered: undefined };
}

async function forward(
  dispatcher: Dispatcher,
  { server, token }: Access,
  { headers }: IncomingMessage,
  { method, path, body }: SeenRequest,
): Promise<NonNullable<SeenRequest["answered"]>> {
  const kept = ["accept", "content-type", "impersonate-user", "impersonate-group"].flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const answer = await request(`${server}${path}`, {
    dispatcher,
    method: method === "PATCH" || method === "POST" || method === "DELETE" ? method : "GET",
    headers: { ...Object.fromEntries(kept), ...(token && { authorization: `Bearer ${token}` }) },
    body: body === "" ? null : body,
  });
  return { status: answer.statusCode, text: await answer.body.text() };
}
