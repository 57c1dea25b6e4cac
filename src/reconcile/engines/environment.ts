import type { OperationReport } from "../../model/deploy.ts";
import type { RepositoryName } from "../../model/tree.ts";
import type { Desired } from "./engine.ts";

/** What of one environment is brought to one place in one way. */
export interface DesiredEnvironment {
  readonly repository: RepositoryName;
  readonly environment: string;
  /** The commit of the base branch. */
  readonly head: string;
  readonly targets: readonly Desired[];
  /**
   * The apps of this environment that Git has, whether or not they render, or are brought elsewhere. `undefined` when
   * that is not known: then nothing of another app is taken away.
   */
  readonly apps: ReadonlySet<string> | undefined;
}

/** What became of one step of an environment. */
export interface EnvironmentStep {
  readonly reports: readonly OperationReport[];
  /** When the next step is due, in milliseconds since the epoch; absent: when something changes. */
  readonly again?: number;
}

/** A deploy engine that brings all targets of an environment in one go; otherwise as `DeployEngine`. */
export interface EnvironmentEngine {
  step(desired: DesiredEnvironment, signal: AbortSignal): Promise<EnvironmentStep>;
}
