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
  /** Of apps that have something there, those that Git no longer has and that may be taken away now. */
  gone(deployed: readonly string[]): Promise<readonly string[]>;
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
