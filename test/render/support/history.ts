import { configMap } from "./repositories.ts";

/** Files that a commit writes; `null` deletes. */
export type Files = Record<string, string | null>;

/** A generated history: the first step creates everything, each later one is a commit's changes. */
export interface History {
  readonly steps: readonly Files[];
}

const initial: Record<string, string> = {
  "bases/web/kustomization.yaml": "resources: [deployment.yaml, service.yaml]\n",
  "bases/web/deployment.yaml": configMap("web", "1"),
  "bases/web/service.yaml": configMap("web-service", "1"),
  "bases/web/notes.md": "# Notes\n",
  "bases/jobs/kustomization.yaml": "resources: [job.yaml]\nnamePrefix: job-\n",
  "bases/jobs/job.yaml": configMap("nightly", "1"),
  "components/debug/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {debug: 'on'}\n",
  "overlays/prod/kustomization.yaml": "resources: [../../bases/web]\nnamespace: prod\n",
  "overlays/dev/kustomization.yaml":
    "resources: [../../bases/web, ../../bases/jobs]\ncomponents: [../../components/debug]\nnamespace: dev\n",
  "overlays/stage/kustomization.yaml": "resources: [../dev]\nnamePrefix: stage-\npatches: [{path: patch.yaml}]\n",
  "overlays/stage/patch.yaml": configMap("web", "patched").replace("name: web", "name: web"),
  "overlays/prod-two/kustomization.yaml": "resources: [../prod, extra.yaml]\n",
  "overlays/prod-two/extra.yaml": configMap("extra", "1"),
  "overlays/files/kustomization.yaml":
    "configMapGenerator: [{name: conf, files: [conf/a.txt, conf/b.txt], envs: [conf/env]}]\n",
  "overlays/files/conf/a.txt": "a\n",
  "overlays/files/conf/b.txt": "b\n",
  "overlays/files/conf/env": "KEY=value\n",
  "charts/app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
  "charts/app/values.yaml": "size: small\n",
  "charts/app/templates/settings.yaml": configMap("chart", "{{ .Values.size }}")
    .replace('"{{', "{{")
    .replace('}}"', "}}"),
  "values/prod.yaml": "size: large\n",
  "plain/one.yaml": configMap("one", "1"),
  "plain/deep/two.yaml": configMap("two", "1"),
  "docs/readme.md": "# Hello\n",
};

/**
 * Edits, additions, deletions and renames of files and folders, the same for the same seed. Broken trees are part of
 * it, and are mended again.
 */
export function history(seed: number, count: number): History {
  const random = generator(seed);
  const state = new Map(Object.entries(initial));
  const steps: Files[] = [{ ...initial }];
  for (let index = 1; index <= count; index += 1) {
    const next = random(4) === 0 ? mended(state, random) : mutated(state, random, index);
    steps.push(next);
    for (const [path, text] of Object.entries(next)) {
      if (text === null) state.delete(path);
      else state.set(path, text);
    }
  }
  return { steps };
}

type Random = (below: number) => number;

function mutated(state: ReadonlyMap<string, string>, random: Random, index: number): Files {
  const paths = [...state.keys()].sort();
  const path = paths[random(paths.length)] ?? "";
  const text = state.get(path) ?? "";
  const folder = path.slice(0, path.lastIndexOf("/"));
  const edits: (() => Files)[] = [
    () => ({ [path]: edited(path, text, index) }),
    () => ({ [path]: edited(path, text, index) }),
    () => ({ [path]: path.endsWith(".yaml") ? `# a remark, ${index}\n${text}` : text }),
    () => ({ [path]: null }),
    () => ({ [`${folder}/new-${index}.yaml`]: configMap(`new-${index}`, "1") }),
    () => ({
      [`${folder}/new-${index}.yaml`]: configMap(`new-${index}`, "1"),
      ...referring(state, folder, `new-${index}.yaml`),
    }),
    () => ({ [`${folder}/${["kustomization.yml", "Kustomization"][random(2)]}`]: "resources: []\n" }),
    () => ({ [path]: null, [`${folder}/moved-${index}.yaml`]: text }),
    () => ({ [path]: null, [`${path}/inside.yaml`]: text }),
    () => moved(state, folder, `${folder}-${index}`),
  ];
  return edits[random(edits.length)]?.() ?? {};
}

function edited(path: string, text: string, index: number): string {
  if (/kustomization/i.test(path)) return `${text.replace(/commonLabels: .*\n/, "")}commonLabels: {step: s${index}}\n`;
  return text.includes("value: ") ? text.replace(/value: .*/, `value: "${index}"`) : `${text}line ${index}\n`;
}

/** Adds a resource to the kustomization of a folder. */
function referring(state: ReadonlyMap<string, string>, folder: string, file: string): Files {
  const path = `${folder}/kustomization.yaml`;
  const text = state.get(path);
  return text === undefined ? {} : { [path]: text.replace(/resources: \[/, `resources: [${file}, `) };
}

function moved(state: ReadonlyMap<string, string>, from: string, to: string): Files {
  const below = [...state].filter(([path]) => path.startsWith(`${from}/`));
  return Object.fromEntries(
    below.flatMap(([path, text]) => [[path, null] as const, [to + path.slice(from.length), text] as const]),
  );
}

/** Restores some of what the history began with, and removes the second kustomization files. */
function mended(state: ReadonlyMap<string, string>, random: Random): Files {
  const gone = Object.entries(initial).filter(([path]) => state.get(path) === undefined || random(6) === 0);
  const odd = [...state.keys()].filter((path) => /(kustomization\.yml|Kustomization|inside\.yaml)$/.test(path));
  return { ...Object.fromEntries(odd.map((path) => [path, null])), ...Object.fromEntries(gone) };
}

/** A small generator of numbers (mulberry32): the same seed gives the same numbers. */
function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
