import type { ChangePorts } from "../../change/ports.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import type { Clusters, OperationReport } from "../../model/deploy.ts";
import type { Records } from "../../model/records.ts";

/** What reconciling acts through. */
export interface ReconcilePorts extends ChangePorts {
  readonly records: Records;
  readonly clusters: Clusters;
  /** Brings GitHub up to date with what became of an environment's targets. Idempotent. */
  report(context: RepositoryContext, environment: string, reports: readonly OperationReport[]): Promise<void>;
}
