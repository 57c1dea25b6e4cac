import type { DeploymentStatus } from "../model/github-repository.ts";

/** How a deploy went, as the statuses of its Deployment tell. Times in milliseconds since the epoch. */
export type DeployOutcome =
  | { readonly state: "under-way" }
  /** It never got there. `ms`: how long that took. */
  | { readonly state: "failed"; readonly text: string; readonly url: string; readonly ms: number }
  /** It was live from `since`, and then failed, or another attempt at it did. */
  | {
      readonly state: "degraded";
      readonly text: string;
      readonly url: string;
      readonly since: number;
      readonly at: number;
    }
  | { readonly state: "live"; readonly since: number };

/** What the statuses come to, newest last; `createdAt` is the Deployment's, ISO 8601. */
export function deployOutcome(createdAt: string, statuses: readonly DeploymentStatus[]): DeployOutcome {
  const said = statuses.filter(({ state }) => state !== "inactive");
  const last = said.at(-1);
  switch (last?.state) {
    case "success":
      return { state: "live", since: Date.parse(firstOfRun(said)?.at ?? last.at) };
    case "failure":
    case "error": {
      const [text, url] = [reasonOf(last.description), last.url];
      const failed = firstOfRun(said) ?? last;
      const at = Date.parse(failed.at);
      // Another attempt at what was live once has the same version.
      const live = said.slice(0, said.findLastIndex(({ state }) => state === "success") + 1);
      const first = firstOfRun(live);
      if (first === undefined) return { state: "failed", text, url, ms: at - Date.parse(createdAt) };
      return { state: "degraded", text, url, at, since: Date.parse(first.at) };
    }
    default:
      return { state: "under-way" };
  }
}

/** The first of the statuses at the end that say the same. */
function firstOfRun(said: readonly DeploymentStatus[]): DeploymentStatus | undefined {
  const last = said.at(-1);
  return said[said.findLastIndex(({ state }) => state !== last?.state) + 1];
}

/** Without the app and its version, which stand before. */
function reasonOf(description: string): string {
  return description.replace(/^[^:]*: /, "");
}
