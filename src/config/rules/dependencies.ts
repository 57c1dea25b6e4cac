import { doubtful, wrong } from "../../model/problem.ts";
import { maxRemarks, type Rule, record, text, texts } from "./lenient-parse.ts";

/** Where `dependsOn` stands, and how apps that wait for each other are set free. */
interface Section {
  readonly key: "gates" | "deploy";
  readonly fix: string;
  /** Whether an app's own section decides, where it has one. */
  overrides(raw: unknown): boolean;
  /** What an app that the environment's list names waits for of it. */
  listed(app: string, own: readonly string[]): readonly string[];
}

const gates: Section = {
  key: "gates",
  fix: "Remove one from `dependsOn`, or promote them in one command.",
  overrides: (raw) => record(record(raw).gates).dependsOn !== undefined,
  listed: (app, own) => own.filter((other) => other !== app),
};

const deploy: Section = {
  key: "deploy",
  fix: "Remove one from `dependsOn`: none of them is deployed.",
  overrides: (raw) => record(raw).deploy !== undefined,
  listed: () => [],
};

const appsDependOnOthers =
  (section: Section): Rule =>
  (config) => {
    const remarks = config.overrides.values().flatMap(({ app, raw, path }) =>
      dependencies(raw, section)
        .filter((entry) => entry.text === app)
        .map(({ index }) =>
          wrong(
            [...path, section.key, "dependsOn", index],
            `"${app}" depends on itself`,
            "Name another app, or delete the entry.",
          ),
        ),
    );
    return [...remarks.take(maxRemarks)];
  };

function dependencies(raw: unknown, { key }: Section) {
  return texts(record(record(raw)[key]).dependsOn).slice(0, maxRemarks);
}

const dependenciesMakeNoCircle =
  (section: Section): Rule =>
  (config) =>
    config.environments.flatMap(({ raw, path }) => {
      const name = text(raw.name);
      const own = dependencies(raw, section).map((entry) => entry.text);
      const overrides = new Map(
        config.overrides
          .filter((entry) => entry.environment === name && section.overrides(entry.raw))
          .map((entry) => [
            entry.app,
            { path: entry.path, apps: dependencies(entry.raw, section).map((one) => one.text) },
          ]),
      );
      const needs = (app: string) =>
        overrides.get(app)?.apps.filter((other) => other !== app) ??
        (own.includes(app) ? section.listed(app, own) : own);
      const circle = firstCircle([...overrides.keys(), ...own], needs);
      const [first] = circle;
      if (first === undefined) return [];
      const names = circle.map((app) => `"${app}"`);
      const shown = names.length > 8 ? [...names.slice(0, 8), "…"] : names;
      const shownCircle = [...shown, `"${first}"`].join(" → ");
      const message = `The apps of "${name}" wait for each other: ${shownCircle}`;
      const at = overrides.get(first)?.path ?? path;
      return [doubtful([...at, section.key, "dependsOn"], message, section.fix)];
    });

/** Names that lead from one to the next and from the last to the first; empty if there is no circle. */
function firstCircle(names: readonly string[], needs: (name: string) => readonly string[]): readonly string[] {
  const done = new Set<string>();
  for (const start of names) {
    const way = new Map([[start, [...needs(start)]]]);
    const steps = [start];
    for (let last = steps.at(-1); last !== undefined; last = steps.at(-1)) {
      const next = way.get(last)?.pop();
      if (next === undefined) {
        done.add(last);
        way.delete(last);
        steps.pop();
      } else if (way.has(next)) {
        return steps.slice(steps.indexOf(next));
      } else if (!done.has(next)) {
        way.set(next, [...needs(next)]);
        steps.push(next);
      }
    }
  }
  return [];
}

/** The rules about what depends on what. */
export const dependencyRules: readonly Rule[] = [gates, deploy].flatMap((section) => [
  appsDependOnOthers(section),
  dependenciesMakeNoCircle(section),
]);
