import type { Verdict } from "./trial.ts";

/** How many mutants there were, and what became of them. */
export interface Score {
  readonly name: string;
  readonly mutants: number;
  /** Noticed by a test, `timeouts` among them. */
  readonly killed: number;
  readonly timeouts: number;
  readonly survived: number;
  /** No test comes by; they count as survivors. */
  readonly unreached: number;
  /** Percent of mutants that were killed. */
  readonly score: number;
}

/** The score of some verdicts. With none it is 100. */
export function scoreOf(name: string, verdicts: readonly Verdict[]): Score {
  const count = (...statuses: readonly Verdict["status"][]): number =>
    verdicts.filter(({ status }) => statuses.includes(status)).length;
  const killed = count("killed", "timeout", "crash");
  const score = verdicts.length === 0 ? 100 : (100 * killed) / verdicts.length;
  return {
    name,
    mutants: verdicts.length,
    killed,
    timeouts: count("timeout", "crash"),
    survived: count("survived"),
    unreached: count("unreached"),
    score: Math.round(score * 10) / 10,
  };
}

/** The result as data. */
export function asData(folders: ReadonlyMap<string, readonly Verdict[]>) {
  const all = [...folders.values()].flat();
  return {
    total: scoreOf("all", all),
    folders: [...folders].map(([folder, verdicts]) => ({
      ...scoreOf(folder, verdicts),
      files: byFile(verdicts).map(([file, own]) => scoreOf(file, own)),
    })),
    survivors: all.filter(isAlive).map(({ mutant, status, tests }) => ({
      file: mutant.file,
      line: mutant.line,
      column: mutant.column,
      original: mutant.original,
      mutated: mutant.mutated,
      context: mutant.context,
      status,
      tests,
    })),
  };
}

/** The result of one folder as text: its score, that of each file, and the survivors. */
export function asText(folder: string, verdicts: readonly Verdict[]): string {
  const files = byFile(verdicts).map(([file, own]) => `  ${line(scoreOf(file, own))}`);
  const survivors = verdicts.filter(isAlive).map(survivor);
  return [line(scoreOf(folder, verdicts)), ...files, "", ...survivors].join("\n");
}

/** A score as one line. */
export function line({ name, mutants, killed, timeouts, survived, unreached, score }: Score): string {
  const late = timeouts === 0 ? "" : ` (${timeouts} by time or memory)`;
  const alive = `${survived} survived, ${unreached} not reached`;
  return `${score.toFixed(1).padStart(5)} %  ${name}  ${killed} of ${mutants} killed${late}, ${alive}`;
}

function survivor({ mutant, status, tests }: Verdict): string {
  const why = status === "unreached" ? "no test comes by" : `${tests} ${tests === 1 ? "test" : "tests"} passed`;
  const change = `${mutant.original} → ${mutant.mutated === "" ? "(nothing)" : mutant.mutated}`;
  return `${mutant.file}:${mutant.line}:${mutant.column}  ${change}   [${why}]\n      ${mutant.context}`;
}

function isAlive({ status }: Verdict): boolean {
  return status === "survived" || status === "unreached";
}

function byFile(verdicts: readonly Verdict[]): readonly (readonly [string, readonly Verdict[]])[] {
  return [...Map.groupBy(verdicts, ({ mutant }) => mutant.file)];
}
