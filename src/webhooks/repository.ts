import { z } from "zod";
import type { WatchJob } from "../model/jobs.ts";
import { addressOf, common, parsePayload, watchOf } from "./payload.ts";

const from = z.object({ from: z.string() });
const owner = z.object({ login: z.string() }).nullish();

const schema = common.extend({
  changes: z
    .object({
      default_branch: from,
      repository: z.object({ name: from }),
      owner: z.object({ from: z.object({ user: owner, organization: owner }) }),
    })
    .partial()
    .nullish(),
});
type Event = z.infer<typeof schema>;

/**
 * `repository`: it has another name, owner or default branch, or can no longer be written to, so the watch job learns
 * again what images are asked for there. What was known under the old name is looked at as well, to be forgotten.
 */
export function repositoryJobs(payload: unknown): readonly WatchJob[] {
  const event = parsePayload("repository", schema, payload);
  switch (event.action) {
    case "renamed":
    case "transferred":
      return [...watchOf(event), ...formerOf(event)];
    case "unarchived":
      return watchOf(event);
    case "edited":
      return event.changes?.default_branch === undefined ? [] : watchOf(event);
    case "archived":
    case "deleted":
      return watchOf(event).map(({ defaultBranch: _, ...job }) => job);
    default:
      return [];
  }
}

/** The place that the repository had before. */
function formerOf(event: Event): readonly WatchJob[] {
  const address = addressOf(event);
  const was = event.changes?.owner?.from;
  const name = event.changes?.repository?.name.from;
  const login = was?.organization?.login ?? was?.user?.login;
  if (address === undefined || (name === undefined && login === undefined)) return [];
  const repository = { owner: login ?? address.repository.owner, name: name ?? address.repository.name };
  return [{ type: "watch", ...address, repository }];
}
