import { afterEach, describe, expect, it } from "vitest";
import type { Render } from "../../src/model/render.ts";
import type { RenderSpec } from "../../src/model/target.ts";
import { differingLookups, lookupsTouching } from "../../src/model/trace.ts";
import type { Tree } from "../../src/model/tree.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { runSync } from "../support/run-sync.ts";
import { tempDir } from "../support/temp-git.ts";
import { patient, realEngine } from "./support/engines.ts";
import { type Files, type History, history } from "./support/history.ts";
import { kustomize, type RenderRepository, renderRepository } from "./support/repositories.ts";

const commits = 120;
const targets: readonly RenderSpec[] = [
  ...["prod", "dev", "stage", "prod-two", "files"].map((name) => kustomize(`overlays/${name}`)),
  { kind: "helm", path: "charts/app", options: { releaseName: "app", valueFiles: ["values/prod.yaml"] } },
  { kind: "plain", path: "plain", options: { recurse: true } },
];

describe("what a change affects", () => {
  let repo: RenderRepository | undefined;

  afterEach(() => repo?.remove());

  it(`is exactly what renders differently or reads something changed, over ${commits} generated commits`, async () => {
    repo = renderRepository();
    const seed = 20261121;
    const generated: History = history(seed, commits);
    importHistory(repo.temp.dir, generated);
    const oids = repo.temp.git("rev-list", "--reverse", "main").split("\n");
    expect(oids).toHaveLength(commits + 1);
    const fresh = createRenderer({ binary: realEngine(), limits: patient, workers: 2 });
    const cached = createRenderer({ binary: realEngine(), limits: patient, workers: 2, cacheDir: tempDir() });
    const seen = { affected: 0, unaffected: 0, same: 0, failed: 0 };
    let before: Side | undefined;
    for (const oid of oids) {
      const source = await repo.source(oid);
      const renders = await Promise.all(targets.map((spec) => fresh.render(unique(spec, oid), source, signal())));
      const fromCache = await Promise.all(targets.map((spec) => cached.render(spec, source, signal())));
      expect(fromCache.map(facts)).toEqual(renders.map(facts));
      const now = { oid, tree: source.tree, renders };
      if (before !== undefined) await compare(repo, before, now, seen);
      before = now;
    }
    await Promise.all([fresh.close(), cached.close()]);
    // The history is of use only when all of these happen often.
    expect(seen.affected).toBeGreaterThan(100);
    expect(seen.unaffected).toBeGreaterThan(200);
    expect(seen.same).toBeGreaterThan(5);
    expect(seen.failed).toBeGreaterThan(20);
  });
});

interface Side {
  readonly oid: string;
  readonly tree: Tree;
  readonly renders: readonly Render[];
}

/** Holds what the traces of one commit foretell for the next against both commits' renders. */
async function compare(repo: RenderRepository, before: Side, now: Side, seen: Record<string, number>): Promise<void> {
  const changed = (await repo.repository.changedPaths(before.oid, now.oid)).map(({ path }) => path);
  const count = (name: string, happens: boolean): void => {
    seen[name] = (seen[name] ?? 0) + Number(happens);
  };
  for (const [index, then] of before.renders.entries()) {
    const render = now.renders[index];
    if (render === undefined) throw new Error("a target was not rendered");
    const differing = await differingLookups(then.trace, now.tree);
    const differs = then.digest !== render.digest || !sameInputs(then, render);
    const which = { commit: now.oid, target: targets[index]?.path };
    expect({ ...which, affected: differing.length > 0 }).toEqual({ ...which, affected: differs });
    for (const lookup of differing) expect(lookupsTouching(then.trace, changed)).toContain(lookup);
    count("affected", differs);
    count("unaffected", !differs);
    count("same", differs && then.digest === render.digest);
    count("failed", !render.ok);
  }
}

function signal(): AbortSignal {
  return AbortSignal.timeout(600_000);
}

/** The spec under a key of its own per commit, so that its render never comes from an earlier commit's. */
function unique(spec: RenderSpec, oid: string): RenderSpec {
  switch (spec.kind) {
    case "plain":
      return { ...spec, options: { ...spec.options, exclude: [`no/${oid}`] } };
    case "helm":
      return { ...spec, options: { ...spec.options, apiVersions: [`test/${oid}`] } };
    case "kustomize":
      return { ...spec, options: { ...spec.options, apiVersions: [`test/${oid}`] } };
    default:
      throw new Error(`no folder: ${spec.kind}`);
  }
}

function facts(render: Render | undefined): unknown {
  return render === undefined ? undefined : { ok: render.ok, digest: render.digest, trace: render.trace };
}

function sameInputs(a: Render, b: Render): boolean {
  return JSON.stringify([...a.trace].sort()) === JSON.stringify([...b.trace].sort());
}

/** Writes a history with one git process. */
function importHistory(dir: string, { steps }: History): void {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commit = (files: Files, index: number): string => {
    const changes = Object.entries(files).map(([path, text]) =>
      text === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(text)}`,
    );
    return `commit refs/heads/main\ncommitter Test <t@example.com> ${1_700_000_000 + index} +0000\n${data(`step ${index}`)}${changes.join("")}\n`;
  };
  const run = runSync("git", ["fast-import", "--quiet", "--force"], {
    cwd: dir,
    input: steps.map(commit).join(""),
  });
  if (run.status !== 0) throw new Error(run.stderr);
}
