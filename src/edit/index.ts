export * from "./find/index.ts";
export * from "./splice/index.ts";
export { overlay } from "./staged-tree.ts";
