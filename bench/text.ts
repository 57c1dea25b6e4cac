import { performance } from "node:perf_hooks";
import { compareTarget, previewCheck, previewComment } from "../src/diff/index.ts";
import type { Preview } from "../src/model/preview.ts";
import type { Resource } from "../src/model/render.ts";
import { median } from "./floor.ts";

const resources = 400;
const keys = 46;

/** Milliseconds of the comparison and of the markdown for 20,000 lines of YAML with a change in every third resource. */
export function benchText(): { readonly compare: number; readonly markdown: number; readonly lines: number } {
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
  return { compare: median(compare), markdown: median(markdown), lines: resources * (keys + 4) };
}

function configMap(index: number, changed: boolean): Resource {
  const data: Record<string, string> = {};
  for (let key = 0; key < keys; key += 1)
    data[`key-${key}`] = `value ${index} ${key}${changed && key % 9 === 0 ? " new" : ""}`;
  return { object: { apiVersion: "v1", data, kind: "ConfigMap", metadata: { name: `settings-${index}` } } };
}
