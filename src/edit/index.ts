export * from "./find/index.ts";
export { overlay } from "./overlay.ts";
export * from "./splice/index.ts";
