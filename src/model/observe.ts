/** Fields of a log line or an audit record: never secrets. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A structured logger. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Logger;
}

/**
 * What edges and the queue count and time; `observe/` turns it into Prometheus series. Rooms announce events instead.
 */
export interface Metrics {
  restCall(repository: string, route: string, status: number): void;
  job(type: string, outcome: "done" | "retry" | "parked" | "failed", seconds: number): void;
  /** A webhook of GitHub or a registry that was answered. */
  webhook(event: string, answer: number, seconds: number): void;
  render(kind: string, source: "engine" | "cache", ok: boolean, seconds: number): void;
}

/** The metrics as Prometheus reads them. */
export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}

/** Milliseconds since the epoch; the only clock of rooms and rules. */
export type Clock = () => number;
