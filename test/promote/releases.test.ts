import { describe, expect, it } from "vitest";
import { computeStatus } from "../../src/promote/status.ts";
import { configured } from "../../src/targets/index.ts";
import { planReads, sourceOf } from "../support/plan-reads.ts";
import { config, only, world, written } from "./support/world.ts";

/** An object for each environment; `ENV`, `CHART` and `TAG` are filled in, `1.5.0` in staging and `1.4.0` in prod. */
function files(object: string, versions: Partial<Record<"staging" | "prod", Record<string, string>>> = {}) {
  const both = ["staging", "prod"] as const;
  const filled = both.flatMap((name) => {
    const version = name === "staging" ? "1.5.0" : "1.4.0";
    const words: Record<string, string> = { ENV: name, CHART: version, TAG: version, ...versions[name] };
    const text = object.replace(/ENV|CHART|TAG/g, (word) => words[word] ?? word);
    return [
      [`apps/web/${name}/kustomization.yaml`, "resources: [object.yaml]\n"],
      [`apps/web/${name}/object.yaml`, text],
    ];
  });
  return { ".sluice.yaml": config("apps/{app}/ENV"), ...Object.fromEntries(filled) };
}

const file = "apps/web/prod/object.yaml";

const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: ENV }
spec:
  interval: 5m
  chart: { spec: { chart: web, version: "CHART", sourceRef: { kind: HelmRepository, name: acme } } }
  values: { image: { repository: ghcr.io/acme/web, tag: "TAG" } }
`;

const application = (helm: string) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web-ENV, namespace: argocd }
spec:
  destination: { name: in-cluster, namespace: ENV }
  source:
    repoURL: https://charts.example.com
    chart: web
    targetRevision: CHART
${helm}`;

const parameter = `    helm: { parameters: [{ name: image.tag, value: "TAG" }] }\n`;

describe("15-helmrelease-and-application-values: chart and image differ", () => {
  it.each([
    ["of a HelmRelease", release, "ghcr.io/acme/web"],
    ["of an Application with a parameter", application(parameter), "parameter image.tag"],
    [
      "of an Application with valuesObject",
      application(`    helm: { valuesObject: { web: { image: { tag: "TAG" } } } }\n`),
      "value web.image.tag",
    ],
  ])("%s: both are carried, and nothing else changes", async (_, object, name) => {
    const texts = files(object);
    const computed = await world(texts).promote();
    const versions = { from: "1.4.0", to: "1.5.0" };
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      images: [
        { image: name, ...versions },
        { image: "chart web", ...versions },
      ],
      notes: [],
    });
    expect(written(computed, file)).toBe(texts[file]?.replaceAll("1.4.0", "1.5.0"));
  });

  it("carries the image where the chart is the same", async () => {
    const same = { staging: { CHART: "1.0.0" }, prod: { CHART: "1.0.0" } };
    const computed = await world(files(application(parameter), same)).promote();
    expect(only(computed)).toMatchObject({ outcome: "planned", images: [{ image: "parameter image.tag" }], notes: [] });
  });
});

describe("15-helmrelease-and-application-values: status", () => {
  it.each([
    ["of a HelmRelease", release, "ghcr.io/acme/web"],
    ["of an Application", application(parameter), "parameter image.tag"],
  ])("%s lists what a promotion would carry", async (_, object, name) => {
    const { repository, renderer } = world(files(object));
    const commit = await repository.resolve("HEAD");
    const { config: parsed, plan } = await configured(sourceOf(await repository.tree(commit)), planReads());
    const signal = AbortSignal.timeout(600_000);
    const status = await computeStatus({
      repository,
      renderer,
      commit,
      config: parsed,
      targets: plan.targets,
      apps: [],
      signal,
    });
    const [, prod] = status.apps[0]?.targets ?? [];
    expect(prod?.comparison).toEqual({
      state: "behind",
      differing: [
        { image: name, here: "1.4.0", there: "1.5.0" },
        { image: "chart web", here: "1.4.0", there: "1.5.0" },
      ],
      lacking: [],
    });
  });
});

describe("15-helmrelease-and-application-values: both set and pinned", () => {
  it("carries valuesObject, values as a text and kustomize.images, and names what stays there and elsewhere", async () => {
    const object = application(`    kustomize: { images: ["ghcr.io/acme/web:TAG"] }
    helm:
      valuesObject: { image: { repository: ghcr.io/acme/api, tag: "TAG" } }
      parameters: [{ name: app.version, value: "TAG" }]
      valueFiles: [$values/ENV.yaml, values-ENV.yaml]
      values: |
        # mine
        sidecar: { image: { repository: ghcr.io/acme/sidecar, tag: "TAG" } } # here
        worker: { version: "TAG" }
`);
    const texts = files(object);
    const computed = await world(texts).promote();
    const target = only(computed);
    const names = ["ghcr.io/acme/api", "ghcr.io/acme/sidecar", "ghcr.io/acme/web", "chart web"];
    expect(target.images.map(({ image }) => image)).toEqual(names);
    const stays = /(name: app\.version, value|worker: \{ version): "1\.5\.0"/g;
    const carried = texts[file]?.replaceAll("1.4.0", "1.5.0").replaceAll(stays, '$1: "1.4.0"');
    expect(written(computed, file)).toBe(carried);
    expect(target.notes).toEqual([
      "`parameter app.version` of Application `web-prod` stays at `1.4.0`; staging has `1.5.0`. Name it in `promote.paths` to have it carried.",
      "`values.worker.version` of Application `web-prod` stays at `1.4.0`; staging has `1.5.0`. Write the text as `valuesObject`, and name it in `promote.paths`, to have it carried.",
      "Application `web-prod` takes values from `$values/prod.yaml` too: those are not carried.",
    ]);
  });
});
