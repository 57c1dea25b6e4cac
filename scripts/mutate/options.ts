import { parseArgs } from "node:util";

/** What a run is asked for. */
export interface Options {
  /** Folders, files, or `file:line` and `file:line:column`. */
  readonly paths: readonly string[];
  /** How many mutants to try, spread over the files; all of them when missing. */
  readonly sample: number | undefined;
  readonly seed: number;
  /** The score in percent below which the run fails. */
  readonly min: number | undefined;
  readonly workers: number;
  /** Tests that take more than these milliseconds of processor time are left out. */
  readonly slowest: number | undefined;
  readonly json: boolean;
  readonly list: boolean;
  readonly help: boolean;
}

export const usage = `npm run mutate -- <folder, file or file:line[:column]>… [options]

Puts small faults (mutants) into the code, one at a time, and runs the unit tests of that folder: a mutant that no test
notices survives. The score is the share that does not.

  --sample N    try N mutants, spread over the files by chance
  --seed S      the chance's seed (1): the same seed picks the same mutants
  --min P       exit with 1 when the score is below P percent
  --workers N   processes that run tests (1)
  --slowest MS  leave out tests that compute longer: quicker, but what only they notice survives
  --json        print the result as JSON; progress goes to the error output
  --list        print the mutants and try none

Which tests judge which folder is in scripts/mutate/folders.ts.
`;

/** Reads the arguments. What is wrong with them is an error with a message for people. */
export function optionsOf(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      sample: { type: "string" },
      seed: { type: "string", default: "1" },
      min: { type: "string" },
      workers: { type: "string", default: "1" },
      slowest: { type: "string" },
      json: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { json, list, help } = values;
  return {
    paths: positionals.map((path) => path.replace(/^\.\//, "").replace(/\/$/, "")),
    sample: values.sample === undefined ? undefined : count("sample", values.sample),
    seed: count("seed", values.seed),
    min: values.min === undefined ? undefined : count("min", values.min),
    slowest: values.slowest === undefined ? undefined : count("slowest", values.slowest),
    workers: Math.max(1, count("workers", values.workers)),
    json,
    list,
    help,
  };
}

function count(name: string, value: string): number {
  if (!/^\d+(\.\d+)?$/.test(value)) throw new Error(`--${name} takes a number, not ${JSON.stringify(value)}`);
  return Number(value);
}
