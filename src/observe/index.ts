export { createLogger, type LoggerOptions, type LogLevel } from "./log.ts";
export { createMetrics, type PrometheusMetrics } from "./metrics.ts";
export { redactText } from "./redact.ts";
