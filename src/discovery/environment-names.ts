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
 * The stage of a name: `dev` before `staging` before `prod`. The word stands alone, or with a number (`staging2`,
 * `prod-01`), or with a place before or after it (`eu-prod`, `prod-us-east-1`). `undefined` for other names, `test-app`
 * and `devops` among them.
 */
export function stageOf(name: string): number | undefined {
  const lower = name.toLowerCase();
  for (const stage of [...stages.keys()].reverse()) {
    if (stages[stage]?.some((word) => isStage(lower, word))) return stage;
  }
  return undefined;
}

function isStage(name: string, word: string): boolean {
  if (name === word) return true;
  if (name.startsWith(word)) {
    const rest = name.slice(word.length);
    return number.test(rest) || (separator.test(rest) && isPlace(rest.slice(1)));
  }
  return name.endsWith(`-${word}`) && isPlace(name.slice(0, -word.length - 1));
}

const number = /^[-_.]?\d{1,3}$/;
const separator = /^[-_.]/;

/** Continents and regions, as people and clouds name them. */
const wide = [
  ...["eu", "us", "usa", "ap", "apac", "emea", "latam", "na", "sa", "af", "me", "asia", "europe", "africa"],
  ...["america", "americas", "australia", "northamerica", "southamerica"],
];

/**
 * Two-letter country codes (ISO 3166) in which clouds have regions, and `uk`. The others are more often an abbreviation
 * of something else.
 */
const countries = [
  ...["ae", "at", "au", "be", "br", "ca", "ch", "cl", "cn", "cz", "de", "dk", "es", "fi", "fr", "gb", "gr", "hk", "ie"],
  ...["il", "in", "it", "jp", "kr", "mx", "my", "nl", "no", "nz", "pl", "pt", "se", "sg", "th", "tr", "tw", "uk", "za"],
];

const directions = ["north", "south", "east", "west", "central"];

const place = new RegExp(`^(?:${[...wide, ...countries].join("|")})$`);
const direction = new RegExp(`^(?:${directions.join("|")}|(?:north|south)(?:east|west))$`);
/** `westeurope`, `eastus`, `uksouth`: Azure writes its regions without separators. */
const joined = new RegExp(
  `^(?:(?:${directions.join("|")})+(?:${[...wide, ...countries].join("|")}|india)|(?:${[...wide, ...countries, "korea", "japan", "canada", "france", "germany", "norway", "sweden", "switzerland", "brazil", "australia"].join("|")})(?:${directions.join("|")})+)$`,
);

/** `eu`, `de`, `east`, `us-east-1`, `europe-west1-b`, `westeurope`: a place, with its parts and numbers. */
function isPlace(text: string): boolean {
  const [first = "", ...rest] = text.split(/[-_.]/).map((part) => part.replace(/\d{1,3}[a-z]?$/, ""));
  if (!place.test(first) && !direction.test(first) && !joined.test(first)) return false;
  return rest.every((part) => part === "" || direction.test(part) || place.test(part) || /^[a-z]$|^gov$/.test(part));
}

/** Orders environments: known stages first, then other names alphabetically, the default one last. */
export function compareEnvironments(a: string, b: string): number {
  return orderOf(a) - orderOf(b) || byText(a, b);
}

function orderOf(name: string): number {
  return name === defaultEnvironment ? stages.length + 1 : (stageOf(name) ?? stages.length);
}
