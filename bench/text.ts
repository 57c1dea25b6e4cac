import { performance } from "node:perf_hooks";
import { compareTarget, previewCheck, previewComment } from "../src/diff/index.ts";
import { diffLines } from "../src/diff/lines.ts";
import type { Preview } from "../src/model/preview.ts";
import type { Resource } from "../src/model/render.ts";
import { median } from "./floor.ts";

const resources = 400;
const keys = 46;

/** Milliseconds, medians of nine runs. */
export interface TextBench {
  /** The comparison of 20,000 lines of YAML with a change in every third resource. */
  readonly compare: number;
  /** The comment and the check of it. */
  readonly markdown: number;
  /** Lines on one side. */
  readonly lines: number;
  /** One text of as many lines, every ninth of them changed. */
  readonly oneText: number;
  /** Two texts of as many lines with the same lines in another order. */
  readonly shuffled: number;
}

/** Compares and writes Markdown. */
export function benchText(): TextBench {
  const base = Array.from({ length: resources }, (_, index) => configMap(index, false));
  const head = Array.from({ length: resources }, (_, index) => configMap(index, index % 3 === 0));
  const compare: number[] = [];
  const markdown: number[] = [];
  for (let run = 0; run < 9; run += 1) {
    const started = performance.now();
    const { findings, ...comparison } = compareTarget({
      app: "web",
      environment: "prod",
      base,
      head,
      ignore: [],
      fingerprintKey: new Uint8Array(32),
    });
    const compared = performance.now();
    const target = {
      app: "web",
      environment: "prod",
      path: "apps/web",
      renderer: "plain",
      status: "changed",
      because: [],
    } as const;
    const preview: Preview = {
      base: "b".repeat(40),
      mergeBase: "b".repeat(40),
      head: "h".repeat(40),
      targets: [{ ...target, ...comparison }],
      findings,
      completeness: { targets: 1, affected: 1, rendered: 1, failed: 0, truncated: 0, hiddenLines: 0, unpinned: [] },
      notes: [],
    };
    previewComment(preview);
    previewCheck(preview);
    compare.push(compared - started);
    markdown.push(performance.now() - compared);
  }
  const lines = resources * (keys + 4);
  return { compare: median(compare), markdown: median(markdown), lines, ...benchLines(lines) };
}

function benchLines(count: number): Pick<TextBench, "oneText" | "shuffled"> {
  const base = Array.from({ length: count }, (_, index) => `line ${index}`);
  const changed = base.map((line, index) => (index % 9 === 0 ? `${line} new` : line));
  const shuffled = base.map((_, index) => `line ${(index * 7919) % count}`);
  return { oneText: timeOf(() => diffLines(base, changed)), shuffled: timeOf(() => diffLines(base, shuffled)) };
}

function timeOf(run: () => unknown): number {
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
  return median(times);
}

function configMap(index: number, changed: boolean): Resource {
  const data: Record<string, string> = {};
  for (let key = 0; key < keys; key += 1)
    data[`key-${key}`] = `value ${index} ${key}${changed && key % 9 === 0 ? " new" : ""}`;
  return { object: { apiVersion: "v1", data, kind: "ConfigMap", metadata: { name: `settings-${index}` } } };
}
