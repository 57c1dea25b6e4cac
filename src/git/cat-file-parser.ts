import { Fault } from "../model/errors.ts";
import type { GitObject } from "../model/tree.ts";

/** An object with its full id. */
export type FoundObject = GitObject & { readonly oid: string };

/** Who hears what the parser reads. */
export interface CatFileListener {
  /** The largest body that the next object may have. */
  limit(): number;
  /** The next answer: an object, or `undefined` where the name means none, or several. */
  object(object: FoundObject | undefined): void;
  /** The next answer is larger than its limit; its body is passed over. */
  tooLarge(bytes: number): void;
}

const kinds: ReadonlySet<string> = new Set(["tree", "blob", "commit", "tag"] satisfies GitObject["kind"][]);

/**
 * Cuts the output of `git cat-file --batch` (`<oid> <type> <size>\n<body>\n`, or `<name> missing\n` and the like) into
 * objects, whatever the chunks are.
 */
export class CatFileParser {
  readonly #listener: CatFileListener;
  #rest: Buffer = Buffer.alloc(0);
  /** The object whose body is being read; `bytes` is `undefined` when it is passed over. */
  #body: { oid: string; kind: GitObject["kind"]; size: number; bytes: Buffer | undefined; filled: number } | undefined;

  constructor(listener: CatFileListener) {
    this.#listener = listener;
  }

  /** Takes the next chunk of output. Throws a `bug` Fault when it is not what git prints. */
  push(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const used = this.#body === undefined ? this.#takeHeader(data) : this.#takeBody(data);
      if (used === 0) break;
      data = data.subarray(used);
    }
    this.#rest = data;
  }

  #takeHeader(data: Buffer): number {
    const end = data.indexOf(0x0a);
    if (end < 0) return 0;
    const line = data.toString("latin1", 0, end);
    // The name is as it was asked for, and may hold blanks.
    if (/ (?:missing|ambiguous)$/.test(line)) this.#listener.object(undefined);
    else this.#begin(line);
    return end + 1;
  }

  #begin(line: string): void {
    const [oid = "", kind, bytesOf] = line.split(" ");
    const size = Number(bytesOf);
    if (!isKind(kind) || !Number.isSafeInteger(size))
      throw new Fault("bug", "git cat-file gave an answer that cannot be read");
    const bytes = size <= this.#listener.limit() ? Buffer.allocUnsafe(size) : undefined;
    this.#body = { oid, kind, size, bytes, filled: 0 };
  }

  #takeBody(data: Buffer): number {
    const body = this.#body;
    if (body === undefined || data.length === 0) return 0;
    // The body is followed by one newline that is not part of it.
    const used = Math.min(data.length, body.size + 1 - body.filled);
    if (body.bytes !== undefined) data.copy(body.bytes, body.filled, 0, Math.min(used, body.size - body.filled));
    body.filled += used;
    if (body.filled <= body.size) return used;
    this.#body = undefined;
    if (body.bytes === undefined) this.#listener.tooLarge(body.size);
    else this.#listener.object({ oid: body.oid, kind: body.kind, bytes: body.bytes });
    return used;
  }
}

function isKind(text: string | undefined): text is GitObject["kind"] {
  return text !== undefined && kinds.has(text);
}
