import { Fault, UserError } from "../model/errors.ts";
import type { CurrentName } from "../model/github.ts";
import type { Job } from "../model/job-kinds.ts";
import type { Logger } from "../model/observe.ts";
import type { Queue, RunContext } from "../model/queue.ts";
import type { RepositoryName } from "../model/tree.ts";

/** What jobs are followed with. */
export interface RenameParts {
  readonly currentName: CurrentName;
  readonly queue: Pick<Queue, "add">;
  readonly log: Logger;
}

type RepositoryJob = Extract<Job, { readonly installationId: number; readonly repository: RepositoryName }>;
type Run<J> = (job: J, context: RunContext) => Promise<void>;

/**
 * Makes a handler whose jobs go on under the new name when their repository was renamed since they were added: GitHub
 * gives no token for a former name, and git follows no redirects.
 */
export function followingRenames({ currentName, queue, log }: RenameParts) {
  const nameOf = async (job: RepositoryJob): Promise<RepositoryName | undefined> => {
    // What failed tells more than that this failed too.
    const now = await currentName(job.installationId, job.repository).catch(() => undefined);
    return now === undefined || same(now, job.repository) ? undefined : now;
  };
  return <J extends RepositoryJob>(run: Run<J>): Run<J> =>
    async (job, context) => {
      try {
        await run(job, context);
      } catch (error) {
        const now = mayHaveMoved(error) ? await nameOf(job) : undefined;
        if (now === undefined) throw error;
        log.info({ job: job.type, ...job.repository, now }, "the repository was renamed: its job goes on there");
        await queue.add({ ...job, repository: now });
      }
    };
}

function mayHaveMoved(error: unknown): boolean {
  if (error instanceof Fault) return error.fields.moved === true;
  return error instanceof UserError && (error.kind === "permission" || error.kind === "not-found");
}

function same(one: RepositoryName, other: RepositoryName): boolean {
  return `${one.owner}/${one.name}`.toLowerCase() === `${other.owner}/${other.name}`.toLowerCase();
}
