import type { PlainEdit } from "../../../../src/edit/splice/types.ts";
import { insert, remove, set } from "./edits.ts";

/** A file, edits, and the file that must come out byte for byte. */
export interface Fixture {
  readonly name: string;
  readonly file: string;
  readonly after: string;
  readonly edits: readonly PlainEdit[];
}

function fixture(name: string, file: string, ...edits: readonly PlainEdit[]): Fixture {
  return { name, file, after: file.replace(/(?=\.\w+$)/, ".after"), edits };
}

const entry = { name: "webapp", newTag: "1.10" };

/** Every style that edits must keep. */
export const fixtures: readonly Fixture[] = [
  fixture(
    "CRLF line ends, blank lines and comments",
    "crlf.yaml",
    set(["images", 0, "newTag"], "1.10"),
    set(["images", 1, "newTag"], "2.1"),
    insert(["images", 0, "digest"], "sha256:0a1b"),
    insert(["images", "-"], entry),
  ),
  fixture(
    "line ends of both kinds in one file",
    "mixed-line-ends.yaml",
    set(["a"], "1.1"),
    insert(["b", "f"], "new"),
    insert(["g", "h"], "new"),
  ),
  fixture("a byte order mark", "bom.yaml", set(["image", "tag"], "1.4.0"), insert(["image", "digest"], "")),
  fixture(
    "comments with tabs, quotes and braces",
    "comments.yaml",
    set(["images", 0, "newTag"], "1.4.0"),
    remove(["images", 1, "digest"]),
    insert(["images", 1, "newTag"], "2.0"),
  ),
  fixture(
    "anchors and aliases that keep their meaning",
    "anchors.yaml",
    set(["webapp", "image"], "webapp:1.4.0"),
    insert(["proxy", "tag"], "1.1.0"),
    remove(["webapp", "tag"]),
  ),
  fixture(
    "several documents, an empty one too",
    "documents.yaml",
    set(["spec", "image"], "a:2", 0),
    set(["spec", "image"], "a:2", 1),
    insert(["kind"], "ConfigMap", 2),
    insert(["spec", "ports", "-"], { port: 80 }, 3),
  ),
  fixture(
    "quotes of scalars and keys",
    "quotes.yaml",
    set(["plain"], "a:2"),
    set(["single"], "it's"),
    set(["double"], 'a "2"'),
    set(["quoted key"], "1.10"),
    set(["single key"], "y: z"),
    set(["escaped"], "é\t"),
    set(["itself"], "1.10"),
    set(["folded plain"], "one"),
  ),
  fixture(
    "flow style on one line and on several",
    "flow.yaml",
    set(["images", 0, "newTag"], "1.4"),
    set(["images", 1, "newTag"], "2.1"),
    insert(["images", "-"], entry),
    insert(["images", 1, "digest"], "sha256:0a1b"),
    insert(["spread", "c"], "3"),
    insert(["empty", "key"], "a, b"),
    insert(["none", "-"], "x"),
  ),
  fixture(
    "JSON indented with tabs",
    "json.json",
    set(["images", 0, "newTag"], "1.11"),
    insert(["images", 1, "newTag"], "2.0"),
    insert(["images", 2], entry),
    insert(["namespace"], "prod"),
  ),
  fixture(
    "JSON on one line",
    "compact.json",
    set(["image", "tag"], "1.4.0"),
    insert(["image", "digest"], ""),
    insert(["extra", "-"], entry),
  ),
  fixture(
    "tags that look like numbers",
    "numbers.yaml",
    set(["float"], "1.20"),
    set(["int"], "8"),
    set(["hex"], "0x20"),
    set(["octal"], "0o7"),
    set(["old"], "0755"),
    set(["exponent"], "12e4567"),
    set(["yes"], "no"),
    set(["sixty"], "12:30"),
    set(["date"], "2025-01-02"),
    set(["nothing"], "1_000"),
    set(["tilde"], "v1"),
    set(["word"], "null"),
  ),
  fixture(
    "no newline at the end",
    "no-newline.yaml",
    set(["images", 0, "newTag"], "1.4.0"),
    insert(["images", "-"], entry),
    insert(["namespace"], "prod"),
  ),
  fixture("an empty `images:`", "empty-images.yaml", insert(["images", "-"], entry)),
  fixture("an empty list with a comment", "empty-list.yaml", insert(["images", 0], entry)),
  fixture(
    "lists at their key's column",
    "same-indent.yaml",
    set(["images", 1, "newTag"], "2.1.0"),
    insert(["images", 2], { name: "third", newTag: "3.0" }),
    insert(["patches", "-", "path"], "patch.yaml"),
    remove(["images", 0]),
  ),
  fixture(
    "four columns and wide dashes",
    "wide-indent.yaml",
    insert(["images", "-"], entry),
    insert(["webapp", "image", "tag"], "1.10"),
    insert(["webapp", "extra", "list"], ["a", { b: "c" }]),
  ),
  fixture(
    "characters beyond the first plane before the scalar",
    "unicode.yaml",
    set(["🔑", "tag"], "1.4.0"),
    set(["image"], "🐳/webapp:1.4.0"),
  ),
  fixture("very long lines", "long-line.yaml", set(["flow", "tag"], "1.4.0")),
  fixture(
    "block scalars",
    "block-scalars.yaml",
    set(["literal"], "webapp:1.4.0"),
    set(["folded"], "webapp:1.4.0"),
    set(["clipped"], "one\n\n  three\n"),
    set(["end"], "y"),
  ),
  fixture("a file of comments", "only-comments.yaml", insert(["images", "-"], entry), insert(["namespace"], "on")),
];
