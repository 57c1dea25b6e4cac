import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type TempGit, tempGit } from "../test/support/temp-git.ts";
import type { Ratio } from "./preview.ts";

const root = join(import.meta.dirname, "..");
const sluice = join(root, "bin", "sluice");

/**
 * How often each program is run. The runs are interleaved, so that whatever else the machine does slows all of them.
 */
const rounds = 21;

/**
 * Starts of the command line against `node -e 0` of the same Node: medians, from the start of the process to its end.
 */
export function benchStart(): readonly Ratio[] {
  const repository = tinyRepository();
  try {
    const targets = ["targets", "--repo", repository.dir];
    const [floor, version, help, listed] = medians([
      [process.execPath, "-e", "0"],
      [sluice, "--version"],
      [sluice, "preview", "--help"],
      [sluice, ...targets],
    ]);
    return [
      { name: "start: --version", ours: version, floor, limit: 2, note: "floor: node -e 0" },
      { name: "start: preview --help", ours: help, floor, limit: 2, note: "the same" },
      { name: "start: targets, tiny repository", ours: listed, floor, limit: 7, note: "the same" },
    ];
  } finally {
    repository.remove();
  }
}

type Program = readonly [file: string, ...args: string[]];

/** The median time of each program, in milliseconds. The first round only warms up. */
function medians<const Programs extends readonly Program[]>(programs: Programs): { [Index in keyof Programs]: number } {
  const times = programs.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, program] of programs.entries()) {
      const took = timed(program);
      if (round > 0) times[index]?.push(took);
    }
  }
  const middle = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
  return times.map(middle) as { [Index in keyof Programs]: number };
}

function timed([file, ...args]: Program): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync(file, args, { stdio: "pipe", timeout: 60_000 });
  if (status !== 0) throw new Error(`${file} ${args.join(" ")}: ${String(stderr)}`);
  return performance.now() - begun;
}

/** Two commits, three kustomizations and a configuration. */
function tinyRepository(): TempGit {
  const repository = tempGit();
  const overlay = "resources: [../../base]\n";
  repository.commit({
    ".sluice.yaml": [
      "version: 1",
      "environments:",
      "  - { name: staging, path: 'apps/{app}/overlays/staging' }",
      "  - { name: prod, path: 'apps/{app}/overlays/prod', from: staging }\n",
    ].join("\n"),
    "apps/web/base/kustomization.yaml": "resources: [config.yaml]\n",
    "apps/web/base/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { colour: blue }\n",
    "apps/web/overlays/staging/kustomization.yaml": overlay,
    "apps/web/overlays/prod/kustomization.yaml": overlay,
  });
  repository.commit({ "apps/web/overlays/prod/kustomization.yaml": `${overlay}nameSuffix: -prod\n` });
  return repository;
}
