import { cpus } from "node:os";
import type { PeerResult, PeersBench, PeerTime } from "./peers.ts";

/** One way against another one, by its name: how much of the other's time it may take for each change. */
interface Comparison {
  readonly ours: string;
  readonly theirs: string;
  readonly limits: Readonly<Record<string, number>>;
}

/** At most one and a half of what was measured on two cores. */
const comparisons: readonly Comparison[] = [
  {
    ours: "sluice, server",
    theirs: "flate, warm",
    limits: { "one release": 0.42, "a base of 20": 0.42, "a chart of 50": 0.95 },
  },
  {
    ours: "sluice, cold",
    theirs: "flate, cold",
    limits: { "one release": 2.3, "a base of 20": 0.33, "a chart of 50": 2.2 },
  },
  {
    ours: "sluice, warm",
    theirs: "flate, warm",
    limits: { "one release": 3.5, "a base of 20": 3.5, "a chart of 50": 3.1 },
  },
  {
    ours: "sluice, server",
    theirs: "flux-local, cold",
    limits: { "one release": 0.0046, "a base of 20": 0.005, "a chart of 50": 0.012 },
  },
  {
    ours: "sluice, cold",
    theirs: "flux-local, cold",
    limits: { "one release": 0.05, "a base of 20": 0.05, "a chart of 50": 0.05 },
  },
  {
    ours: "sluice, warm",
    theirs: "flux-local, cold",
    limits: { "one release": 0.037, "a base of 20": 0.041, "a chart of 50": 0.037 },
  },
];

/** The results for people, and whether every limit holds. */
export function peersLines(bench: PeersBench): { readonly lines: readonly string[]; readonly held: boolean } {
  const { results, missing, rounds, kustomizations, releases, load } = bench;
  const loads = load.map((one) => one.toFixed(1)).join(" at the start, ");
  const shown = results.map(caseLines);
  const lines = [
    `\n${cpus().length} cores, Node ${process.version}; load ${loads} at the end. One cluster of ${kustomizations} Kustomizations and ${releases} HelmReleases, medians of ${rounds} runs by turns.`,
    "Server: a process that has seen the base, and not the head. Cold: an empty cache; warm: the same command again. flux-local keeps nothing, and is both of its commands.",
    "Not measured: fetching (all charts are folders of the repository), GitHub, checking out the two commits for the others, posting.",
    ...missing.map((one) => `Not compared with ${one}`),
    ...shown.flatMap(({ lines }) => lines),
  ];
  return { lines, held: shown.every(({ held }) => held) };
}

function caseLines({ name, changes, times }: PeerResult): {
  readonly lines: readonly string[];
  readonly held: boolean;
} {
  const ours = times.filter(({ tool }) => tool.startsWith("sluice"));
  const complete = ours.every((time) => isComplete(time, changes));
  const compared = comparisons.flatMap(({ ours: one, theirs, limits }) => {
    const limit = limits[name];
    return limit === undefined ? [] : compare({ ours: one, theirs, limit }, times, changes);
  });
  const lines = [
    `\n${name}: ${changes} ${changes === 1 ? "resource changes" : "resources change"}`,
    ...times.map((time) => timeLine(time, changes)),
    ...compared.map(({ line }) => line),
  ];
  return { lines, held: complete && compared.every(({ held }) => held) };
}

function timeLine(time: PeerTime, changes: number): string {
  const { tool, ms, right, wrong } = time;
  const others = wrong === 0 ? "" : `, and ${wrong} that did not change`;
  const shown = isComplete(time, changes) ? "" : `; shows ${right} of ${changes}${others}`;
  const mark = tool.startsWith("sluice") && shown !== "" ? "✗" : " ";
  return `${mark} ${tool.padEnd(20)} ${ms.toFixed(0).padStart(6)} ms${shown}`;
}

/** Nothing where there is no such tool, or where it does not show the change. */
function compare(
  { ours, theirs, limit }: { readonly ours: string; readonly theirs: string; readonly limit: number },
  times: readonly PeerTime[],
  changes: number,
): readonly { readonly line: string; readonly held: boolean }[] {
  const [one, other] = [ours, theirs].map((name) => times.find(({ tool }) => tool === name));
  if (one === undefined || other === undefined || !isComplete(other, changes)) return [];
  const ratio = one.ms / other.ms;
  const held = ratio <= limit;
  const line = `${held ? "✓" : "✗"} ${ours} against ${theirs}: ${ratio.toFixed(3)} × (limit ${limit} ×), ${(1 / ratio).toFixed(1)} times as fast`;
  return [{ line, held }];
}

function isComplete({ right, wrong }: PeerTime, changes: number): boolean {
  return right === changes && wrong === 0;
}
