export { IMAGE_COMMAND_CASES } from "./commands.ts";
export { evaluateAfterHold } from "./hold-events.ts";
export { runImage } from "./image.ts";
export type { ImagePorts } from "./ports.ts";
export { runImagePull } from "./pull.ts";
export { runRegistry } from "./registry.ts";
export { sweepWatches } from "./sweep.ts";
export { runWatch } from "./watch.ts";
