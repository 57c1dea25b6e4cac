import type { FieldChange, ResourceChange } from "../model/preview.ts";
import { oneLine } from "../model/text/lines.ts";
import { itemName } from "./list-keys.ts";
import { isList, isObject, NumberText, type Value, type ValueObject } from "./value.ts";

/** What is known of a change beside its diff. */
export type FieldFacts = Pick<ResourceChange, "fields" | "labelsOnly">;

const maxFields = 2;
const maxValue = 60;
/** Leaves that are looked at; a change of more is no change of labels that anybody reads. */
const maxLeaves = 200;
/** The last two steps of labels that repeat a version which stands elsewhere. */
const versionLabels = new Set([".labels .helm.sh/chart", ".labels .app.kubernetes.io/version", ".labels .chart"]);

interface Leaf {
  readonly steps: readonly string[];
  readonly from: Value | undefined;
  readonly to: Value | undefined;
}

/** The fields that changed, where they are one or two short values; whether only labels of versions did. */
export function fieldFacts(base: ValueObject, head: ValueObject): FieldFacts {
  const leaves: Leaf[] = [];
  compare(base, head, [], leaves);
  if (leaves.length === 0 || leaves.length >= maxLeaves) return {};
  const others = leaves.filter((leaf) => !isVersionLabel(leaf));
  if (others.length === 0) return { labelsOnly: true };
  if (others.length > maxFields || String(head.kind).toLowerCase() === "secret") return {};
  const fields = others.flatMap(toField);
  return fields.length === others.length ? { fields } : {};
}

function compare(base: Value | undefined, head: Value | undefined, steps: readonly string[], leaves: Leaf[]): void {
  if (leaves.length >= maxLeaves || base === head) return;
  if (isObject(base) && isObject(head)) {
    for (const key of new Set([...Object.keys(base), ...Object.keys(head)])) {
      compare(base[key], head[key], [...steps, `.${key}`], leaves);
    }
  } else if (isList(base) && isList(head) && base.length === head.length) {
    for (const [index, item] of head.entries()) {
      compare(base[index], item, [...steps, `[${itemName(item, index)}]`], leaves);
    }
  } else if (textOf(base) !== textOf(head) || textOf(base) === undefined) leaves.push({ steps, from: base, to: head });
}

function textOf(value: Value | undefined): string | undefined {
  if (value instanceof NumberText) return value.text;
  return typeof value === "object" || value === undefined ? undefined : String(value);
}

function isVersionLabel({ steps }: Leaf): boolean {
  return versionLabels.has(steps.slice(-2).join(" "));
}

function toField({ steps, from, to }: Leaf): readonly FieldChange[] {
  const [before, after] = [textOf(from), textOf(to)];
  const name = nameOf(steps);
  const isTold = (text: string | undefined): text is string =>
    text !== undefined && text !== "" && (name === "image" || (text.length <= maxValue && !text.includes("\n")));
  if (!isTold(before) || !isTold(after)) return [];
  return [{ name, path: steps.join("").replace(/^\./, ""), from: oneLine(before), to: oneLine(after) }];
}

const known: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\.(?:c|initC|ephemeralC)ontainers\[[^\]]*\]\.image$/, "image"],
  [/^\.spec\.replicas$/, "replicas"],
  [/\.resources\.limits\.memory$/, "memory limit"],
  [/\.resources\.limits\.cpu$/, "CPU limit"],
  [/\.resources\.requests\.memory$/, "memory request"],
  [/\.resources\.requests\.cpu$/, "CPU request"],
  [/^\.spec\.rules\[[^\]]*\]\.host$/, "host"],
  [/^\.spec\.schedule$/, "schedule"],
];

/** What people call a field, else the last two steps of its path. */
function nameOf(steps: readonly string[]): string {
  const path = steps.join("");
  const found = known.find(([pattern]) => pattern.test(path));
  return found?.[1] ?? steps.slice(-2).join("").replace(/^\./, "");
}
