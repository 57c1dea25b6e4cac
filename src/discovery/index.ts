export { detectRenderer, isLibraryChart } from "./detect.ts";
export { discoverTargets } from "./discover.ts";
export { stageOf } from "./environment-names.ts";
export type { ScanMemo } from "./scan.ts";
