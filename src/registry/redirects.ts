import { UserError } from "../model/errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Answer, exchange, type HttpRequest, type RequestSettings } from "./exchange.ts";

const max = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request and follows its redirects, as registries send them for blobs: at most three, never from https to
 * http, and without credentials to another origin. Throws as `exchange`, and a `refused` UserError for a redirect that
 * is not followed.
 */
export async function follow(
  endpoint: Endpoint,
  settings: RequestSettings,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<Answer> {
  let next = request;
  for (let followed = 0; ; followed += 1) {
    const answer = await exchange(settings, next, signal);
    const location = answer.header("location");
    if (!redirects.has(answer.status) || location === undefined) return answer;
    if (followed === max) throw refused(endpoint, "redirects too often");
    next = redirected(endpoint, next, location);
  }
}

function redirected(endpoint: Endpoint, request: HttpRequest, location: string): HttpRequest {
  const url = URL.parse(location, request.url);
  if (url === null) throw refused(endpoint, "redirects to what is no address");
  const secure = url.protocol === "https:" || (url.protocol === "http:" && endpoint.insecure);
  if (!secure) throw refused(endpoint, `redirects to ${url.protocol}//${url.host}, which is not https`);
  url.username = "";
  url.password = "";
  url.hash = "";
  if (url.origin === request.url.origin) return { ...request, url };
  const { accept } = request.headers;
  return { ...request, url, headers: accept === undefined ? {} : { accept } };
}

function refused(endpoint: Endpoint, what: string): UserError {
  return new UserError("refused", `The registry ${endpoint.host} ${what}`, { fields: { registry: endpoint.host } });
}
