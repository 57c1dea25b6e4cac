import { ProbotOctokit } from "probot";
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

/** A client that signs as the App itself: for tokens, installations and deliveries only. A clock that is off is corrected from GitHub's `date`. */
export function appOctokit(options: ApiOptions, app: AppCredentials): ProbotOctokit {
  const log = quiet(options.log);
  return new ProbotOctokit({ ...common(options), auth: { appId: app.id, privateKey: app.privateKey, log } });
}

/** A client that adds no credentials: each request brings its own `authorization`. */
export function plainOctokit(options: ApiOptions): ProbotOctokit {
  return new ProbotOctokit({ ...common(options), authStrategy: noCredentials });
}

/**
 * Neither plugin that repeats requests is used. `retry` sends a POST again after a 502, which doubles comments; `throttling` sleeps in the worker, spaces
 * writes of all installations by seconds and gives up on the secondary limit. The queue waits instead, with nothing held.
 */
function common(options: ApiOptions) {
  const log = quiet(options.log);
  return {
    baseUrl: options.apiUrl,
    userAgent: "sluice",
    log,
    retry: { enabled: false },
    throttle: { enabled: false },
    request: { fetch: transport(options.deadlineMs), log, retries: 0 },
  };
}

/** Probot logs the body of every request at `debug`; only warnings (deprecated routes, a skewed clock) are passed on. */
function quiet(log: Logger) {
  const drop = () => undefined;
  return {
    debug: drop,
    info: drop,
    warn: (message: string) => log.warn({}, message),
    error: (message: string) => log.error({}, message),
  };
}

function noCredentials() {
  const hook = <O, R>(request: (options: O) => R, options: O): R => request(options);
  return Object.assign(async () => ({ type: "unauthenticated" }), { hook });
}
