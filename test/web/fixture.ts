import { createHmac } from "node:crypto";
import type { Job } from "../../src/model/job-kinds.ts";
import { createMetrics } from "../../src/observe/index.ts";
import { createWeb, type WebOptions } from "../../src/web/index.ts";
import { silentLog } from "../contract/queue-fixture.ts";

/** The events that the door under test takes. */
export const usedEvents: ReadonlySet<string> = new Set(["issue_comment", "pull_request"]);

export const secret = "it is a secret to everybody";

/** The door with an inbox that remembers, or that is away. */
export function door(options: Partial<WebOptions> & { readonly away?: boolean } = {}) {
  const jobs: Job[] = [];
  const add = async (job: Job) => {
    if (options.away) throw new Error("no store");
    jobs.push(job);
  };
  const queue = { add, healthy: async () => !options.away };
  const events = usedEvents;
  const app = createWeb({ events, queue, webhookSecret: secret, metrics: createMetrics(), log: silentLog, ...options });
  return { app, jobs };
}

export function sign(body: string | Uint8Array, key = secret): string {
  return `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;
}

/** A delivery as GitHub sends it, signed; headers may be replaced, or left out with undefined. */
export function deliver(body: string, headers: Readonly<Record<string, string | undefined>> = {}): RequestInit {
  const all = {
    "content-type": "application/json",
    "x-github-event": "pull_request",
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    "x-hub-signature-256": sign(body),
    ...headers,
  };
  const given = Object.entries(all).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return { method: "POST", headers: Object.fromEntries(given), body };
}
