import { doubtful, type KeyPath, type Remark, wrong } from "../../model/problem.ts";
import { maxRemarks, type Rule, record, texts } from "./lenient-parse.ts";

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

/** The rules about promotions and gates. */
export const promotionRules: readonly Rule[] = [promotionsHaveASource, pathsStrategyHasPaths];
