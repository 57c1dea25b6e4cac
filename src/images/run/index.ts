export { withImages } from "./commands.ts";
export { runImage } from "./image.ts";
export type { ImagePorts } from "./ports.ts";
export { runImagePull } from "./pull.ts";
export { runRegistry } from "./registry.ts";
export { sweepRegularly } from "./sweep.ts";
export { runWatch } from "./watch.ts";
