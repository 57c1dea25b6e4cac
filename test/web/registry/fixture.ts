import { createHmac } from "node:crypto";
import type { HookSettings } from "../../../src/model/hooks.ts";
import type { Job } from "../../../src/model/job-kinds.ts";
import type { RegistryJob } from "../../../src/model/jobs.ts";
import { createMetrics } from "../../../src/observe/index.ts";
import { createWeb, type WebOptions } from "../../../src/web/index.ts";
import { silentLog } from "../../contract/queue-fixture.ts";

/** A secret as operators make them; it can stand in a path. */
export const SECRET = "kGq3-T5w_8nYb2RzVx0LdPfH";

/** What every hook has in tests. */
export const base = { name: "hook", images: [], perMinute: 3_000 } as const;

export const DIGEST = `sha256:${"c8a1e2".repeat(10)}abcd`;

/** The door with hooks and an inbox that remembers, or that is away. The clock stands still unless it is moved. */
export function registryDoor(
  hooks: readonly HookSettings[],
  options: Partial<WebOptions> & { readonly away?: boolean } = {},
) {
  const jobs: RegistryJob[] = [];
  const time = { now: Date.parse("2026-11-23T09:00:00Z") };
  const add = async (job: Job) => {
    if (options.away) throw new Error("no store");
    if (job.type === "registry") jobs.push(job);
  };
  const metrics = createMetrics();
  const app = createWeb({
    queue: { add, healthy: async () => true },
    webhookSecret: "it is a secret to everybody",
    events: undefined,
    metrics,
    log: silentLog,
    clock: () => time.now,
    hooks,
    ...options,
  });
  return { app, jobs, time, metrics };
}

/** A request to a hook. */
export interface Sent {
  /** After `/registry/hook`. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Posts it to the hook of this name. */
export function post(app: ReturnType<typeof createWeb>, sent: Sent, hook = "hook"): Promise<Response> {
  const headers = { "content-type": "application/json", ...sent.headers };
  return Promise.resolve(
    app.request(`/registry/${hook}${sent.path ?? ""}`, { method: "POST", headers, body: sent.body }),
  );
}

/** Hexadecimal HMAC of a text. */
export function hmacOf(text: string, algorithm: "sha256" | "sha1" = "sha256", key = SECRET): string {
  return createHmac(algorithm, key).update(text).digest("hex");
}
