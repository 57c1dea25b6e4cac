import type { ChangePorts } from "../../change/ports.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import type { OperationReport } from "../../model/deploy.ts";
import type { Records } from "../../model/records.ts";
import type { EnvironmentEngine } from "../engines/environment.ts";
import type { DeploySettings } from "./groups.ts";

/** Which deploy engine is wanted for which environment of a repository. */
export interface EngineRequest {
  readonly context: RepositoryContext;
  readonly environment: string;
  readonly settings: DeploySettings;
}

/** What reconciling acts through. */
export interface ReconcilePorts extends ChangePorts {
  readonly records: Records;
  /** Throws a UserError where the operator or the configuration does not allow it. */
  engine(request: EngineRequest, signal: AbortSignal): Promise<EnvironmentEngine>;
  /** Brings GitHub up to date with what became of an environment's targets. Idempotent. */
  report(context: RepositoryContext, environment: string, reports: readonly OperationReport[]): Promise<void>;
}
