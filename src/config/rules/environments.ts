import { nearest } from "../../model/nearest.ts";
import { doubtful, type KeyPath, pathText, type Remark, wrong } from "../../model/problem.ts";
import { sourcesOf } from "../schema/sources.ts";
import { type LenientConfig, maxRemarks, type Rule, record, text, texts } from "./lenient-parse.ts";

const environmentNamesAreUnique: Rule = (config) =>
  config.environments.flatMap(({ raw, path }, index) => {
    const name = text(raw.name);
    if (name === undefined) return [];
    const first = config.environments.findIndex((other) => text(other.raw.name) === name);
    if (first === index) return [];
    return [wrong([...path, "name"], `There are two environments named "${name}"`, "Give one of them another name.")];
  });

const fromNamesAnEnvironment: Rule = (config) =>
  config.environments.flatMap(({ raw, path }) => {
    const from = text(raw.from);
    if (from === undefined) return [];
    if (from !== raw.name) return unknownEnvironment(config, from, [...path, "from"]);
    const fix = "Name the environment before it, or delete `from`.";
    return [wrong([...path, "from"], `The environment "${from}" promotes from itself`, fix)];
  });

const fromMakesNoCircle: Rule = (config) => {
  const from = new Map(config.environments.map(({ raw }) => [text(raw.name), text(raw.from)]));
  const reported = new Set<string>();
  return config.environments.flatMap(({ raw, path }) => {
    const chain = circle(text(raw.name), from);
    if (chain === undefined || chain.length < 2 || chain.some((name) => reported.has(name))) return [];
    for (const name of chain) reported.add(name);
    const shown = [...chain, chain[0]].join(" ← ");
    return [
      wrong([...path, "from"], `The environments promote from each other in a circle: ${shown}`, "Delete one `from`."),
    ];
  });
};

/** The names from `start` back to itself; `undefined` if they end or run into another circle. */
function circle(start: string | undefined, from: ReadonlyMap<string | undefined, string | undefined>) {
  if (start === undefined) return undefined;
  const chain = [start];
  for (let name = from.get(start); name !== undefined; name = from.get(name)) {
    if (name === start) return chain;
    if (chain.includes(name)) return undefined;
    chain.push(name);
  }
  return undefined;
}

const placesAreGiven: Rule = (config) =>
  config.environments.flatMap(({ raw, path }) => {
    const name = text(raw.name) === undefined ? `\`${pathText(path)}\`` : `The environment "${raw.name}"`;
    const fix =
      "Give it one `path`, or a list of `targets` that each have a `path`, or `match` for what controllers deploy.";
    if (Object.keys(raw).length === 0) return [];
    if (raw.path === undefined && raw.targets === undefined && raw.match === undefined) {
      return [wrong(path, `${name} does not say where its targets are`, fix)];
    }
    if (raw.path === undefined || raw.targets === undefined) return [];
    return [
      {
        ...wrong([...path, "path"], `${name} has both \`path\` and \`targets\``, fix),
        at: "key" as const,
      },
    ];
  });

const pathsNameTheirApp: Rule = (config) =>
  config.environments.flatMap(({ raw, path }) =>
    places(raw, path).flatMap((place) => appRemark(place.raw, place.path)),
  );

interface Place {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly path: KeyPath;
}

function places(raw: Readonly<Record<string, unknown>>, path: KeyPath): readonly Place[] {
  const targets: readonly unknown[] = Array.isArray(raw.targets) ? raw.targets : [];
  return [{ raw, path }, ...targets.map((item, index) => ({ raw: record(item), path: [...path, "targets", index] }))];
}

function appRemark(raw: Readonly<Record<string, unknown>>, path: KeyPath): readonly Remark[] {
  const pattern = text(raw.path);
  if (pattern === undefined) return [];
  const named = raw.app !== undefined;
  if (pattern.includes("{app}")) {
    const fix = "Delete `app`, or write the name instead of `{app}`.";
    return named
      ? [
          {
            ...wrong([...path, "app"], `\`path\` "${pattern}" has \`{app}\`, but \`app\` names one app`, fix),
            at: "key",
          },
        ]
      : [];
  }
  if (!named) {
    const fix = "Write `{app}` where the app's name is (`apps/{app}/prod`), or add `app: webapp`.";
    return [wrong([...path, "path"], `\`path\` "${pattern}" does not say which app it is`, fix)];
  }
  if (!pattern.includes("*")) return [];
  return [
    wrong(
      [...path, "path"],
      `\`path\` "${pattern}" can match many folders, but \`app\` names one app`,
      "Use `{app}` in the path instead of `app`.",
    ),
  ];
}

const rendererOptionsHaveAnEffect: Rule = (config) =>
  config.environments.flatMap(({ parsed, path }) =>
    parsed === undefined
      ? []
      : sourcesOf(parsed).flatMap(({ source, path: inner }) => {
          const options = (["helm", "kustomize", "plain"] as const).filter((key) => source[key] !== undefined);
          const other = options.find((key) => source.renderer !== undefined && key !== source.renderer);
          if (other === undefined) return [];
          const message = `\`${other}\` has no effect here: the renderer is "${source.renderer}"`;
          return [doubtful([...path, ...inner], message, `Delete \`${other}\`, or change \`renderer\`.`)];
        }),
  );

const namedEnvironmentsExist: Rule = (config) => {
  const lists = [...config.images, ...config.notify].values().flatMap(({ raw, path }) =>
    texts(raw.environments)
      .values()
      .flatMap(({ text: name, index }) => unknownEnvironment(config, name, [...path, "environments", index])),
  );
  const keys = config.overrides
    .values()
    .flatMap(({ environment, path }) => unknownEnvironment(config, environment, path))
    .map((remark): Remark => ({ ...remark, at: "key" }));
  return [...lists.take(maxRemarks), ...keys.take(maxRemarks)];
};

function unknownEnvironment(config: LenientConfig, name: string, path: KeyPath): readonly Remark[] {
  if (config.names.includes(name)) return [];
  const meant = nearest(name, config.names);
  const list = `The environments are ${config.names.map((known) => `\`${known}\``).join(", ")}.`;
  const fix = config.names.length === 0 ? "Add it under `environments`." : list;
  return [
    wrong(path, `There is no environment "${name}"`, meant === undefined ? fix : `Did you mean \`${meant}\`? ${fix}`),
  ];
}

/** The rules about environments and the places of their targets. */
export const environmentRules: readonly Rule[] = [
  environmentNamesAreUnique,
  fromNamesAnEnvironment,
  fromMakesNoCircle,
  placesAreGiven,
  pathsNameTheirApp,
  rendererOptionsHaveAnEffect,
  namedEnvironmentsExist,
];
