import type { GitHubRepository } from "../../../src/model/github-repository.ts";
import type { MemoryWorld } from "../../support/memory-world.ts";

/** Calls of GitHub's port in a world, from now on. */
export interface Calls {
  readonly names: readonly string[];
}

/** Has something happen right before one of the next calls of GitHub's port: the first is 1. */
export function interrupt(world: MemoryWorld, at: number, act: () => void | Promise<void>): Calls {
  return beforeCalls(world, async (count) => {
    if (count === at) await act();
  });
}

/** Tells of each call of GitHub's port right before it, with its number. What is thrown is the call's error. */
export function beforeCalls(world: MemoryWorld, tell: (count: number) => void | Promise<void>): Calls {
  const names: string[] = [];
  const heard = (github: GitHubRepository): GitHubRepository =>
    new Proxy(github, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== "function") return method;
        return async (...args: readonly unknown[]) => {
          names.push(String(name));
          await tell(names.length);
          return Reflect.apply(method, target, args);
        };
      },
    });
  const { github } = world.ports;
  Object.assign(world.ports, {
    github: async (...args: Parameters<typeof github>) => heard(await github(...args)),
  });
  return { names };
}
