import { type CachedRender, cachedRender, sha256 } from "../../../src/render/cached-render.ts";

/** The key of sample render `number`: ten share one. */
export function keyOf(number: number): string {
  return sha256(`key ${Math.floor(number / 10)}`).slice(0, 32);
}

/** The body of sample render `number`. */
export function bodyOf(number: number, bytes = 2000): Buffer {
  return Buffer.from(`${number}:`.repeat(Math.ceil(bytes / `${number}:`.length)).slice(0, bytes));
}

/** A kept render whose trace names its number. */
export function renderNumber(number: number, bytes?: number): CachedRender {
  const oid = sha256(`file ${number}`).slice(0, 40);
  const remarks = { warnings: [{ message: `warning ${number}`, file: "a.yaml", line: 3 }], unpinned: [] };
  return cachedRender(
    [
      ["dir", "dir"],
      [`dir/${number}`, "file", oid],
      ["dir/none", "absent"],
    ],
    remarks,
    sha256(bodyOf(number, bytes)),
  );
}
