import { fillTemplate } from "../../config/paths.ts";
import { joinPath } from "../../config/plan.ts";
import type { KeyPath } from "../../edit/splice/index.ts";
import { documentAt, type Node, parseYaml, type ScalarNode, type ScalarValue } from "../../edit/splice/index.ts";
import { UserError } from "../../model/errors.ts";
import type { Target } from "../../model/target.ts";
import type { Tree } from "../../model/tree.ts";
import { wouldTouch } from "../plan.ts";
import { parseKey } from "./interim.ts";
import { strangersOf } from "./own.ts";
import type { Side, StrategyInput, StrategyPlan } from "./strategy.ts";

/** Carries the values that the configuration names, each from the source's file to the target's. Only single values are carried; every missing one is listed. */
export async function planPaths(input: StrategyInput): Promise<StrategyPlan> {
  const carried = await Promise.all(
    (input.pair.settings.paths ?? []).map(({ file, key }) => carryValue(input, file, key)),
  );
  const missing = carried.filter((one): one is Missing => "missing" in one);
  if (missing.length > 0) throw lacking(missing.map((one) => one.missing));
  const values = carried.filter((one): one is Value => "edit" in one);
  return {
    versions: values.map(({ version }) => version),
    edits: values.map(({ edit }) => edit),
    changes: [],
    notes: [],
    expected: {
      images: new Map(),
      texts: values.map(({ version }) => [version.from, version.to]),
      beyond: values.length > 0 ? "values" : "nothing",
    },
  };
}

interface Value {
  readonly version: StrategyPlan["versions"][number];
  readonly edit: StrategyPlan["edits"][number];
}

interface Missing {
  readonly missing: string;
}

async function carryValue(input: StrategyInput, file: string, key: string): Promise<Value | Missing | { same: true }> {
  const path = parseKey(key);
  const [source, target] = await Promise.all([valueAt(input.source, file, path), valueAt(input.target, file, path)]);
  const wrong = problemOf(source, input.source.target, key) ?? problemOf(target, input.target.target, key);
  if (wrong !== undefined) return { missing: wrong };
  if (source.scalar === undefined || target.scalar === undefined) return { same: true };
  if (source.scalar.value === target.scalar.value && typeof source.scalar.json === typeof target.scalar.json) {
    return { same: true };
  }
  const strangers = await strangersOf(target.file, input.target.target, input.readers);
  if (strangers.length > 0) throw wouldTouch([target.file], strangers);
  return {
    version: {
      image: `${fillTemplate(file, input.target.target)}: ${key}`,
      from: target.scalar.value,
      to: source.scalar.value,
    },
    edit: {
      file: target.file,
      edit: { kind: "set", document: target.document, path: target.scalar.path, value: asWritten(source.scalar) },
    },
  };
}

interface Found {
  readonly file: string;
  /** Whether the file is there. */
  readonly exists: boolean;
  readonly document: number;
  readonly node?: Node;
  /** The node, when it is a single value. */
  readonly scalar?: ScalarNode;
}

/** What stands at a key, in the first document that has it. */
async function valueAt({ target, at }: Side, template: string, path: KeyPath): Promise<Found> {
  const file = joinPath(target.render.path, fillTemplate(template, target));
  const bytes = await readFile(at.tree, file);
  if (bytes === undefined) return { file, exists: false, document: 0 };
  const yaml = parseYaml(file, bytes);
  for (let document = 0; document < yaml.documents; document += 1) {
    const node = descend(documentAt(yaml, document), path);
    if (node === undefined) continue;
    const single = node.kind === "scalar" || node.kind === "null";
    return { file, exists: true, document, node, ...(single && { scalar: node }) };
  }
  return { file, exists: true, document: 0 };
}

async function readFile(tree: Tree, file: string): Promise<Uint8Array | undefined> {
  return (await tree.at(file))?.kind === "file" ? tree.read(file) : undefined;
}

function descend(node: Node | undefined, path: KeyPath): Node | undefined {
  let here = node;
  for (const step of path) {
    if (here?.kind === "map") here = here.get(String(step));
    else if (here?.kind === "list") here = here.items[Number(step)];
    else return undefined;
  }
  return here;
}

function problemOf(found: Found, target: Target, key: string): string | undefined {
  if (!found.exists) return `${target.id} has no file \`${found.file}\``;
  if (found.node === undefined) return `\`${found.file}\` of ${target.id} has no \`${key}\``;
  return found.scalar === undefined ? `\`${key}\` in \`${found.file}\` is a ${found.node.kind}` : undefined;
}

function lacking(problems: readonly string[]): UserError {
  return new UserError("refused", `the values cannot be carried: ${[...new Set(problems)].join("; ")}`, {
    fix: "Name single values that are in the files of both targets, or add them.",
  });
}

/** What the source's author wrote: a number or a boolean only where its text is what every reader makes of it (`1.10` is not). */
function asWritten({ json, value }: ScalarNode): ScalarValue {
  return typeof json === "string" || String(json) !== (json === null ? "null" : value) ? value : json;
}
