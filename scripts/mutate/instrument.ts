import type { Mutant } from "./mutants.ts";

/** The function that instrumented code asks: whether the mutant of this id is the one that is switched on. */
export const asked = "__mutant";

interface Host {
  readonly start: number;
  readonly end: number;
  readonly block: boolean;
  readonly mutants: readonly Mutant[];
}

/**
 * The text of a file that holds all its mutants, each behind `__mutant(id)`. With none switched on it does what the
 * file does.
 */
export function instrument(source: string, mutants: readonly Mutant[]): string {
  const byRange = Map.groupBy(mutants, ({ change: { host } }) => `${host.start}-${host.end}`);
  const hosts = [...byRange.values()].flatMap(hostOf).toSorted((a, b) => a.start - b.start || b.end - a.end);
  return emit(source, { start: 0, end: source.length }, hosts);
}

function hostOf(mutants: readonly Mutant[]): readonly Host[] {
  const host = mutants[0]?.change.host;
  if (host === undefined) return [];
  return [{ start: host.start, end: host.end, block: host.type === "BlockStatement", mutants }];
}

/** The text of a range with the hosts in it switched. `hosts` are sorted: the outer one first. */
function emit(source: string, { start, end }: Pick<Host, "start" | "end">, hosts: readonly Host[]): string {
  let text = "";
  let position = start;
  for (const [index, host] of hosts.entries()) {
    if (host.start < position) continue;
    const inner = hosts.slice(index + 1).filter((other) => other.end <= host.end);
    text += source.slice(position, host.start) + switched(source, host, inner);
    position = host.end;
  }
  return text + source.slice(position, end);
}

function switched(source: string, host: Host, inner: readonly Host[]): string {
  if (host.block) {
    const body = emit(source, { start: host.start + 1, end: host.end - 1 }, inner);
    return `{if(${host.mutants.map(({ id }) => `${asked}(${id})`).join("||")}){}else{${body}}}`;
  }
  const cases = host.mutants.map(({ id, change }) => `${asked}(${id})?(${change.code}):`);
  return `(${cases.join("")}(${emit(source, host, inner)}))`;
}
