import type { RepositoryName } from "./tree.ts";

/** A Prometheus of `sluice.server.yaml`, and who may ask it. */
export interface PrometheusSettings {
  /** As `rollback.verify.queries[].prometheus` in `.sluice.yaml` names it. */
  readonly name: string;
  /** Before `/api/v1/query`. */
  readonly url: string;
  /** A bearer token. */
  readonly token?: string | undefined;
  /** `owner/name`, with `*`. */
  readonly repositories: readonly string[];
}

/** One instant query. */
export interface PrometheusQuery {
  /** Whose configuration asks. */
  readonly repository: RepositoryName;
  /** The name of a Prometheus. */
  readonly prometheus: string;
  readonly query: string;
  /** In milliseconds since the epoch. */
  readonly at: number;
}

/** The operator's Prometheus servers. */
export interface Prometheus {
  /**
   * The values of the result, without those that are no number; empty where there is none. A `permission` UserError
   * where there is no such Prometheus for the repository, a `refused` one where it does not take the query, a `limit`
   * one where it answers with too much; `unavailable` and `timeout` Faults. No message carries the token.
   */
  values(query: PrometheusQuery, signal: AbortSignal): Promise<readonly number[]>;
}
