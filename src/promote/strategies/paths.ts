import { editAlone } from "../../change/edit-reach.ts";
import type { Replacement } from "../../change/proof/text.ts";
import type { ChangePlan, RenderedTarget } from "../../change/rendered-target.ts";
import { StagedFiles } from "../../change/staged-files.ts";
import { fillTemplate } from "../../config/values/templates.ts";
import { type KeyStep, parseKey, resolveKey } from "../../edit/find/index.ts";
import { documentAt, type Node, parseYaml, type ScalarNode, type ScalarValue } from "../../edit/splice/index.ts";
import { UserError } from "../../model/errors.ts";
import { joinPath } from "../../model/paths.ts";
import type { VersionChange } from "../../model/promotion.ts";
import type { Target } from "../../model/target.ts";
import type { StrategyInput } from "./strategy.ts";

/**
 * Carries the values that the configuration names, each from the source's file to the target's. Only single values are
 * carried; every missing one is listed.
 */
export async function planPaths(input: StrategyInput): Promise<ChangePlan> {
  const staged = new StagedFiles(input.target.at.tree);
  const { versions, texts } = await carryPaths(input, staged);
  const expected = { images: new Map(), names: new Map(), texts, beyond: "values" } as const;
  return { versions, changes: staged.changes(), notes: [], expected };
}

/** Values that were carried, and the texts that may follow them in the render. */
export interface CarriedPaths {
  readonly versions: readonly VersionChange[];
  readonly texts: readonly Replacement[];
}

/** Copies the configured values into the staged files. */
export async function carryPaths(input: StrategyInput, staged: StagedFiles): Promise<CarriedPaths> {
  const named = input.pair.settings.paths ?? [];
  const pairs = await Promise.all(
    named.map(async (place) => ({
      place,
      source: await valueAt(input.source, place),
      target: await valueAt(input.target, place),
    })),
  );
  const missing = pairs.flatMap(({ place: { key }, source, target }) => {
    const problem =
      problemOf(target, input.target.target, fillTemplate(key, input.target.target)) ??
      problemOf(source, input.source.target, fillTemplate(key, input.source.target));
    return problem === undefined ? [] : [problem];
  });
  if (missing.length > 0) throw lacking(missing);
  const versions: VersionChange[] = [];
  for (const { place, source, target } of pairs) {
    if (source.scalar === undefined || target.scalar === undefined || isSame(source.scalar, target.scalar)) continue;
    const { document, scalar } = target;
    const edit = { kind: "set", document, path: scalar.path, value: asWritten(source.scalar) } as const;
    await editAlone(target.file, [edit], { ...input, staged });
    const image = nameOf(place, input.target.target);
    versions.push({ image, from: target.scalar.value, to: source.scalar.value });
  }
  return { versions, texts: versions.map(({ from, to }): Replacement => [from, to]) };
}

/**
 * The named values of a target, by the names that they have in a promotion to the environment `to`; those that are
 * missing or no single values are left out.
 */
export async function pathValues(
  rendered: RenderedTarget,
  named: readonly NamedValue[],
  to: string,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const place of named) {
    const { scalar } = await valueAt(rendered, place);
    const name = nameOf(place, { app: rendered.target.app, environment: to });
    if (scalar !== undefined) values.set(name, scalar.value);
  }
  return values;
}

/** A value that the configuration names. Both have placeholders. */
interface NamedValue {
  readonly file: string;
  readonly key: string;
}

/** What people read: the file as it is written in the configuration, and the key. */
function nameOf({ file, key }: NamedValue, names: Pick<Target, "app" | "environment">): string {
  return `${fillTemplate(file, names)}: ${fillTemplate(key, names)}`;
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
async function valueAt({ target, at: { tree } }: RenderedTarget, named: NamedValue): Promise<Found> {
  const path = fillTemplate(named.file, target);
  const file = path.startsWith("/") ? path.slice(1) : joinPath(target.render.path, path);
  const query = parseKey(named.key).map((step) => filled(step, target));
  const bytes = (await tree.at(file))?.kind === "file" ? await tree.read(file) : undefined;
  if (bytes === undefined) return { file, exists: false, document: 0 };
  const yaml = parseYaml(file, bytes);
  for (let document = 0; document < yaml.documents; document += 1) {
    const node = resolveKey(documentAt(yaml, document), query)?.node;
    if (node === undefined) continue;
    const single = node.kind === "scalar" || node.kind === "null";
    return { file, exists: true, document, node, ...(single && { scalar: node }) };
  }
  return { file, exists: true, document: 0 };
}

/** After the key was read: a name with a dot in it is one step. */
function filled(step: KeyStep, names: Pick<Target, "app" | "environment">): KeyStep {
  if (typeof step === "number") return step;
  return typeof step === "string"
    ? fillTemplate(step, names)
    : { field: step.field, value: fillTemplate(step.value, names) };
}

function isSame(source: ScalarNode, target: ScalarNode): boolean {
  return source.value === target.value && typeof source.json === typeof target.json;
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

/**
 * What the source's author wrote: a number or a boolean only where its text is what every reader makes of it (`1.10` is
 * not).
 */
function asWritten({ json, value }: ScalarNode): ScalarValue {
  if (json === null) return null;
  return typeof json === "string" || String(json) !== value ? value : json;
}
