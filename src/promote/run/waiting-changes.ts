import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { pairOf } from "../resolve.ts";
import { enqueueUpdates } from "./enqueue-updates.ts";
import { forEachLogged } from "./for-each-logged.ts";
import { includedChanges } from "./included-changes.ts";
import type { PromotionPorts } from "./ports.ts";

/** Apps of one environment whose waiting changes are looked for. */
const maxApps = 20;

/** Enqueues the status comments of the changes that an environment, or one app there, has not got yet. */
export async function updateWaitingChanges(
  ports: PromotionPorts,
  context: RepositoryContext,
  { environment, app }: { readonly environment: string; readonly app?: string },
): Promise<void> {
  const apps = new Set(context.targets.targets.flatMap((one) => (one.environment === environment ? [one.app] : [])));
  const looked = app === undefined ? [...apps].slice(0, maxApps) : [app];
  const carried = new Set<number>();
  // The comments are a courtesy: what does not render must not keep anybody from holding it.
  await forEachLogged(ports, looked, "the changes that wait for a target", async (one) => {
    const { from } = settingsFor(context.config, one, environment);
    const pair = from === undefined ? undefined : pairOf(context, one, environment, from);
    if (pair === undefined) return;
    const request = { sources: [pair.source], environment, commit: context.head };
    const { changes } = await includedChanges(ports, context, request);
    for (const { pullRequest } of changes) if (pullRequest !== undefined) carried.add(pullRequest);
  });
  await enqueueUpdates(ports, context.where, { carried: [...carried] });
}
