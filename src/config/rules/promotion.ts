import { doubtful, type KeyPath, type Remark, wrong } from "../../model/problem.ts";
import { maxRemarks, type Rule, record, text, texts } from "./lenient-parse.ts";

type Raw = Readonly<Record<string, unknown>>;

/** Settings that need `from`. The other settings also apply to rollbacks, which do not need it. */
const sourceKeys: readonly {
  readonly section: string;
  readonly key: string;
  readonly isOn: (value: unknown) => boolean;
}[] = [
  { section: "promote", key: "auto", isOn: (value) => value === true },
  { section: "promote", key: "mergeEmpty", isOn: (value) => value === true },
  { section: "gates", key: "healthy", isOn: (value) => value === true },
  { section: "gates", key: "soak", isOn: (value) => value !== undefined },
  { section: "gates", key: "dependsOn", isOn: (value) => texts(value).length > 0 },
];

const promotionsHaveASource: Rule = (config) => {
  const alone = new Set(config.environments.filter(({ raw }) => raw.from === undefined).map(({ raw }) => raw.name));
  const sections = [
    ...config.environments.map(({ raw, path }) => ({ raw, path, name: raw.name })),
    ...config.overrides.map(({ raw, path, environment }) => ({ raw: record(raw), path, name: environment })),
  ];
  const remarks = sections
    .values()
    .flatMap(({ raw, name, path }) => (alone.has(name) ? withoutSource(raw, name, path) : []));
  return [...remarks.take(maxRemarks)];
};

function withoutSource(raw: Raw, name: unknown, path: KeyPath): readonly Remark[] {
  return sourceKeys.flatMap(({ section, key, isOn }) => {
    if (!isOn(record(raw[section])[key])) return [];
    const message = `\`${section}.${key}\` has no effect: "${String(name)}" has no \`from\`, so nothing is promoted there`;
    return [
      { ...doubtful([...path, section, key], message, `Add \`from\`, or delete \`${key}\`.`), at: "key" as const },
    ];
  });
}

const pathsFix = "List the values: `paths: [{ file: values.yaml, key: image.tag }]`.";
const pathsMissing = 'The strategy "paths" needs `paths`: the values to copy';

const pathsStrategyHasPaths: Rule = (config) => [
  ...config.environments.flatMap(({ parsed, path }) => {
    if (parsed?.promote.strategy !== "paths" || (parsed.promote.paths ?? []).length > 0) return [];
    return [wrong([...path, "promote"], pathsMissing, pathsFix)];
  }),
  ...config.overrides.flatMap(({ raw, environment, path }) => {
    const promote = record(record(raw).promote);
    const under = config.environments.find((entry) => entry.raw.name === environment)?.raw;
    const paths = promote.paths ?? record(under?.promote).paths;
    if (promote.strategy !== "paths" || (Array.isArray(paths) && paths.length > 0)) return [];
    return [wrong([...path, "promote"], pathsMissing, pathsFix)];
  }),
];

const appsDependOnOthers: Rule = (config) => {
  const remarks = config.overrides.values().flatMap(({ app, raw, path }) =>
    dependencies(raw)
      .filter((entry) => entry.text === app)
      .map(({ index }) =>
        wrong(
          [...path, "gates", "dependsOn", index],
          `"${app}" depends on itself`,
          "Name another app, or delete the entry.",
        ),
      ),
  );
  return [...remarks.take(maxRemarks)];
};

function dependencies(raw: unknown) {
  return texts(record(record(raw).gates).dependsOn).slice(0, maxRemarks);
}

const dependenciesMakeNoCircle: Rule = (config) =>
  config.environments.flatMap(({ raw, path }) => {
    const name = text(raw.name);
    const own = dependencies(raw).map((entry) => entry.text);
    const overrides = new Map(
      config.overrides
        .filter((entry) => entry.environment === name && record(record(entry.raw).gates).dependsOn !== undefined)
        .map((entry) => [entry.app, { path: entry.path, apps: dependencies(entry.raw).map((one) => one.text) }]),
    );
    const needs = (app: string) => (overrides.get(app)?.apps ?? own).filter((other) => other !== app);
    const circle = firstCircle([...overrides.keys(), ...own], needs);
    const [first] = circle;
    if (first === undefined) return [];
    const names = circle.map((app) => `"${app}"`);
    const shown = names.length > 8 ? [...names.slice(0, 8), "…"] : names;
    const shownCircle = [...shown, `"${first}"`].join(" → ");
    const message = `The apps of "${name}" wait for each other: ${shownCircle}`;
    const at = overrides.get(first)?.path ?? path;
    return [
      doubtful([...at, "gates", "dependsOn"], message, "Remove one from `dependsOn`, or promote them in one command."),
    ];
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

/** The rules about promotions and gates. */
export const promotionRules: readonly Rule[] = [
  promotionsHaveASource,
  pathsStrategyHasPaths,
  appsDependOnOthers,
  dependenciesMakeNoCircle,
];
