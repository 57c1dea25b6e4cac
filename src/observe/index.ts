export { type AuditDestination, audit } from "./audit.ts";
export { eventLogLine } from "./event-log-line.ts";
export { createEvents } from "./events.ts";
export { createLogger } from "./log.ts";
export { createMetrics, type PrometheusMetrics } from "./metrics.ts";
