// What runs git and other programs, for the command line.
export type { StartProcess } from "../git/process.ts";
export { runGit } from "../git/run.ts";
