import { UserError } from "../../model/errors.ts";
import type { Trace } from "../../model/render.ts";
import type { Tree } from "../../model/tree.ts";
import { documentAt, type Node, parseYaml } from "../splice/index.ts";
import type { FindProblem } from "./setting.ts";

/** One document of a file. */
export interface Document {
  readonly file: string;
  readonly document: number;
  readonly root: Node;
}

/** The YAML files that a render read, each parsed when it is first asked for. */
export class ReadFiles {
  readonly #tree: Tree;
  readonly #read: ReadonlySet<string>;
  readonly #folders: readonly string[];
  readonly #parsed = new Map<string, Promise<readonly Document[]>>();
  readonly problems: FindProblem[] = [];

  constructor(trace: Trace, tree: Tree) {
    this.#tree = tree;
    this.#read = new Set(trace.flatMap(([path, kind]) => (kind === "file" ? [path] : [])));
    this.#folders = trace.flatMap(([path, kind]) => (kind === "tree" ? [path] : []));
  }

  /** Whether the render read this file, by itself or with its folder. */
  has(file: string): boolean {
    return this.#read.has(file) || this.#folders.some((folder) => folder === "" || file.startsWith(`${folder}/`));
  }

  /** The YAML files below a folder that was read as a whole. */
  async below(folder: string): Promise<readonly string[]> {
    return (await this.#tree.files(folder)).filter((file) => /\.(?:ya?ml|json)$/.test(file) && this.has(file));
  }

  /** The documents of a file; none when it was not read, is not there, or is not YAML, which is a problem then. */
  documents(file: string): Promise<readonly Document[]> {
    const known = this.#parsed.get(file) ?? this.#parse(file);
    this.#parsed.set(file, known);
    return known;
  }

  async #parse(file: string): Promise<readonly Document[]> {
    if (!this.has(file) || (await this.#tree.at(file))?.kind !== "file") return [];
    const bytes = await this.#tree.read(file);
    if (bytes === undefined) return [];
    try {
      const yaml = parseYaml(file, bytes);
      return Array.from({ length: yaml.documents }, (_, document) => ({
        file,
        document,
        root: documentAt(yaml, document),
      })).flatMap(({ root, ...rest }) => (root === undefined ? [] : [{ ...rest, root }]));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { line } = error.place ?? {};
      this.problems.push({ file, message: error.message, ...(line === undefined ? {} : { line }) });
      return [];
    }
  }
}

/** The child of a map. */
export function child(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "map" ? node.get(key) : undefined;
}

/** The text of a scalar; empty when it is none. */
export function textOf(node: Node | undefined): string {
  return node?.kind === "scalar" ? node.value : "";
}

/** The items of a list; none when it is none. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === "list" ? node.items : [];
}

/** A relative path from a folder, as kustomize reads it; `undefined` when it leaves the repository or is a URL. */
export function resolvePath(folder: string, relative: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:|^\/|^git@/i.test(relative)) return undefined;
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
