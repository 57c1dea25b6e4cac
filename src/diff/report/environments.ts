import type { Preview } from "../../model/preview.ts";
import { isEnvironment } from "../finding-words.ts";

/** Compares two names of environments: the one at the end of the promotion order, which is production, comes first. */
export type EnvironmentOrder = (a: string, b: string) => number;

/** Where environments stand whose order nobody says, by the words that people use. */
const stages: readonly RegExp[] = [
  /(?:^|[^a-z])(?<!pre[^a-z])(?:prod|production|prd|live)/i,
  /(?:^|[^a-z])(?:pre[^a-z]?prod|staging|stage|stg)/i,
  /(?:^|[^a-z])(?:uat|qa|test|testing|int|integration)/i,
  /(?:^|[^a-z])(?:dev|development|sandbox|local)/i,
];

/** The order of a preview's environments: as its configuration has it, else by what their names mean. */
export function environmentOrder({ environments = [] }: Pick<Preview, "environments">): EnvironmentOrder {
  const places = new Map(environments.map((name, index) => [name, environments.length - index]));
  const rank = (name: string): number => {
    const stage = stages.findIndex((pattern) => pattern.test(name));
    return places.get(name) ?? 1000 + (stage < 0 ? 1.5 : stage);
  };
  return (a, b) => rank(a) - rank(b);
}

/** Environments that mean something to a reader, production first. */
export function knownEnvironments(preview: Pick<Preview, "environments">): readonly string[] {
  return [...(preview.environments ?? [])].filter(isEnvironment).sort(environmentOrder(preview));
}
