export * from "./find/index.ts";
export * from "./splice/index.ts";
export { stageChanges } from "./staged-tree.ts";
