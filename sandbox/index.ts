/**
 * The local GitHub: REST, git over HTTP, webhooks and pages on loopback, backed by real bare repositories; and a local
 * container registry beside it. For the demo and for tests.
 */
export { startLocalRegistry } from "./registry/start.ts";
export type * from "./registry/types.ts";
export { type LocalSources, startLocalSources } from "./sources/start.ts";
export { startLocalGitHub } from "./start.ts";
export type * from "./types.ts";
export type * from "./types-common.ts";
export type * from "./types-packages.ts";
export type * from "./types-release.ts";
