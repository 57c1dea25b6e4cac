import type { ChangePorts } from "../../change/ports.ts";
import type { Clusters } from "../../model/deploy.ts";
import type { HealthJudge } from "../../model/health.ts";
import type { Records } from "../../model/records.ts";
import type { AppliedPlace } from "../engines/apply-environment.ts";

/** What reconciling acts through. */
export interface ReconcilePorts extends ChangePorts {
  readonly records: Records;
  readonly clusters: Clusters;
  readonly health: HealthJudge;
  /** Keys the fingerprints that stand for values of Secrets. */
  readonly fingerprintKey: Uint8Array;
  /** Another one for each process. */
  readonly process: string;
  /** Another one each time. */
  readonly newId: () => string;
  /** Of operations, where they are not the usual ones and the configuration does not say. */
  readonly limits?: AppliedPlace["limits"] | undefined;
}
