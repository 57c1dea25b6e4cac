import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../../src/cli/run.ts";
import { type LocalEdges, type LocalOptions, openLocal } from "../../../src/wiring/local.ts";
import { launcher } from "../../support/launcher.ts";

/** The user's own cache stays out of the tests. All files of a process share this one. */
const cache = mkdtempSync(join(tmpdir(), "sluice-cli-cache-"));
process.once("exit", () => rmSync(cache, { recursive: true, force: true }));

const opened = new Map<string, LocalEdges>();

/**
 * Edges that all runs of this process share, so that not each of them starts an engine and a git for objects: what
 * `test/cli/process.test.ts` runs has its own.
 */
function sharedEdges(options: LocalOptions): LocalEdges {
  const edges = opened.get(options.cacheDir) ?? openLocal({ ...options, workers: 1 });
  opened.set(options.cacheDir, edges);
  return { ...edges, close: () => Promise.resolve() };
}

/** What one run of the command line did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Where and how to run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Whether both outputs claim to be terminals. */
  readonly terminal?: boolean;
  /** Called with everything written to standard output so far. */
  readonly onOut?: (text: string) => void;
}

/** Runs the command line in this process and gathers what it writes. */
export async function sluice(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  let [out, err] = ["", ""];
  const isTTY = options.terminal === true;
  const code = await runCli(argv, {
    stdout: {
      isTTY,
      write: (text) => {
        out += text;
        options.onOut?.(out);
      },
    },
    stderr: {
      isTTY,
      write: (text) => {
        err += text;
      },
    },
    env: { SLUICE_CACHE: cache, ...options.env },
    cwd: options.cwd ?? process.cwd(),
    signal: options.signal ?? new AbortController().signal,
    start: launcher.start,
    openLocal: sharedEdges,
  });
  return { code, out, err };
}
