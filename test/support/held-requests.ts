import type { LocalGitHub, RepositoryRef } from "../../sandbox/index.ts";

/** Which request is held, and whether GitHub carries it out before the crash, without an answer, or after it. */
export interface HeldRequest {
  readonly repository: RepositoryRef;
  readonly method: string;
  readonly template: string;
  readonly carriedOut: "before the crash" | "after the crash";
}

/** Requests that wait for a crash. */
export interface HeldRequests {
  /** Holds the next such request; resolves when the server hangs in it. */
  hold(request: HeldRequest): Promise<void>;
  /** Lets all of them go on, when the server that sent them is gone. */
  release(): void;
}

/** Holds requests to this GitHub: many servers' moments can wait for one crash, each in a repository of its own. */
export function heldRequests(github: LocalGitHub): HeldRequests {
  let over = Promise.withResolvers<void>();
  return {
    hold: ({ carriedOut, ...request }) =>
      new Promise((reached) => {
        const kind = carriedOut === "before the crash" ? "hang-after" : "hang";
        github.injectFault({ ...request, effect: { kind, until: over.promise, reached } });
      }),
    release: () => {
      over.resolve();
      over = Promise.withResolvers();
    },
  };
}
