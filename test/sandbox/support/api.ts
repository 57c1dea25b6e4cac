import { createSign } from "node:crypto";

import type { LocalGitHub } from "../../../sandbox/index.ts";

/** An answer with its parsed body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes, which the validators check
  readonly body: any;
}

/** Sends one REST request. */
export async function request(
  github: LocalGitHub,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(github.apiUrl + path, {
    method,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A JSON web token of the app; claims may be replaced. */
export function appJwt(github: LocalGitHub, claims: Record<string, unknown> = {}, key = github.app.privateKey): string {
  const seconds = Math.floor(Date.now() / 1000);
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const payload = { iss: github.app.id, iat: seconds - 30, exp: seconds + 300, ...claims };
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(payload)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key, "base64url")}`;
}

/** An installation token, narrowed as asked. */
export async function installationToken(github: LocalGitHub, body: unknown = {}): Promise<string> {
  const path = `/app/installations/${github.installationId}/access_tokens`;
  const { status, body: token } = await request(github, appJwt(github), "POST", path, body);
  if (status !== 201) throw new Error(`no token: ${status} ${JSON.stringify(token)}`);
  return String(token.token);
}
