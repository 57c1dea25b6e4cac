import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, request } from "undici";
import { z } from "zod";
import type { Access } from "./access.ts";

/** What an API server answered. */
export interface ApiAnswer {
  readonly status: number;
  /** The JSON of the body; its text where it is none. */
  readonly body: unknown;
}

/** What a request has beside method and path. */
export interface ApiRequest {
  readonly body?: unknown;
  readonly contentType?: string;
  /** In place of the access's own. */
  readonly token?: string;
}

/** Plain HTTP to an API server, on one pool of connections. */
export interface Api {
  send(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, options?: ApiRequest): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** Beside the programs' logs, once one of them has crashed: see `noteCrashes`. */
export const crashFile = "crash.txt";

/** Opens connections to a cluster. */
export function connect(access: Access): Api {
  const { ca, certificate: cert, key, insecure = false } = access;
  const agent = new Agent({
    connect: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), rejectUnauthorized: !insecure },
  });
  return {
    send: async (method, path, options = {}) => {
      failOnCrash(access);
      try {
        return await exchange(access, agent, method, path, options);
      } catch (error) {
        failOnCrash(access);
        throw error;
      }
    },
    close: () => agent.close(),
  };
}

async function exchange(
  access: Access,
  dispatcher: Agent,
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  { body, contentType = "application/json", token = access.token }: ApiRequest,
): Promise<ApiAnswer> {
  const answer = await request(new URL(path, access.server), {
    method,
    dispatcher,
    headers: {
      accept: "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": contentType }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(600_000),
  });
  return { status: answer.statusCode, body: parsed(await answer.body.text()) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Throws where a program of the control plane has crashed, with what it wrote last. */
function failOnCrash({ folder }: Access): void {
  const file = folder && join(folder, crashFile);
  if (file && existsSync(file)) throw new Error(readFileSync(file, "utf8"));
}

const status = z.object({ message: z.string(), reason: z.string().optional() });

/** The words of an API server's refusal. */
export function messageOf(answer: ApiAnswer): string {
  const refusal = status.safeParse(answer.body);
  return refusal.success ? refusal.data.message : JSON.stringify(answer.body);
}
