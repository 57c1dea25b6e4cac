import type { OperationReport } from "../../model/deploy.ts";
import type { RepositoryName } from "../../model/tree.ts";
import type { LiveComparison } from "./apply/drift.ts";
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

/** What of an environment is compared. */
export type ComparedEnvironment = Omit<DesiredEnvironment, "gone">;

/** How targets differ from what is wanted of them. */
export interface EnvironmentComparison {
  /** By app. What is missing was not compared: something else is live, or it could not be done. */
  readonly apps: ReadonlyMap<string, LiveComparison>;
  /** Why some were not. */
  readonly faults: readonly unknown[];
}

/** A deploy engine that brings all targets of an environment in one go; otherwise as `DeployEngine`. */
export interface EnvironmentEngine {
  step(desired: DesiredEnvironment, signal: AbortSignal): Promise<EnvironmentStep>;
  /**
   * Compares what runs with what is wanted, and writes nothing; absent: the engine does not see what runs. `live`: only
   * what is live as it is wanted now, and while nobody else is at work in the environment; `busy` says until when to
   * wait for that, in milliseconds since the epoch. `all`: at once, everything.
   */
  compare?(
    desired: ComparedEnvironment,
    what: "live" | "all",
    signal: AbortSignal,
  ): Promise<EnvironmentComparison | { readonly busy: number }>;
}
