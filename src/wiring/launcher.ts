// What starts git's processes, for the door that the demo is.
export { openLauncher } from "../git/launcher.ts";
