import { byText } from "../model/paths.ts";

/** Usual names in promotion order, grouped by stage. */
const stages: readonly (readonly string[])[] = [
  ["local", "sandbox"],
  ["dev", "develop", "development"],
  ["test", "testing", "int", "integration", "ci"],
  ["qa", "uat"],
  ["staging", "stage", "stg"],
  ["preprod", "pre-prod", "preproduction", "pre-production"],
  ["prod", "production", "prd", "live"],
];

/** The environment of targets whose folders do not name one. */
export const defaultEnvironment = "default";

/**
 * The stage of a name: `dev` before `staging` before `prod`; `prod-eu` and `eu-prod` have the stage of `prod`.
 * `undefined` for other names.
 */
export function stageOf(name: string): number | undefined {
  const exact = stageOfWord(name);
  if (exact !== undefined) return exact;
  for (const stage of [...stages.keys()].reverse()) {
    const words = stages[stage] ?? [];
    if (words.some((word) => isRegion(name, word))) return stage;
  }
  return undefined;
}

function stageOfWord(name: string): number | undefined {
  const stage = stages.findIndex((words) => words.includes(name.toLowerCase()));
  return stage < 0 ? undefined : stage;
}

const region = /^(?:[a-z]{2}(?:-[a-z]+)*(?:-?\d+)?[a-z]?|\d{1,3})$/;

/** `prod-eu-west-1`, `eu-prod`, `staging2`, but not `test-runner`. */
function isRegion(name: string, word: string): boolean {
  const lower = name.toLowerCase();
  if (lower.startsWith(word)) return region.test(lower.slice(word.length).replace(/^[-_.]/, ""));
  return lower.endsWith(`-${word}`) && region.test(lower.slice(0, -word.length - 1));
}

/** Orders environments: known stages first, then other names alphabetically, the default one last. */
export function compareEnvironments(a: string, b: string): number {
  return orderOf(a) - orderOf(b) || byText(a, b);
}

function orderOf(name: string): number {
  return name === defaultEnvironment ? stages.length + 1 : (stageOf(name) ?? stages.length);
}
