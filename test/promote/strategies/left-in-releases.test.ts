import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { leftInReleases } from "../../../src/promote/strategies/left-in-releases.ts";

const json = z.record(z.string(), z.json());
const helmRelease = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: web-ENV }\n";
const application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: web-ENV }\n";
const carry = "Name it in `promote.paths` to have it carried.";
const unfold = "Write the text as `valuesObject`, and name it in `promote.paths`, to have it carried.";

/** What stays in prod of an object that both environments have; `ENV` and `TAG` are filled in. */
function left(text: string, theirs = text): readonly string[] {
  const resources = (object: string, environment: string, tag: string) => {
    return [{ object: json.parse(parse(object.replaceAll("ENV", environment).replaceAll("TAG", tag))) }];
  };
  return leftInReleases(
    { environment: "prod", resources: resources(text, "prod", "1.4.0") },
    { environment: "staging", resources: resources(theirs, "staging", "1.5.0") },
  );
}

const stays = (name: string, object: string, way = carry) =>
  `\`${name}\` of ${object} \`web-prod\` stays at \`1.4.0\`; staging has \`1.5.0\`. ${way}`;

describe("versions that stay in objects with a chart", () => {
  it.each([
    [
      "values of a HelmRelease",
      `${helmRelease}spec: { values: { app: { version: TAG } } }\n`,
      "values.app.version",
      "HelmRelease",
    ],
    [
      "lists in them",
      `${helmRelease}spec: { values: { apps: [{ tag: a }, { tag: TAG }] } }\n`,
      "values.apps[1].tag",
      "HelmRelease",
    ],
    [
      "parameters of an Application",
      `${application}spec: { source: { helm: { parameters: [{ name: x, value: TAG }, { name: image.tag, value: TAG }] } } }\n`,
      "parameter image.tag",
      "Application",
    ],
    [
      "an Application's values",
      `${application}spec: { source: { helm: { valuesObject: { version: TAG } } } }\n`,
      "valuesObject.version",
      "Application",
    ],
    [
      "one of several sources",
      `${application}spec: { sources: [{ path: a }, { helm: { valuesObject: { version: TAG } } }] }\n`,
      "valuesObject.version",
      "Application",
    ],
    [
      "the template of an ApplicationSet",
      `${application.replace("Application", "ApplicationSet")}spec: { template: { spec: { source: { helm: { valuesObject: { version: TAG } } } } } }\n`,
      "valuesObject.version",
      "ApplicationSet",
    ],
  ])("are told in %s", (_, text, name, object) => {
    expect(left(text)).toEqual([stays(name, object)]);
  });

  it("are told in a text that holds values, with what would let them be carried", () => {
    const values = (text: string) => `${application}spec: { source: { helm: { values: ${JSON.stringify(text)} } } }\n`;
    expect(left(values("a: [{ version: x }, { version: TAG }]\nb: { tag: TAG, other: TAG }\nversion: null\n"))).toEqual(
      [stays("values.a[1].version", "Application", unfold), stays("values.b.tag", "Application", unfold)],
    );
    expect(left(values("a: [TAG"))).toEqual([]);
    expect(left(values(""))).toEqual([]);
  });

  it.each([
    ["the source has the same", `${helmRelease}spec: { values: { tag: "1" } }\n`, undefined],
    ["the source has none", `${helmRelease}spec: { values: { tag: TAG } }\n`, `${helmRelease}spec: { values: {} }\n`],
    ["they differ by the environment alone", `${helmRelease}spec: { values: { tag: ENV-1 } }\n`, undefined],
    ["the key is no version's", `${helmRelease}spec: { values: { name: TAG } }\n`, undefined],
    ["the source has no such object", `${helmRelease}spec: { values: { tag: TAG } }\n`, application],
    [
      "the object has no chart",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\nspec: { values: { tag: TAG } }\n",
      undefined,
    ],
    ["there is nothing in it", helmRelease, undefined],
  ])("are none where %s", (_, ours, theirs) => {
    expect(left(ours, theirs)).toEqual([]);
  });

  it("that stand elsewhere are named by the files and objects that hold them", () => {
    const valuesFrom = "valuesFrom: [{ kind: ConfigMap, name: a }, { kind: Secret, name: b }]";
    expect(left(`${helmRelease}spec: { ${valuesFrom} }\n`)).toEqual([
      "HelmRelease `web-prod` takes values from `ConfigMap a`, `Secret b` too: those are not carried.",
    ]);
    const files = "valueFiles: [values.yaml, $values/ENV.yaml, 'https://example.com/v.yaml', 1]";
    expect(left(`${application}spec: { source: { helm: { ${files} } } }\n`)).toEqual([
      "Application `web-prod` takes values from `$values/prod.yaml`, `https://example.com/v.yaml` too: those are not carried.",
    ]);
  });

  it.each([
    [5, 0],
    [7, 2],
  ])("are told up to five of %i", (count, more) => {
    const values = Array.from({ length: count }, (_, index) => `a${index}: { tag: TAG }`).join(", ");
    const sentences = left(`${helmRelease}spec: { values: { ${values} } }\n`);
    expect(sentences.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((at) => stays(`values.a${at}.tag`, "HelmRelease")));
    expect(sentences.slice(5)).toEqual(more === 0 ? [] : [`And ${more} more like that.`]);
  });

  it("are looked for only so deep", () => {
    const nested = (depth: number): string => (depth === 0 ? "{ tag: TAG }" : `{ a: ${nested(depth - 1)} }`);
    expect(left(`${helmRelease}spec: { values: ${nested(19)} }\n`)).toHaveLength(1);
    expect(left(`${helmRelease}spec: { values: ${nested(20)} }\n`)).toHaveLength(0);
    const text = (depth: number) => `${application}spec: { source: { helm: { values: "${nested(depth)}" } } }\n`;
    expect(left(text(19))).toHaveLength(1);
    expect(left(text(20))).toHaveLength(0);
  });
});
