import { z } from "zod";
import type { WatchJob } from "../model/jobs.ts";
import { parsePayload } from "./payload.ts";

const named = z.array(z.object({ full_name: z.string() })).nullish();

const installed = z.object({
  action: z.string(),
  installation: z.object({ id: z.number() }),
  repositories: named,
});

const chosen = z.object({
  action: z.string(),
  installation: z.object({ id: z.number() }),
  repositories_added: named,
  repositories_removed: named,
});

/**
 * `installation`: the App was installed, removed, halted or given other permissions, so that each repository which
 * GitHub names is looked at: it may be there now, or no longer. Where GitHub names none the sweep finds out. The event
 * says no default branch.
 */
export function installationJobs(payload: unknown): readonly WatchJob[] {
  const event = parsePayload("installation", installed, payload);
  return watchesOf(event.installation.id, event.repositories);
}

/** `installation_repositories`: the same for those that were added to an installation or taken from it. */
export function installationRepositoriesJobs(payload: unknown): readonly WatchJob[] {
  const event = parsePayload("installation_repositories", chosen, payload);
  const { repositories_added: added, repositories_removed: removed } = event;
  return watchesOf(event.installation.id, [...(added ?? []), ...(removed ?? [])]);
}

function watchesOf(installationId: number, repositories: z.output<typeof named>): readonly WatchJob[] {
  return (repositories ?? []).flatMap(({ full_name: full }): readonly WatchJob[] => {
    const [owner = "", name = ""] = full.split("/");
    return owner === "" || name === "" ? [] : [{ type: "watch", installationId, repository: { owner, name } }];
  });
}
