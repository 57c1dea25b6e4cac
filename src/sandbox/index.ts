/**
 * The local GitHub: REST, git over HTTP, webhooks and pages on loopback, backed by real bare repositories.
 * For the demo and for tests.
 */
export { startLocalGitHub } from "./start.ts";
export type * from "./types.ts";
export type * from "./types-release.ts";
