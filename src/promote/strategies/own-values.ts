import { applyEdits, documentAt, type KeyPath, type Node, parseYaml, type YamlEdit } from "../../edit/splice/index.ts";

/** Keys whose values are an environment's own, whatever they say: they are never carried. */
const ownKeys = new Set(["namespace", "host", "hostname", "namePrefix", "nameSuffix"]);
const ownLists = new Set(["hosts", "hostnames"]);

/** A file of the source, and its counterpart of the target. */
export interface FilePair {
  /** For messages. */
  readonly path: string;
  readonly source: Uint8Array;
  readonly target: Uint8Array;
  /** The names of the two environments. */
  readonly from: string;
  readonly to: string;
}

/**
 * The source's file with the values that make the target's environment what it is: namespaces, hosts, prefixes, and
 * every value that differs from the source's by the environment's name alone (`web.staging.example.com`). `undefined`
 * where there are none. What the file's YAML does not let be edited is a `refused` UserError.
 */
export function withOwnValues({ path, source, target, from, to }: FilePair): Uint8Array | undefined {
  const [theirs, ours] = [parseYaml(path, source), parseYaml(path, target)];
  if (theirs.encrypted || ours.encrypted) return undefined;
  const edits: YamlEdit[] = [];
  for (let document = 0; document < theirs.documents; document += 1) {
    const [there, here] = [documentAt(theirs, document), documentAt(ours, document)];
    collect(there, here, [], isOwn(from, to), (keys, value) =>
      edits.push({ kind: "set", document, path: keys, value }),
    );
  }
  return edits.length === 0 ? undefined : applyEdits(path, source, edits).bytes;
}

type OwnTest = (path: KeyPath, source: string, target: string) => boolean;

function isOwn(from: string, to: string): OwnTest {
  const word = new RegExp(`(?<![A-Za-z0-9])${RegExp.escape(from)}(?![A-Za-z0-9])`, "g");
  return (path, source, target) => {
    const [key, list] = [path.at(-1), path.at(-2)];
    if (ownKeys.has(String(key)) || (typeof key === "number" && ownLists.has(String(list)))) return true;
    return source.replaceAll(word, to) === target;
  };
}

function collect(
  source: Node | undefined,
  target: Node | undefined,
  path: KeyPath,
  own: OwnTest,
  keep: (path: KeyPath, value: string | number | boolean | null) => void,
): void {
  if (source === undefined || target === undefined) return;
  if (source.kind === "map") {
    if (target.kind !== "map") return;
    for (const { key, node } of source.entries) collect(node, target.get(key), [...path, key], own, keep);
    return;
  }
  if (source.kind === "list") {
    if (target.kind !== "list") return;
    for (const [index, item] of source.items.entries())
      collect(item, counterpart(item, target.items, index), [...path, index], own, keep);
    return;
  }
  if (target.kind === "map" || target.kind === "list" || source.value === target.value) return;
  if (own(path, source.value, target.value)) keep(path, typeof target.json === "string" ? target.value : target.json);
}

/** The item of the same name, or at the same place of a list whose items have none. */
function counterpart(item: Node, items: readonly Node[], index: number): Node | undefined {
  const name = nameOf(item);
  return name === undefined ? items[index] : items.find((other) => nameOf(other) === name);
}

function nameOf(item: Node): string | undefined {
  const name = item.kind === "map" ? item.get("name") : undefined;
  return name?.kind === "scalar" ? name.value : undefined;
}
