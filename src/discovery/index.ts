export { detectRenderer, isLibraryChart } from "./detect.ts";
export { discoverTargets } from "./discover.ts";
export { stageOf } from "./environment-names.ts";
export { holdsManifest } from "./manifest.ts";
export type { Scan, ScanMemo } from "./scan.ts";
export { scansAlike } from "./scans-alike.ts";
