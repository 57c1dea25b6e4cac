import type { Dispatcher } from "undici";
import { UserError } from "../model/errors.ts";
import { type Answer, exchange, type HttpRequest, type RequestSettings } from "./exchange.ts";

const max = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

/** How redirects are followed. */
export interface FollowSettings extends RequestSettings {
  /** Whether http will do. */
  readonly insecure: boolean;
  /** What connects to where a redirect leads, where that is not what connects to the first host. */
  readonly dispatcherOf?: (url: URL) => Dispatcher;
}

/**
 * Sends a request and follows its redirects, as servers send them for large files: at most three, to http only where
 * `insecure` allows it, and without credentials to another origin. Throws as `exchange`, and a `refused` UserError for
 * a redirect that is not followed.
 */
export async function follow(settings: FollowSettings, request: HttpRequest, signal: AbortSignal): Promise<Answer> {
  let next = request;
  for (let followed = 0; ; followed += 1) {
    const dispatcher = settings.dispatcherOf?.(next.url) ?? settings.dispatcher;
    const answer = await exchange({ ...settings, dispatcher }, next, signal);
    const location = answer.header("location");
    if (!redirects.has(answer.status) || location === undefined) return answer;
    if (followed === max) throw refused(settings, "redirects too often");
    next = redirected(settings, next, location);
  }
}

function redirected(settings: FollowSettings, request: HttpRequest, location: string): HttpRequest {
  const url = URL.parse(location, request.url);
  if (url === null) throw refused(settings, "redirects to what is no address");
  const secure = url.protocol === "https:" || (url.protocol === "http:" && settings.insecure);
  if (!secure) throw refused(settings, `redirects to ${url.protocol}//${url.host}, which is not https`);
  url.username = "";
  url.password = "";
  url.hash = "";
  if (url.origin === request.url.origin) return { ...request, url };
  const { accept } = request.headers;
  return { ...request, url, headers: accept === undefined ? {} : { accept } };
}

function refused({ called, host }: FollowSettings, what: string): UserError {
  return new UserError("refused", `${called} ${what}`, { fields: { host } });
}
