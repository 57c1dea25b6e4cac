import { type Launcher, openLauncher } from "../../src/git/launcher.ts";

/** Starts git for the tests of this process, which is large. It ends with this process. */
export const launcher: Launcher = openLauncher();
