import { createHash } from "node:crypto";
import { parseAllDocuments, stringify } from "yaml";
import { z } from "zod";
import { UserError } from "../../src/model/errors.ts";
import { joinPath } from "../../src/model/paths.ts";
import type { Lookup, Render, Renderer, RenderSource, Resource, Trace } from "../../src/model/render.ts";
import type { RendererKind, RenderSpec, Target } from "../../src/model/target.ts";
import type { Tree } from "../../src/model/tree.ts";

/** A renderer in memory, and what it did. */
export interface MemoryRenderer extends Renderer {
  /** The folders that were rendered, in order. */
  readonly rendered: string[];
  /** What `known` answers, by folder. */
  readonly traces: Map<string, Trace>;
}

const jsonObject = z.record(z.string(), z.json());

/**
 * Renders the YAML documents of a target's folder, with those of the files that its file `reads` lists (a line each).
 * The folder of a plain target is traced as a whole, every other file by itself. Documents that are no map do not
 * render.
 */
export function memoryRenderer(): MemoryRenderer {
  const rendered: string[] = [];
  const traces = new Map<string, Trace>();
  return {
    rendered,
    traces,
    known: async ({ path }) => traces.get(path),
    yaml: async (spec, { tree }) => {
      const render = await renderIn(spec, tree);
      if (!render.ok) throw new UserError("input", render.failure.message);
      return render
        .resources()
        .map(({ object }) => `---\n${stringify(object)}`)
        .join("");
    },
    close: async () => undefined,
    fresh: async (spec, { tree }) => renderIn(spec, tree),
    render: async (spec, { tree }: RenderSource, signal) => {
      signal.throwIfAborted();
      rendered.push(spec.path);
      return renderIn(spec, tree);
    },
  };
}

/** A plain target of the folder `APP/ENVIRONMENT`, or of another one. */
export function targetIn(id: string, path = id, kind: RendererKind = "plain"): Target {
  const [app = "", environment = ""] = id.split("/");
  const render: RenderSpec =
    kind === "helm" ? { kind, path, options: { releaseName: app } } : { kind, path, options: {} };
  return { id, app, environment, render };
}

async function renderIn({ kind, path, ...spec }: RenderSpec, tree: Tree): Promise<Render> {
  const all = await tree.files(path);
  const include = "include" in spec.options ? spec.options.include : undefined;
  const own = all.filter(
    (file) => include === undefined || include.includes(file.slice(path === "" ? 0 : path.length + 1)),
  );
  const reads = joinPath(path, "reads");
  const listed = own.includes(reads) ? (await textOf(tree, reads)).split("\n").filter((line) => line !== "") : [];
  const folder = await tree.at(path);
  const alone = kind === "plain" ? listed : [...own, ...listed];
  const trace: readonly Lookup[] = [
    ...(kind === "plain" && folder !== undefined ? [[path, "tree", folder.oid] as const] : []),
    ...(await Promise.all(alone.map((file) => lookup(tree, file)))),
  ];
  const resources: Resource[] = [];
  for (const file of [...own, ...listed].filter((name) => name.endsWith(".yaml"))) {
    for (const document of parseAllDocuments(await textOf(tree, file))) {
      const { data } = jsonObject.safeParse(document.toJS());
      if (data !== undefined) resources.push({ object: data, file });
      else return failed(trace, file);
    }
  }
  return { ok: true, digest: digestOf(resources), trace, warnings: [], unpinned: [], resources: () => resources };
}

function failed(trace: Trace, file: string): Render {
  const message = `${file} is no resource`;
  return { ok: false, digest: digestOf(message), trace, unpinned: [], failure: { kind: "input", message, file } };
}

async function lookup(tree: Tree, path: string): Promise<Lookup> {
  const entry = await tree.at(path);
  return entry?.kind === "file" ? [path, "file", entry.oid] : [path, "absent"];
}

async function textOf(tree: Tree, path: string): Promise<string> {
  return Buffer.from((await tree.read(path)) ?? []).toString();
}

function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
