import { createEventLog } from "../../src/images/event-log.ts";
import type { GitHub } from "../../src/model/github.ts";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import type { Queue } from "../../src/model/queue.ts";
import type { Records } from "../../src/model/records.ts";
import type { StateStore } from "../../src/model/state.ts";
import type { MemoryWorld } from "./memory-world.ts";

/** What leaves something behind: between two of these calls it makes no difference when a process ends. */
const writes: ReadonlySet<string> = new Set([
  ...([
    "upsertComment",
    "upsertCheck",
    "react",
    "commit",
    "createBranch",
    "advanceBranch",
    "deleteBranch",
    "writeFile",
    "openPullRequest",
    "updatePullRequest",
    "setLabelsAndAssignees",
    "requestReviewers",
    "dismissReview",
    "merge",
    "enqueue",
    "dequeue",
    "createDeployment",
    "addDeploymentStatus",
    "setCommitStatus",
    "openIssue",
    "updateIssue",
  ] satisfies readonly (keyof GitHubRepository | keyof GitHub)[]),
  ...(["publish", "record"] satisfies readonly (keyof StateStore)[]),
  ...(["add"] satisfies readonly (keyof Queue)[]),
  ...(["put", "remove"] satisfies readonly (keyof Records)[]),
]);

/** The writes of a world's jobs, by name; `end` is a job that ended and of which the queue has not heard yet. */
export interface Writes {
  readonly names: readonly string[];
}

/**
 * Kills the process that runs the jobs right before its write with this number; the first is 1. From there on none of
 * its calls reaches anything. What it left at GitHub, on the state branch, in the queue and in the records stays.
 */
export function killAt(world: MemoryWorld, at: number): Writes {
  const names: string[] = [];
  const { worker, ports } = world;
  const count = (name: string): void => {
    names.push(name);
    if (names.length === at) worker.dead = true;
  };
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== "function") return method;
        return async (...args: readonly unknown[]) => {
          if (writes.has(String(name)) && !worker.dead) count(String(name));
          if (worker.dead) throw new Error("the process is dead");
          return Reflect.apply(method, target, args);
        };
      },
    });
  worker.ended = () => {
    if (!worker.dead) count("end");
  };
  const { github } = ports;
  const records = mortal(ports.records);
  Object.assign(ports, {
    github: async (...args: Parameters<typeof github>) => mortal(await github(...args)),
    state: mortal(ports.state),
    queue: mortal(ports.queue),
    registry: mortal(ports.registry),
    records,
    eventLog: createEventLog(records, world.now),
  });
  return { names };
}

/**
 * Plays the same story again and again; each time the process dies at another write, until it outlives the story. Gives
 * what the last one, in which nobody died, left behind.
 */
export async function atEachWrite<W extends MemoryWorld>(
  open: () => W | Promise<W>,
  play: (world: W) => Promise<void>,
  check: (world: W, died: string) => Promise<void>,
): Promise<Writes> {
  for (let at = 1; ; at += 1) {
    const world = await open();
    const { names } = killAt(world, at);
    await play(world);
    const died = names.length < at ? "never" : `before write ${at}, ${names[at - 1]}`;
    await check(world, died);
    if (died === "never") return { names };
  }
}
