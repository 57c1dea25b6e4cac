import { UserError } from "../../model/errors.ts";
import { joinPath, parentPath } from "../../model/paths.ts";
import type { Trace } from "../../model/render.ts";
import type { Tree } from "../../model/tree.ts";
import { documentAt, type Node, parseYaml, type YamlText } from "../splice/index.ts";
import { child, itemsOf, textOf } from "./nodes.ts";
import { withoutSchemas } from "./schemas.ts";
import type { FindProblem } from "./setting.ts";

/** One document of a file. */
export interface Document {
  readonly file: string;
  readonly document: number;
  readonly root: Node;
}

/** How much is searched for images. */
export interface Bounds {
  /** Counts a visited value; `false` once there were too many. */
  mayVisit(file: string): boolean;
  /** Counts an image; `false` once there were too many. */
  mayFind(file: string): boolean;
}

/** More than any real target has. */
const maxFiles = 5_000;
const maxNodes = 500_000;
const maxImages = 20_000;

const maxListed = 10_000;

/** The objects of a document: itself, or the items of a `List`. */
export function resourcesIn(root: Node): readonly Node[] {
  const items = itemsOf(child(root, "items"));
  const isList = textOf(child(root, "kind")).endsWith("List") && items.length > 0;
  return isList ? items.slice(0, maxListed) : [root];
}

/** The YAML files that a render read, each parsed on first use. */
export class ReadFiles {
  readonly #tree: Tree;
  readonly #read: Set<string>;
  readonly #folders: readonly string[];
  readonly #parsed = new Map<string, readonly Document[]>();
  readonly problems: FindProblem[] = [];
  readonly #reported = new Set<string>();
  #files = 0;
  #nodes = 0;
  #images = 0;

  /** `also`: files that count as read, such as the one that declares the target. */
  constructor(trace: Trace, tree: Tree, also: readonly string[] = []) {
    this.#tree = tree;
    this.#read = new Set([...also, ...trace.flatMap(([path, kind]) => (kind === "file" ? [path] : []))]);
    this.#folders = trace.flatMap(([path, kind]) => (kind === "tree" ? [path] : []));
  }

  /** Whether the render read this file, by itself or with its folder. */
  has(file: string): boolean {
    return this.#read.has(file) || this.#folders.some((folder) => folder === "" || file.startsWith(`${folder}/`));
  }

  /** Whether there is such a file and the render read it. Links do not count. */
  async exists(file: string): Promise<boolean> {
    return this.has(file) && (await this.#tree.at(file))?.kind === "file";
  }

  /** The files below a folder that was read as a whole. */
  async below(folder: string): Promise<readonly string[]> {
    return (await this.#tree.files(folder)).filter((file) => this.has(file));
  }

  /** Every file that the render read, by itself or with its folder, in the order of their paths. */
  async all(): Promise<readonly string[]> {
    const below = await Promise.all(this.#folders.map((folder) => this.#tree.files(folder)));
    return [...new Set([...this.#read, ...below.flat()])].sort();
  }

  /** The other YAML files in the folder of a file that counts as read; they count as read from then on. */
  async beside(file: string): Promise<readonly string[]> {
    if (!this.has(file)) return [];
    const folder = parentPath(file);
    const files = (await this.#tree.list(folder)).flatMap(({ kind, name }) =>
      kind === "file" && /\.ya?ml$/.test(name) ? [joinPath(folder, name)] : [],
    );
    for (const path of files) this.#read.add(path);
    return files.filter((path) => path !== file);
  }

  /** The names of the folders in a folder. */
  async foldersIn(folder: string): Promise<readonly string[]> {
    const entries = await this.#tree.list(folder);
    return entries.flatMap(({ kind, name }) => (kind === "dir" ? [name] : []));
  }

  /**
   * The documents of a file; none when it was not read, does not exist, or is not YAML, which is a problem. With
   * `words`, a file that contains none of them is not parsed, and CustomResourceDefinitions are empty: callers find
   * nothing there anyway. What is asked for `once` is not kept: parsed, large files take twenty times their size.
   */
  async documents(file: string, words?: readonly string[], once = false): Promise<readonly Document[]> {
    const key = words === undefined ? file : `${file}\n${words.join(" ")}`;
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    try {
      const all = (await this.exists(file)) ? await this.#tree.read(file) : undefined;
      const bytes = all === undefined || words === undefined ? all : withoutSchemas(all);
      if (bytes === undefined || !mentions(bytes, words)) return [];
      const documents = this.#parse(file, bytes);
      return once ? documents : this.#cache(key, documents);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.report(file, error.message, error.place?.line);
      return this.#cache(key, []);
    }
  }

  /**
   * The whole file, when the word is in it; `undefined` when it is not, when the file was not read, and when it is not
   * YAML, an error for `onError`.
   */
  async mentioning(file: string, word: string, onError: (error: UserError) => void): Promise<YamlText | undefined> {
    try {
      const bytes = (await this.exists(file)) ? await this.#tree.read(file) : undefined;
      return bytes !== undefined && mentions(bytes, [word]) ? parseYaml(file, bytes) : undefined;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      onError(error);
      return undefined;
    }
  }

  #parse(file: string, bytes: Uint8Array): readonly Document[] {
    this.#files += 1;
    if (this.#files <= maxFiles) return documentsOf(file, bytes);
    throw new UserError("limit", `The target reads more than ${maxFiles} files with images in them`);
  }

  #cache(key: string, documents: readonly Document[]): readonly Document[] {
    this.#parsed.set(key, documents);
    return documents;
  }

  /** Counts a visited value; `false` once there were too many, through aliases perhaps. */
  mayVisit(file: string): boolean {
    this.#nodes += 1;
    if (this.#nodes === maxNodes + 1) this.report(file, "The target has more values than are searched for images");
    return this.#nodes <= maxNodes;
  }

  /** Counts an image; `false` once there were too many. */
  mayFind(file: string): boolean {
    this.#images += 1;
    if (this.#images === maxImages + 1) this.report(file, `The target has more than ${maxImages} images`);
    return this.#images <= maxImages;
  }

  /** Adds a problem, once. */
  report(file: string, message: string, line?: number): void {
    const key = `${file}\n${message}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.problems.push({ file, message, ...(line === undefined ? {} : { line }) });
  }
}

function mentions(bytes: Uint8Array, words: readonly string[] | undefined): boolean {
  if (words === undefined) return true;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return words.some((word) => text.includes(word));
}

/** The documents of a file's bytes. What is not YAML is an `input` UserError. */
export function documentsOf(file: string, bytes: Uint8Array): readonly Document[] {
  const yaml = parseYaml(file, bytes);
  return Array.from({ length: yaml.documents }, (_, document) => {
    const root = documentAt(yaml, document);
    return root === undefined ? [] : [{ file, document, root }];
  }).flat();
}
