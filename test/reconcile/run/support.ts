import type { OperationReport } from "../../../src/model/deploy.ts";
import { reportDeploys } from "../../../src/reconcile/run/report.ts";

/** Says on GitHub what became of an environment, and notes it. */
export function noting(rounds: (readonly OperationReport[])[]): typeof reportDeploys {
  return async (ports, context, environment, reports) => {
    rounds.push(reports);
    await reportDeploys(ports, context, environment, reports);
  };
}
