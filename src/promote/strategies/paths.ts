import { otherReaders } from "../../change/ownership.ts";
import type { Replacement } from "../../change/proof/text.ts";
import type { ChangePlan, RenderedTarget } from "../../change/rendered-target.ts";
import { wouldTouch } from "../../change/results.ts";
import { StagedFiles } from "../../change/staged-files.ts";
import { fillTemplate } from "../../config/values/templates.ts";
import { type KeyQuery, parseKey, resolveKey } from "../../edit/find/index.ts";
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
    named.map(async ({ file, key }) => {
      const query = parseKey(key);
      return {
        file: fillTemplate(file, input.target.target),
        key,
        source: await valueAt(input.source, file, query),
        target: await valueAt(input.target, file, query),
      };
    }),
  );
  const missing = pairs.flatMap(({ key, source, target }) => {
    const problem = problemOf(target, input.target.target, key) ?? problemOf(source, input.source.target, key);
    return problem === undefined ? [] : [problem];
  });
  if (missing.length > 0) throw lacking(missing);
  const versions: VersionChange[] = [];
  for (const { file, key, source, target } of pairs) {
    if (source.scalar === undefined || target.scalar === undefined || isSame(source.scalar, target.scalar)) continue;
    const others = await otherReaders(target.file, input.target.target, input.dependents);
    if (others.length > 0) throw wouldTouch([target.file], others);
    const { document, scalar } = target;
    await staged.edit(target.file, [{ kind: "set", document, path: scalar.path, value: asWritten(source.scalar) }]);
    versions.push({ image: `${file}: ${key}`, from: target.scalar.value, to: source.scalar.value });
  }
  return { versions, texts: versions.map(({ from, to }): Replacement => [from, to]) };
}

/**
 * The named values of a target, by the names that they have in a promotion to the environment `to`; those that are
 * missing or no single values are left out.
 */
export async function pathValues(
  rendered: RenderedTarget,
  named: readonly { readonly file: string; readonly key: string }[],
  to: string,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const { file, key } of named) {
    const { scalar } = await valueAt(rendered, file, parseKey(key));
    const name = fillTemplate(file, { app: rendered.target.app, environment: to });
    if (scalar !== undefined) values.set(`${name}: ${key}`, scalar.value);
  }
  return values;
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
async function valueAt({ target, at: { tree } }: RenderedTarget, template: string, query: KeyQuery): Promise<Found> {
  const file = joinPath(target.render.path, fillTemplate(template, target));
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
