export { type EnvironmentSettings, type HealthSource, settingsFor } from "./environment-settings.ts";
export { parseConfig } from "./parse.ts";
export type { Config, IgnoreRule } from "./schema/config.ts";
export type { ImagePolicy } from "./schema/images.ts";
export { isRefusal } from "./values/checked-text.ts";
export { readRegex, readSemverRange } from "./values/expressions.ts";
export { type CapturePart, captureParts, isTag, readTagPattern } from "./values/tag-patterns.ts";
