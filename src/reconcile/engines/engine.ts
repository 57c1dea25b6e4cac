import type { DeployRequest, DeployStatus, Operation } from "../../model/deploy.ts";
import type { Resource } from "../../model/render.ts";

/** What a deploy engine is to bring about: one target as Git wants it now. */
export interface Desired {
  readonly app: string;
  readonly environment: string;
  /** Its folder in the repository. */
  readonly path: string;
  /** The commit of the base branch. */
  readonly head: string;
  /** Of `resources`: equal exactly when they are equal. */
  readonly digest: string;
  /** Everything that the target renders to. */
  resources(): readonly Resource[];
  /** The renderer's own text of the same. */
  yaml(): Promise<string>;
  /** Whether another commit, which the repository has, renders to the same. */
  sameAt(commit: string): Promise<boolean>;
  /** What a person asked for last for this target, if there is one. */
  readonly request?: DeployRequest;
}

/** What became of one step. */
export interface StepResult {
  readonly operation: Operation;
  readonly status: DeployStatus;
  /** When the next step is due, in milliseconds since the epoch; absent: when something changes. */
  readonly again?: number;
}

/**
 * How targets of an environment get to where they run. `step` looks at how far the operation is, where its effects
 * live, and does the next piece of work, which takes seconds: it never waits for the cluster. It may be the last thing
 * that a process does, and may run twice. UserErrors become a failed status; Faults are thrown, and the next step finds
 * what was done.
 */
export interface DeployEngine {
  step(desired: Desired, signal: AbortSignal): Promise<StepResult>;
}
