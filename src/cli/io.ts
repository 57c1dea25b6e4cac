/** Where text goes. `isTTY` says that a person looks at it. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** The surroundings of one run of the command line: everything it may touch, so that tests can give it their own. */
export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborts at Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/**
 * Whether text to `output` is coloured: `NO_COLOR` (set and not empty) says no, then `FORCE_COLOR` (set, neither empty nor `0` nor `false`) says
 * yes, else only a terminal that is not `dumb`.
 */
export function wantsColours(output: Output, env: Surroundings["env"]): boolean {
  if (env.NO_COLOR) return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  return output.isTTY === true && env.TERM !== "dumb";
}
