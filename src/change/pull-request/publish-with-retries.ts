import { Fault } from "../../model/errors.ts";
import type { ChangePorts } from "../ports.ts";
import { type RepositoryContext, reopenContext } from "../repository-context.ts";
import { Moved } from "./branch.ts";
import type { PullRequestMetadata } from "./metadata.ts";
import type { Proposal, Published } from "./proposal.ts";
import { publish } from "./publish.ts";

/** One round: plans are made at `context`, and published there. */
export interface Round {
  readonly context: RepositoryContext;
  /** 1 in the first round. */
  readonly number: number;
  /** Opens the pull request of a proposal or updates it. Ends the round when somebody else moved first. */
  publish<M extends PullRequestMetadata, D = never>(proposal: Proposal<M, D>): Promise<Published<M> | D>;
}

/** How rounds follow each other. */
export interface RoundOptions {
  /** Commits that plans read besides the base; see `openContext`. */
  readonly want?: readonly string[];
  /** `stop` throws `Moved` when somebody else moved first, and leaves it to them. */
  readonly whenMoved?: "replan" | "stop";
}

const maxRounds = 6;

/**
 * The way from a plan to its pull request: plans and publishes, and begins again at the repository as it is by then
 * when somebody else moved the branch or the base first. After six rounds it is an `unavailable` Fault, so that the
 * queue tries later. Idempotent: what an earlier run made is adopted, wherever that run ended.
 */
export async function publishWithRetries<T>(
  ports: ChangePorts,
  first: RepositoryContext,
  attempt: (round: Round) => Promise<T>,
  { want = [], whenMoved = "replan" }: RoundOptions = {},
): Promise<T> {
  let context = first;
  for (let number = 1; ; number += 1) {
    const now = context;
    try {
      return await attempt({
        context: now,
        number,
        publish: (proposal) => publish(ports, now, proposal, number === 1),
      });
    } catch (error) {
      if (!(error instanceof Moved) || whenMoved === "stop") throw error;
      if (number >= maxRounds)
        throw new Fault("unavailable", `the branch ${error.message} kept moving`, { cause: error });
      context = await reopenContext(ports, now, want);
    }
  }
}
