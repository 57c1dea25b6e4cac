import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, type Dispatcher, request } from "undici";
import type { Access } from "../../../sandbox/cluster/access.ts";

/** What goes wrong: before the API server hears of a request, or when it has carried it out. */
const faults = [
  { when: "before", how: "429" },
  { when: "before", how: "500" },
  { when: "after", how: "500" },
  { when: "before", how: "reset" },
  { when: "after", how: "reset" },
  { when: "before", how: "silence" },
  { when: "after", how: "silence" },
] as const;
type Fault = (typeof faults)[number];

/** The API server behind a network where every tenth request goes wrong, each time in another way. */
export interface FaultyProxy {
  readonly url: string;
  /** How many requests there were, and what went wrong with how many. */
  readonly seen: { requests: number; faults: number };
  close(): Promise<void>;
}

/** Gives the access to its client itself: it forwards what it is sent. `onSilence`: nothing will be answered now. */
export async function faultyProxy(access: Access, onSilence: () => void): Promise<FaultyProxy> {
  const { ca, certificate: cert, key, insecure = false } = access;
  const dispatcher = new Agent({
    allowH2: false,
    connect: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), rejectUnauthorized: !insecure },
  });
  const seen = { requests: 0, faults: 0 };
  const nextFault = (): Fault | undefined => {
    seen.requests += 1;
    // The next request after a fault is its repetition, which is let through: a call is tried four times in all.
    if (seen.requests % 10 !== 0) return undefined;
    seen.faults += 1;
    return faults[(seen.faults - 1) % faults.length];
  };
  const server = createServer((asked, answer) => {
    const fault = nextFault();
    handle(asked, answer, fault).catch(() => answer.destroy());
  });
  const handle = async (asked: IncomingMessage, answer: ServerResponse, fault: Fault | undefined): Promise<void> => {
    const body = await bodyOf(asked);
    const forwarded = fault?.when === "before" ? undefined : await forward(dispatcher, access, asked, body);
    if (fault?.how === "silence") return onSilence();
    if (fault?.how === "reset") return void asked.socket.destroy();
    if (fault !== undefined) answer.writeHead(Number(fault.how), { "retry-after": "1" }).end("{}");
    else answer.writeHead(forwarded?.status ?? 500, { "content-type": "application/json" }).end(forwarded?.text);
  };
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), "close");
      await dispatcher.close();
    },
  };
}

async function bodyOf(asked: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function forward(
  dispatcher: Dispatcher,
  { server, token }: Access,
  asked: IncomingMessage,
  body: Buffer,
): Promise<{ readonly status: number; readonly text: string }> {
  const type = asked.headers["content-type"];
  const answer = await request(`${server}${asked.url}`, {
    dispatcher,
    method: asked.method === "PATCH" || asked.method === "POST" || asked.method === "DELETE" ? asked.method : "GET",
    headers: {
      accept: asked.headers.accept ?? "application/json",
      ...(type && { "content-type": type }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: body.length === 0 ? null : body,
  });
  return { status: answer.statusCode, text: await answer.body.text() };
}
