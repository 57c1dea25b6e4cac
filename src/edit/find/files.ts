import { UserError } from "../../model/errors.ts";
import type { Trace } from "../../model/render.ts";
import type { Tree } from "../../model/tree.ts";
import { documentAt, type Node, parseYaml, type YamlText } from "../splice/index.ts";
import { withoutSchemas } from "./schemas.ts";
import type { FindProblem } from "./setting.ts";

/** One document of a file. */
export interface Document {
  readonly file: string;
  readonly document: number;
  readonly root: Node;
}

/** More than a target reasonably has. */
const mostFiles = 5_000;
const mostNodes = 500_000;
const mostImages = 20_000;

/** The YAML files that a render read, each parsed when it is first asked for. */
export class ReadFiles {
  readonly #tree: Tree;
  readonly #read: ReadonlySet<string>;
  readonly #folders: readonly string[];
  readonly #parsed = new Map<string, readonly Document[]>();
  readonly problems: FindProblem[] = [];
  readonly #told = new Set<string>();
  #nodes = 0;
  #images = 0;

  constructor(trace: Trace, tree: Tree) {
    this.#tree = tree;
    this.#read = new Set(trace.flatMap(([path, kind]) => (kind === "file" ? [path] : [])));
    this.#folders = trace.flatMap(([path, kind]) => (kind === "tree" ? [path] : []));
  }

  /** Whether the render read this file, by itself or with its folder. */
  has(file: string): boolean {
    return this.#read.has(file) || this.#folders.some((folder) => folder === "" || file.startsWith(`${folder}/`));
  }

  /** Whether there is such a file and the render read it. Links are none. */
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

  /** The names of the folders in a folder. */
  async foldersIn(folder: string): Promise<readonly string[]> {
    const entries = await this.#tree.list(folder);
    return entries.flatMap(({ kind, name }) => (kind === "dir" ? [name] : []));
  }

  /**
   * The documents of a file; none when it was not read, is not there, or is not YAML, which is a problem then. With `words` a file that has none of them is not parsed, and its
   * CustomResourceDefinitions come out empty: who asks knows that it would find nothing there.
   */
  async documents(file: string, words?: readonly string[]): Promise<readonly Document[]> {
    const key = words === undefined ? file : `${file}\n${words.join(" ")}`;
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    try {
      const all = (await this.exists(file)) ? await this.#tree.read(file) : undefined;
      const bytes = all === undefined || words === undefined ? all : withoutSchemas(all);
      if (bytes === undefined || !mentions(bytes, words)) return [];
      return this.#keep(key, this.#parse(file, bytes));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.tell(file, error.message, error.place?.line);
      return this.#keep(key, []);
    }
  }

  /** The whole file, when the word is in it; `undefined` when not, when it was not read, and when it is not YAML, which `tells` is given the error of. */
  async mentioning(file: string, word: string, tells: (error: UserError) => void): Promise<YamlText | undefined> {
    try {
      const bytes = (await this.exists(file)) ? await this.#tree.read(file) : undefined;
      return bytes !== undefined && mentions(bytes, [word]) ? parseYaml(file, bytes) : undefined;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      tells(error);
      return undefined;
    }
  }

  #parse(file: string, bytes: Uint8Array): readonly Document[] {
    if (this.#parsed.size < mostFiles) return documentsOf(file, bytes);
    throw new UserError("limit", `The target reads more than ${mostFiles} files with images in them`);
  }

  #keep(key: string, documents: readonly Document[]): readonly Document[] {
    this.#parsed.set(key, documents);
    return documents;
  }

  /** Counts a value that is looked at; `false` once there were too many, behind aliases perhaps. */
  mayLook(file: string): boolean {
    this.#nodes += 1;
    if (this.#nodes === mostNodes + 1) this.tell(file, "The target has more values than are searched for images");
    return this.#nodes <= mostNodes;
  }

  /** Counts an image; `false` once there were too many. */
  mayFind(file: string): boolean {
    this.#images += 1;
    if (this.#images === mostImages + 1) this.tell(file, `The target has more than ${mostImages} images`);
    return this.#images <= mostImages;
  }

  /** Notes a problem, once. */
  tell(file: string, message: string, line?: number): void {
    const key = `${file}\n${message}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.problems.push({ file, message, ...(line === undefined ? {} : { line }) });
  }
}

function mentions(bytes: Uint8Array, words: readonly string[] | undefined): boolean {
  if (words === undefined) return true;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return words.some((word) => text.includes(word));
}

/** The documents of a file's bytes. What is no YAML is an `input` UserError. */
export function documentsOf(file: string, bytes: Uint8Array): readonly Document[] {
  const yaml = parseYaml(file, bytes);
  return Array.from({ length: yaml.documents }, (_, document) => {
    const root = documentAt(yaml, document);
    return root === undefined ? [] : [{ file, document, root }];
  }).flat();
}
