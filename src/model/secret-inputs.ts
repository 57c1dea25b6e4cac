import type { ValuesLayer } from "./controller-spec.ts";
import type { RenderSpec } from "./target.ts";
import { yamlValues } from "./yaml-values.ts";

/** Shorter than this, a value is found in any text. */
export const leastSecret = 6;
const shortest = 3;

/** The values of Secrets that controllers put into these renders, the longest first; none of one or two letters. */
export function secretInputs(specs: readonly (RenderSpec | undefined)[]): readonly string[] {
  const values = specs.flatMap((spec) => (spec === undefined ? [] : valuesOf(spec)));
  const texts = values.flatMap((value) => [value, value.trim(), value.replaceAll("\n", "")]);
  return [...new Set(texts)].filter(({ length }) => length >= shortest).sort((a, b) => b.length - a.length);
}

function valuesOf(spec: RenderSpec): readonly string[] {
  if (spec.kind === "helmrelease") return (spec.options.valuesFrom ?? []).flatMap(valuesIn);
  if (spec.kind !== "flux") return [];
  const { secrets = [], variables = {} } = spec.options;
  return secrets.flatMap((name) => variables[name] ?? []);
}

function valuesIn(layer: ValuesLayer): readonly string[] {
  if (!("yaml" in layer) || layer.secret !== true) return [];
  return layer.targetPath === undefined ? scalars(parsed(layer.yaml)) : [layer.yaml];
}

/** What is no YAML is one value. */
function parsed(yaml: string): unknown {
  const [value = yaml] = yamlValues(yaml);
  return value;
}

function scalars(value: unknown): readonly string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(scalars) : [];
}
