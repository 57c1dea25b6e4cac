import fc from "fast-check";
import type { Json } from "../../../../src/model/json.ts";

/** A chart with images in several shapes, its default values, values that others share, and a target's own. */
export interface WrittenChart {
  readonly files: Readonly<Record<string, string>>;
  /** The names of the images, in the order in which they are rendered. */
  readonly names: readonly string[];
}

interface Parts {
  readonly tag: string;
  readonly digest: string;
}

/** How an image is written in values, and how the chart's template makes it of them. */
interface Way {
  readonly template: (key: string) => string;
  /** The chart's own values: all there is. */
  readonly defaults: (name: string, parts: Parts) => Readonly<Record<string, Json>>;
  /** What a later file says over them. */
  readonly later: (name: string, parts: Parts) => Readonly<Record<string, Json>>;
}

const registry = "ghcr.io";
const printed = (map: string, before = "") =>
  `${before}{{ ${map}.repository }}{{ with ${map}.tag }}:{{ . }}{{ end }}{{ with ${map}.digest }}@{{ . }}{{ end }}`;

const ways: readonly Way[] = [
  {
    template: (key) => printed(`.Values.${key}.image`),
    defaults: (name, { tag, digest }) => ({ image: { repository: name, tag, digest } }),
    later: (_, { tag, digest }) => ({ image: { tag, ...(digest && { digest }) } }),
  },
  {
    template: (key) => printed(`.Values.${key}.image`, `{{ .Values.${key}.image.registry }}/`),
    defaults: (name, { tag, digest }) => ({ image: { registry, repository: name.slice(8), tag, digest } }),
    later: (_, { tag, digest }) => ({ image: { tag, digest } }),
  },
  {
    template: (key) =>
      `{{ .Values.${key}.image.repository }}:{{ .Values.${key}.image.tag | default .Chart.AppVersion }}`,
    defaults: (name) => ({ image: { repository: name, tag: "" } }),
    later: (_, { tag }) => ({ image: { tag: tag || null } }),
  },
  {
    template: (key) => `{{ .Values.${key}.image }}`,
    defaults: (name, { tag, digest }) => ({ image: `${name}:${tag || "0"}${digest && `@${digest}`}` }),
    later: (name, { tag }) => ({ image: `${name}:${tag || "0"}` }),
  },
  {
    template: (key) => `{{ .Values.${key}.sidecarImage }}`,
    defaults: (name, { tag }) => ({ sidecarImage: `${name}:${tag || "0"}` }),
    later: (name, { tag }) => ({ sidecarImage: `${name}:${tag || "0"}` }),
  },
  {
    template: (key) => `{{ .Values.${key}.image }}:{{ .Values.${key}.tag }}`,
    defaults: (name, { tag }) => ({ image: name, tag: tag || "0" }),
    later: (_, { tag }) => ({ tag: tag || "0" }),
  },
  {
    template: (key) => `{{ .Values.${key}.imageName }}:{{ .Values.${key}.imageTag }}`,
    defaults: (name, { tag }) => ({ imageName: name, imageTag: tag || "0" }),
    later: (_, { tag }) => ({ imageTag: tag || "0" }),
  },
  {
    template: (key) => `{{ .Values.${key}.repository }}:{{ .Values.${key}.tag }}`,
    defaults: (name, { tag }) => ({ repository: name, tag: tag || "0", version: "9.9.9" }),
    later: (_, { tag }) => ({ tag: tag || "0" }),
  },
  {
    template: (key) => `{{ .Values.${key}.image.name }}:{{ .Values.${key}.image.version }}`,
    defaults: (name, { tag }) => ({ image: { name, version: tag || "0" } }),
    later: (_, { tag }) => ({ image: { version: tag || "0" } }),
  },
  {
    template: (key) => `{{ .Values.${key}.image.repository }}:{{ .Values.${key}.image.tag }}`,
    defaults: (name, { tag, digest }) => ({
      image: { repository: name, tag: `${tag || "0"}${digest && `@${digest}`}` },
    }),
    later: (_, { tag, digest }) => ({ image: { tag: `${tag || "0"}${digest && `@${digest}`}` } }),
  },
];

const parts = fc.record({
  tag: fc.constantFrom("1.0.0", "1.10", "2024-01-02", "v3", ""),
  digest: fc.constantFrom("", "", `sha256:${"c".repeat(64)}`),
});
const app = fc.record({
  way: fc.constantFrom(...ways),
  defaults: parts,
  shared: fc.option(parts, { nil: undefined }),
  own: fc.option(parts, { nil: undefined }),
});

function values(entries: Readonly<Record<string, Json>>, indent: string): string {
  return Object.entries(entries)
    .map(([key, value]): string => {
      if (typeof value !== "object" || value === null) return `${indent}${key}: ${JSON.stringify(value)} # ${key}\n`;
      return `${indent}${key}:\n${values(Object.fromEntries(Object.entries(value)), `${indent}  `)}`;
    })
    .join("");
}

/** Charts of which every image has a name of its own. */
export const charts: fc.Arbitrary<WrittenChart> = fc.array(app, { minLength: 1, maxLength: 4 }).map((apps) => {
  const names = apps.map((_, index) => `ghcr.io/acme/a${index}`);
  const pick = (of: (one: (typeof apps)[number], name: string) => Readonly<Record<string, Json>> | undefined) =>
    apps
      .flatMap((one, index) => {
        const made = of(one, names[index] ?? "");
        return made === undefined ? [] : [`a${index}:\n${values(made, "  ")}`];
      })
      .join("");
  const containers = apps.map(
    ({ way }, index) => `    - name: c${index}\n      image: "${way.template(`a${index}`)}"\n`,
  );
  return {
    names,
    files: {
      "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 0.1.0\nappVersion: 3.1.2\n",
      "chart/templates/pod.yaml": `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n${containers.join("")}`,
      "chart/values.yaml": pick(({ way, defaults }, name) => way.defaults(name, defaults)),
      "shared.yaml": `# shared\n${pick(({ way, shared }, name) => shared && way.later(name, shared))}`,
      "own.yaml": `# own\n${pick(({ way, own }, name) => own && way.later(name, own))}`,
    },
  };
});
