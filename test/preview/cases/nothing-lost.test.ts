import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toItems } from "../../../src/diff/item.ts";
import type { Target } from "../../../src/model/target.ts";
import { pairTargets, type TargetPair } from "../../../src/preview/plan.ts";
import { resolveTargets } from "../../../src/targets/index.ts";
import { sharedRenderer } from "../../render/support/engines.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { planReads, sourceOf } from "../../support/plan-reads.ts";
import { previewOf, type Said } from "./support.ts";

type Texts = Readonly<Record<string, string>>;

const url = "https://git.example/ops";
const identity = { urls: [url], branches: ["main", "HEAD"] };

/** The files of a sample, as those of the repository that is looked at, without the one base that is fetched. */
function sample(name: string): Texts {
  const root = join(import.meta.dirname, "../../../examples", name);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
    /\.(?:ya?ml|tpl)$/.test(path),
  );
  const text = (path: string) =>
    readFileSync(join(root, path), "utf8")
      .replaceAll(/https:\/\/github\.com\/acme\/[a-z-]+(?:\.git)?/g, url)
      .replaceAll(/^ *- https:\/\/git\.acme\.example\/.*\n/gm, "");
  return Object.fromEntries(files.map((path) => [path, text(path)]));
}

/** What people and mistakes do to files. `pick` and `other` choose among what is there. */
type Edit = (files: Map<string, string>, pick: number, other: number) => void;

const edits: Readonly<Record<string, Edit>> = {
  "a file is deleted": (files, pick) => files.delete(nth([...files.keys()], pick)),
  "a folder is deleted": (files, pick) => {
    const folder = nth(foldersOf(files), pick);
    for (const path of [...files.keys()]) if (path.startsWith(`${folder}/`)) files.delete(path);
  },
  "an entry is deleted": (files, pick) => files.delete(nth(entriesOf(files), pick)),
  "an entry is broken": (files, pick) => {
    const path = nth(entriesOf(files), pick);
    files.set(path, `${files.get(path) ?? ""}\n  broken: [a\n`);
  },
  "a file is broken": (files, pick) => change(files, pick, (text) => `${text}\n  broken: [a\n`),
  "a folder is renamed": (files, pick) => {
    const folder = nth(foldersOf(files), pick);
    for (const [path, text] of [...files]) {
      if (!path.startsWith(`${folder}/`)) continue;
      files.delete(path);
      files.set(`${folder}-new${path.slice(folder.length)}`, text);
    }
  },
  "a path leads elsewhere": (files, pick, other) => {
    const folder = nth(foldersOf(files), other);
    change(files, pick, (text) => text.replace(/^( *path: ).+$/m, `$1${folder}`));
  },
  "an object gets another name": (files, pick) =>
    change(files, pick, (text) => text.replace(/^( +name: )([a-z-]+)$/m, "$1$2-new")),
  "an object gets another namespace": (files, pick) =>
    change(files, pick, (text) => text.replace(/^( +namespace: ).+$/m, "$1elsewhere")),
  "a list loses its last item": (files, pick) =>
    change(files, pick, (text) => text.replace(/^ *- [^\n]+\n?$(?![\s\S]*^ *- )/m, "")),
  "pruning is switched off": (files, pick) =>
    change(files, pick, (text) => text.replace("prune: true", "prune: false")),
  "a file goes to another folder": (files, pick, other) => {
    const path = nth([...files.keys()], pick);
    const text = files.get(path) ?? "";
    files.delete(path);
    files.set(`${nth(foldersOf(files), other)}/${path.slice(path.lastIndexOf("/") + 1)}`, text);
  },
};

function nth(all: readonly string[], number: number): string {
  return all[number % Math.max(all.length, 1)] ?? "";
}

function entriesOf(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files.keys()].filter((path) => /gotk-sync|root|applications\/|flux-system\/kustomization/.test(path));
}

function foldersOf(files: ReadonlyMap<string, string>): readonly string[] {
  const all = [...files.keys()].flatMap((path) => {
    const names = path.split("/").slice(0, -1);
    return names.map((_, index) => names.slice(0, index + 1).join("/"));
  });
  // An object in a chart with values for two environments is there twice.
  return [...new Set(all)].filter((folder) => !folder.endsWith("templates")).sort();
}

function change(files: Map<string, string>, pick: number, by: (text: string) => string): void {
  const path = nth([...files.keys()], pick);
  files.set(path, by(files.get(path) ?? ""));
}

const someEdits = fc.array(fc.tuple(fc.constantFrom(...Object.keys(edits)), fc.nat(9_999), fc.nat(9_999)), {
  minLength: 1,
  maxLength: 3,
});

async function renderedIn(files: Texts, config: string | undefined) {
  const source = sourceOf(memoryTree(files));
  const reads = planReads({ repository: identity, renderer: sharedRenderer() });
  const { targets } = (await resolveTargets(config, source, reads)).plan;
  const resources = async ({ render }: Target) => {
    const found = await sharedRenderer().render(render, source, reads.signal);
    return found.ok ? new Set(toItems(found.resources()).map(({ key }) => key)) : undefined;
  };
  return { targets, resources };
}

const identityOf = ({ declaration, destination, environment, render }: Target) =>
  declaration === undefined
    ? JSON.stringify([render.kind, render.path, render.options])
    : JSON.stringify([declaration.kind, declaration.namespace, declaration.name, environment, destination?.cluster]);

const nameOf = ({ app, environment }: { readonly app: string; readonly environment: string }) =>
  `${app}/${environment}`;

/** What of a target of the base is nowhere in what the preview says. */
async function lostOf(pair: TargetPair, said: Said, base: Awaited<ReturnType<typeof renderedIn>>, head: typeof base) {
  if (pair.base?.declaration === undefined) return [];
  const before = await base.resources(pair.base);
  const name = nameOf(pair.head ?? ("shown" in pair ? pair.shown : undefined) ?? pair.base);
  const unknown = (said.preview.unknown ?? []).flatMap(({ targets }) => targets.map(nameOf));
  if (before === undefined || unknown.includes(name)) return [];
  const target = said.target(name);
  const joined = said.preview.targets.some(({ movedFrom }) => movedFrom === pair.base?.render.path);
  if (pair.head === undefined) return target?.status === "removed" || joined ? [] : [`${name} is gone`];
  if (pair.head.declaration === undefined) return [`${name} is a mere folder`];
  const after = await head.resources(pair.head);
  if (after === undefined) return target?.status === "failed" ? [] : [`${name} is not rendered`];
  if (before.isSubsetOf(after)) return [];
  const told = target?.changes.some(({ action }) => action === "removed" || action === "renamed");
  return told === true ? [] : [`${name} lost ${[...before.difference(after)].join(", ")}`];
}

describe.each([["flux"], ["argocd"], ["monorepo"]])("any edit of the sample %s", (name) => {
  const { ".sluice.yaml": config, ...files } = sample(name);

  it("loses nothing in silence, lists everything once, and is not green where something is not rendered", async () => {
    const base = await renderedIn(files, config);
    await fc.assert(
      fc.asyncProperty(someEdits, async (chosen) => {
        const edited = new Map(Object.entries(files));
        for (const [edit, pick, other] of chosen) edits[edit]?.(edited, pick, other);
        const after = Object.fromEntries(edited);
        const gone = Object.fromEntries(
          Object.keys(files).flatMap((path) => (edited.has(path) ? [] : [[path, undefined]])),
        );
        const head = await renderedIn(after, config);
        for (const { targets } of [base, head]) {
          expect(targets.map(identityOf)).toEqual([...new Set(targets.map(identityOf))]);
          expect(targets).toHaveLength(new Set(targets.map(({ id }) => id)).size);
        }
        const said = await previewOf(files, { ...after, ...gone }, config);
        const names = said.preview.targets.map(nameOf);
        expect(names).toHaveLength(new Set(names).size);
        const pairs = pairTargets(base.targets, head.targets);
        const lost = await Promise.all(pairs.map((pair) => lostOf(pair, said, base, head)));
        expect(lost.flat()).toEqual([]);
        if (said.conclusion !== "success") return;
        expect(said.preview.completeness).toMatchObject({ failed: 0, rendered: said.preview.completeness.affected });
        expect([said.preview.unknown, said.preview.targets.filter(({ status }) => status === "failed")]).toEqual([
          undefined,
          [],
        ]);
      }),
      { numRuns: Number(process.env.SLUICE_EDITS ?? 5), interruptAfterTimeLimit: 500_000 },
    );
  });
});
