import type { LocalEdges, LocalOptions } from "../wiring/local.ts";
import type { StartProcess } from "../wiring/local-git.ts";

/** Where text goes. `isTTY`: it is a terminal. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** Everything that one run of the command line may touch, so that tests can pass their own. */
export interface CliIo {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborts at Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** What starts programs; default: this process. */
  readonly start?: StartProcess | undefined;
  /** What opens git and the engine; default: edges of its own for each command. */
  readonly openLocal?: ((options: LocalOptions) => LocalEdges) | undefined;
}

/**
 * Whether text to `output` is coloured: `NO_COLOR` (set and not empty) turns colours off, then `FORCE_COLOR` (set,
 * neither empty nor `0` nor `false`) turns them on, else only a terminal that is not `dumb` has them.
 */
export function wantsColours(output: Output, env: CliIo["env"]): boolean {
  if (env.NO_COLOR) return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  return output.isTTY === true && env.TERM !== "dumb";
}
