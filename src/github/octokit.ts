import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import type { Logger } from "../model/observe.ts";
import { transport } from "./transport.ts";

/** What every client of GitHub's API shares. */
export interface ApiOptions {
  /** `https://api.github.com`, or `https://<host>/api/v3` of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  readonly log: Logger;
  /** For one request with its answer. */
  readonly deadlineMs: number;
}

/** How the App proves who it is. */
export interface AppCredentials {
  readonly id: number;
  /** PEM. */
  readonly privateKey: string;
}

/**
 * A client that signs as the App itself: for tokens, installations and deliveries only. A clock that is off is
 * corrected from GitHub's `date`.
 */
export function appOctokit(options: ApiOptions, app: AppCredentials): Octokit {
  const auth = { appId: app.id, privateKey: app.privateKey, log: quiet(options.log) };
  return new Octokit({ ...common(options), authStrategy: createAppAuth, auth });
}

/** A client that adds no credentials: each request brings its own `authorization`. */
export function plainOctokit(options: ApiOptions): Octokit {
  return new Octokit(common(options));
}

/**
 * No plugin that repeats requests is used. `@octokit/plugin-retry` sends a POST again after a 502, which doubles
 * comments; `@octokit/plugin-throttling` sleeps in the worker, spaces the writes of all installations by seconds and
 * gives up on the secondary limit. The queue waits instead and holds nothing meanwhile.
 */
function common(options: ApiOptions) {
  const log = quiet(options.log);
  return { baseUrl: options.apiUrl, userAgent: "sluice", log, request: { fetch: transport(options.deadlineMs), log } };
}

/**
 * Octokit logs each request with its body at `debug`, and each refusal as an error, which is often an expected answer.
 * Only its warnings are passed on (deprecated routes, a skewed clock); `createSend` logs the requests.
 */
function quiet(log: Logger) {
  const drop = () => undefined;
  return { debug: drop, info: drop, error: drop, warn: (message: string) => log.warn({}, message) };
}
