import type { Decision, PublishedHead, StateStore } from "../../src/model/state.ts";
import { applyDecision, applyDeferred, isAboutDeferred } from "../../src/state/apply.ts";
import { type DeferredFile, EMPTY_DEFERRED, EMPTY_TARGET, isKnown, type TargetFile } from "../../src/state/files.ts";
import { standingHolds } from "../../src/state/holds.ts";

/** Holds and histories in memory: decided as on the branch, without its files. */
export function memoryState(): StateStore {
  const files = new Map<string, TargetFile>();
  const heads = new Map<string, PublishedHead>();
  let commits = 0;
  let deferred: DeferredFile = EMPTY_DEFERRED;
  const key = (environment: string, app: string | undefined): string => JSON.stringify([environment, app]);
  const fileOf = (environment: string, app?: string): TargetFile => files.get(key(environment, app)) ?? EMPTY_TARGET;
  const holdsOf = (at: typeof fileOf, environment: string, app: string | undefined, now: number) =>
    standingHolds(app === undefined ? undefined : at(environment, app).hold, at(environment).hold, now);
  return {
    ref: "refs/heads/sluice-state",
    read: async () => {
      const now = new Map(files);
      const { waiting } = deferred;
      const commit = commits === 0 ? undefined : String(commits);
      const at = (environment: string, app?: string) => now.get(key(environment, app)) ?? EMPTY_TARGET;
      return {
        commit,
        holds: async (environment, app, time) => holdsOf(at, environment, app, time),
        hold: async (environment, app, time) => holdsOf(at, environment, app, time)[0],
        history: async (environment, app) => {
          const all = [...at(environment).history, ...at(environment, app).history].filter(isKnown);
          return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
        },
        deferredRequests: async () => waiting,
        published: async (branch) => heads.get(branch),
        unsettled: async () => [...heads.values()].filter(({ settled }) => !settled),
      };
    },
    publish: async (_where, published) => {
      heads.set(published.branch, published);
      commits += 1;
      return true;
    },
    record: async (_where, decision: Decision) => {
      if (isAboutDeferred(decision)) {
        const after = applyDeferred(deferred, decision);
        if (after !== undefined) commits += 1;
        deferred = after ?? deferred;
        return after !== undefined;
      }
      let known = true;
      for (const app of decision.apps.length === 0 ? [undefined] : decision.apps) {
        const after = applyDecision(fileOf(decision.environment, app), decision, app);
        if (after === undefined) continue;
        files.set(key(decision.environment, app), after);
        known = false;
      }
      if (!known) commits += 1;
      return !known;
    },
  };
}
