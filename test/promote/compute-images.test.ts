import { describe, expect, it } from "vitest";
import type { TargetPromotion } from "../../src/model/promotion.ts";
import { config, deployment, only, world, written } from "./support/world.ts";

const overlay = (images: string) => `resources: [../base]\nimages:\n${images}`;
const kustomizeConfig = config("apps/{app}/ENV");

/** An app with a base and the images of two overlays. */
function app(staging: string, prod: string, base = deployment("web", "acme/web:1.0.0")): Record<string, string> {
  return {
    ".sluice.yaml": kustomizeConfig,
    "apps/web/base/kustomization.yaml": "resources: [web.yaml]\n",
    "apps/web/base/web.yaml": base,
    "apps/web/staging/kustomization.yaml": staging,
    "apps/web/prod/kustomization.yaml": prod,
  };
}

const prodFile = "apps/web/prod/kustomization.yaml";

function reasonOf(target: TargetPromotion): string {
  return target.outcome === "refused" ? target.reason : `not refused: ${JSON.stringify(target)}`;
}

describe("the strategy images in a kustomize overlay", () => {
  it("edits the tag that the overlay sets, and nothing else in the file", async () => {
    const prod =
      '# prod\r\nresources: [../base]\r\nimages:\r\n  - { name: acme/web, newTag: "1.3.0" } # customers see it\r\n';
    const computed = await world(app(overlay("  - name: acme/web\n    newTag: 1.4.0\n"), prod)).promote();
    expect(only(computed)).toEqual({
      app: "web",
      environment: "prod",
      path: "apps/web/prod",
      outcome: "planned",
      images: [{ image: "acme/web", from: "1.3.0", to: "1.4.0" }],
      edits: [
        {
          file: prodFile,
          line: 4,
          before: '  - { name: acme/web, newTag: "1.3.0" } # customers see it',
          after: '  - { name: acme/web, newTag: "1.4.0" } # customers see it',
        },
      ],
      notes: [],
    });
    expect(written(computed, prodFile)).toBe(prod.replace("1.3.0", "1.4.0"));
    expect(computed.unchanged).toEqual([]);
    const { before, after } = computed.renders.get("web") ?? {};
    expect(after?.ok && JSON.stringify(after.resources())).toContain("acme/web:1.4.0");
    expect(before?.ok && JSON.stringify(before.resources())).toContain("acme/web:1.3.0");
  });

  it("is already there when both have the same version, wherever it is set", async () => {
    const { promote, temp } = world(app(overlay("  - name: acme/web\n    newTag: 1.4.0\n"), "resources: [../base]\n"));
    temp.commit({ "apps/web/base/web.yaml": deployment("web", "acme/web:1.4.0") });
    const computed = await promote();
    expect(only(computed)).toMatchObject({ outcome: "already", images: [], edits: [] });
    expect(computed.changes).toEqual([]);
  });

  it("carries a digest, with and without a tag", async () => {
    const [one, two] = ["a", "b"].map((letter) => `sha256:${letter.repeat(64)}`);
    const both = await world(
      app(
        overlay(`  - name: acme/web\n    newTag: 1.4.0\n    digest: ${two}\n`),
        overlay(`  - name: acme/web\n    newTag: 1.3.0\n    digest: ${one}\n`),
      ),
    ).promote();
    expect(only(both).images).toEqual([{ image: "acme/web", from: `1.3.0@${one}`, to: `1.4.0@${two}` }]);
    expect(written(both, prodFile)).toBe(overlay(`  - name: acme/web\n    newTag: 1.4.0\n    digest: ${two}\n`));
    const toDigest = await world(
      app(overlay(`  - name: acme/web\n    digest: ${two}\n`), overlay("  - name: acme/web\n    newTag: 1.3.0\n")),
    ).promote();
    expect(only(toDigest)).toMatchObject({
      outcome: "planned",
      images: [{ image: "acme/web", from: "1.3.0", to: `@${two}` }],
    });
    const toTag = await world(
      app(overlay("  - name: acme/web\n    newTag: 1.4.0\n"), overlay(`  - name: acme/web\n    digest: ${two}\n`)),
    ).promote();
    expect(only(toTag)).toMatchObject({ outcome: "planned", images: [{ from: `@${two}`, to: "1.4.0" }] });
  });

  it("leaves the registry of each environment alone", async () => {
    const prod = overlay("  - name: acme/web\n    newName: mirror.local/acme/web\n    newTag: 1.3.0\n");
    const computed = await world(app(overlay("  - name: acme/web\n    newTag: 1.4.0\n"), prod)).promote();
    expect(only(computed).images).toEqual([{ image: "mirror.local/acme/web", from: "1.3.0", to: "1.4.0" }]);
    expect(written(computed, prodFile)).toBe(prod.replace("1.3.0", "1.4.0"));
  });

  it("carries another image under the same item of `images`", async () => {
    const computed = await world(
      app(
        overlay("  - name: acme/web\n    newName: acme/web-next\n    newTag: 2.0.0\n"),
        overlay("  - name: acme/web\n    newTag: 1.3.0\n"),
      ),
    ).promote();
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      images: [{ image: "acme/web", from: "1.3.0", to: "acme/web-next:2.0.0" }],
    });
    expect(written(computed, prodFile)).toContain("newName: acme/web-next");
  });

  it("adds an override where only a base that others share sets it, and says so", async () => {
    const computed = await world(
      app(overlay("  - name: acme/web\n    newTag: 1.4.0\n"), "resources:\n  - ../base\n"),
    ).promote();
    const target = only(computed);
    expect(target).toMatchObject({
      outcome: "planned",
      images: [{ image: "acme/web", from: "1.0.0", to: "1.4.0" }],
      notes: [
        "`apps/web/base/web.yaml` sets `acme/web` and belongs to `web/staging` too: the version is set in `apps/web/prod/kustomization.yaml` instead.",
      ],
    });
    expect(computed.changes.map(({ path }) => path)).toEqual([prodFile]);
    expect(written(computed, prodFile)).toMatch(/^resources:\n {2}- \.\.\/base\nimages:\n/);
  });

  it("adds several overrides to one file", async () => {
    const base = deployment("web", "acme/web:1.0.0", "acme/proxy:1", "acme/log:1");
    const staging = overlay(
      "  - { name: acme/web, newTag: 1.4.0 }\n  - { name: acme/proxy, newTag: '2' }\n  - { name: acme/log, newTag: '3' }\n",
    );
    const computed = await world(app(staging, "resources: [../base]\n", base)).promote();
    expect(only(computed).images.map(({ image, to }) => `${image}:${to}`)).toEqual([
      "acme/log:3",
      "acme/proxy:2",
      "acme/web:1.4.0",
    ]);
    const { after } = computed.renders.get("web") ?? {};
    const text = after?.ok ? JSON.stringify(after.resources()) : "";
    for (const image of ["acme/web:1.4.0", "acme/proxy:2", "acme/log:3"]) expect(text).toContain(`"${image}"`);
  });

  it("edits a base or a component that belongs to the target alone", async () => {
    const computed = await world({
      ...app(
        overlay("  - name: acme/web\n    newTag: 1.4.0\n"),
        "resources: [../base]\ncomponents: [../release-prod]\n",
      ),
      "apps/web/release-prod/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n  - name: acme/web\n    newTag: 1.3.0\n",
    }).promote();
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      notes: [],
      edits: [{ file: "apps/web/release-prod/kustomization.yaml", line: 5, after: "    newTag: 1.4.0" }],
    });
  });

  it("overrides a component that another app uses too", async () => {
    const computed = await world({
      ...app(
        overlay("  - name: acme/web\n    newTag: 1.4.0\n"),
        "resources: [../base]\ncomponents: [../../../release]\n",
      ),
      "release/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n  - name: acme/web\n    newTag: 1.3.0\n",
      "apps/other/staging/kustomization.yaml": "resources: [../../web/base]\n",
      "apps/other/prod/kustomization.yaml": "resources: [../../web/base]\ncomponents: [../../../release]\n",
    }).promote({ apps: ["web"] });
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      notes: [expect.stringContaining("`other/prod` too")],
      edits: [{ file: prodFile }, { file: prodFile }, { file: prodFile }],
    });
    expect(computed.changes.map(({ path }) => path)).toEqual([prodFile]);
  });

  it("edits a patch of the target's own", async () => {
    const patch = (tag: string) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  template:\n    spec:\n      containers:\n        - name: c0\n          image: acme/web:${tag} # pinned\n`;
    const kustomization = "resources: [../base]\npatches:\n  - path: image.yaml\n";
    const computed = await world({
      ...app(kustomization, kustomization),
      "apps/web/staging/image.yaml": patch("1.4.0"),
      "apps/web/prod/image.yaml": patch("1.3.0"),
    }).promote();
    expect(written(computed, "apps/web/prod/image.yaml")).toBe(patch("1.4.0"));
    expect(computed.changes).toHaveLength(1);
  });

  it("sets an image that a patch within the kustomization sets by the target's `images`", async () => {
    const inline = (tag: string) =>
      `resources: [../base]\npatches:\n  - target: { kind: Deployment }\n    patch: |-\n      - op: replace\n        path: /spec/template/spec/containers/0/image\n        value: acme/web:${tag}\n`;
    const computed = await world(app(inline("1.4.0"), inline("1.3.0"))).promote();
    const target = only(computed);
    expect(target).toMatchObject({ outcome: "planned", images: [{ from: "1.3.0", to: "1.4.0" }] });
    expect(target.notes.join()).toContain("the version is set in `apps/web/prod/kustomization.yaml`");
  });

  it("is proven against checksums, labels and generated names that follow the version", async () => {
    const kustomization = (tag: string) =>
      `${overlay(`  - name: acme/web\n    newTag: ${tag}\n`)}configMapGenerator:\n  - name: about\n    literals: [team=web]\n`;
    const computed = await world(app(kustomization("1.4.0"), kustomization("1.3.0"))).promote();
    expect(only(computed).outcome).toBe("planned");
  });

  it("says when a version goes back, and what only the source has", async () => {
    const computed = await world(
      app(
        "resources: [../base, extra.yaml]\nimages:\n  - name: acme/web\n    newTag: 1.2.0\n",
        overlay("  - name: acme/web\n    newTag: 1.3.0\n"),
      ),
    );
    computed.temp.commit({ "apps/web/staging/extra.yaml": deployment("extra", "acme/extra:1") });
    const target = only(await computed.promote());
    expect(target.outcome).toBe("planned");
    expect(target.notes).toEqual([
      "`acme/web` goes back: 1.2.0 is older than 1.3.0.",
      "Only web/staging has `acme/extra`: that is not promoted.",
    ]);
  });

  it("gives each container its own version where the source has several of one image", async () => {
    const base = deployment("web", "acme/web:1.0.0", "acme/web:1.0.0");
    const patched = (one: string, two: string) =>
      `resources: [../base]\npatches:\n  - path: image.yaml\n---FILE${deployment("web", `acme/web:${one}`, `acme/web:${two}`)}`;
    const split = (text: string) => text.split("---FILE");
    const [staging = "", stagingPatch = ""] = split(patched("2.0.0", "1.9.0"));
    const [prod = "", prodPatch = ""] = split(patched("1.5.0", "1.4.0"));
    const computed = await world({
      ...app(staging, prod, base),
      "apps/web/staging/image.yaml": stagingPatch,
      "apps/web/prod/image.yaml": prodPatch,
    }).promote();
    expect(only(computed).images).toEqual([
      { image: "acme/web", from: "1.5.0", to: "2.0.0" },
      { image: "acme/web", from: "1.4.0", to: "1.9.0" },
    ]);
    expect(written(computed, "apps/web/prod/image.yaml")).toBe(deployment("web", "acme/web:2.0.0", "acme/web:1.9.0"));
  });
});

describe("the strategy images refuses", () => {
  it("targets that have no image in common, and lists what each has", async () => {
    const computed = await world({
      ...app("resources: [web.yaml]\n", "resources: [web.yaml]\n"),
      "apps/web/staging/web.yaml": deployment("web", "acme/new:1"),
      "apps/web/prod/web.yaml": deployment("web", "acme/old:1"),
    }).promote();
    expect(reasonOf(only(computed))).toBe(
      "no image is in both targets: web/staging has `acme/new`, web/prod has `acme/old`",
    );
    expect(computed.changes).toEqual([]);
  });

  it("several versions of an image that cannot be told apart, and lists them", async () => {
    const computed = await world({
      ...app("resources: [web.yaml]\n", overlay("  - name: acme/web\n    newTag: 1.3.0\n")),
      "apps/web/staging/web.yaml": `${deployment("a", "acme/web:1.4.0")}---\n${deployment("b", "acme/web:1.5.0")}`,
    }).promote();
    expect(reasonOf(only(computed))).toContain("1.4.0 in Deployment/a, 1.5.0 in Deployment/b");
  });

  it("an image without a version in the source", async () => {
    const computed = await world({
      ...app("resources: [web.yaml]\n", overlay("  - name: acme/web\n    newTag: 1.3.0\n")),
      "apps/web/staging/web.yaml": deployment("web", "acme/web"),
    }).promote();
    expect(reasonOf(only(computed))).toContain("without a tag and a digest");
  });

  it("an edit that changes more than the version: a value with an anchor that the replicas use", async () => {
    const computed = await world({
      ".sluice.yaml": `version: 1
environments:
  - { name: staging, path: charts/web, app: web, renderer: helm, helm: { valueFiles: [staging.yaml] } }
  - { name: prod, path: charts/web, app: web, renderer: helm, helm: { valueFiles: [prod.yaml] }, from: staging }
`,
      "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "charts/web/values.yaml": "image: { repository: acme/web, tag: '0' }\n",
      "charts/web/templates/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: {{ if eq .Values.image.tag "1.4.0" }}9{{ else }}2{{ end }}
  template:
    spec:
      containers:
        - { name: web, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}" }
`,
      "staging.yaml": "image: { tag: 1.4.0 }\n",
      "prod.yaml": "image: { tag: 1.3.0 }\n",
    }).promote();
    expect(reasonOf(only(computed))).toBe(
      "the edit would change more in the render than the version: `Deployment/web /spec/replicas`",
    );
    expect(computed.changes).toEqual([]);
    expect(computed.tree).toMatch(/^[0-9a-f]{40}$/);
  });

  it("a target that does not render, with the renderer's words, and leaves the others alone", async () => {
    const { promote, temp } = world({
      ...app(overlay("  - name: acme/web\n    newTag: 1.4.0\n"), overlay("  - name: acme/web\n    newTag: 1.3.0\n")),
      "apps/broken/staging/kustomization.yaml": "resources: [web.yaml]\n",
      "apps/broken/staging/web.yaml": deployment("web", "acme/web:1"),
      "apps/broken/prod/kustomization.yaml": "resources: [missing.yaml]\n",
    });
    const computed = await promote();
    expect(computed.plan.targets.map(({ app: name, outcome }) => `${name} ${outcome}`)).toEqual([
      "broken refused",
      "web planned",
    ]);
    const [broken] = computed.plan.targets;
    expect(broken && reasonOf(broken)).toContain("broken/prod does not render");
    expect(broken && reasonOf(broken)).toContain("missing.yaml");
    expect(computed.plan).toMatchObject({ from: "staging", to: "prod", commit: temp.git("rev-parse", "HEAD") });
    expect([...computed.renders.keys()]).toEqual(["web"]);
  });

  it("a target whose own file another environment takes in", async () => {
    const computed = await world({
      ...app(overlay("  - name: acme/web\n    newTag: 1.4.0\n"), overlay("  - name: acme/web\n    newTag: 1.3.0\n")),
      ".sluice.yaml": `${kustomizeConfig}  - { name: eu, path: "apps/{app}/eu" }\n`,
      "apps/web/eu/kustomization.yaml": "resources: [../prod]\nnameSuffix: -eu\n",
    }).promote();
    expect(reasonOf(only(computed))).toContain("would also change web in eu");
  });

  it("nothing for a collection of the same environment that takes the target in, which is said", async () => {
    const computed = await world({
      ...app(overlay("  - name: acme/web\n    newTag: 1.4.0\n"), overlay("  - name: acme/web\n    newTag: 1.3.0\n")),
      ".sluice.yaml": kustomizeConfig.replace(
        "path: apps/{app}/prod",
        "targets: [{ path: 'apps/{app}/prod' }, { path: clusters/prod, app: everything }]",
      ),
      "clusters/prod/kustomization.yaml": "resources: [../../apps/web/prod]\n",
    }).promote();
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      notes: ["`everything/prod` includes `apps/web/prod` and changes with it."],
    });
  });
});

describe("a collection that takes other targets in", () => {
  const collected = (environment: string) => ({
    [`clusters/${environment}/kustomization.yaml`]: `resources: [../../apps/web/${environment}, tool.yaml]\nimages:\n  - name: acme/tool\n    newTag: "${environment === "prod" ? 1 : 2}"\n`,
    [`clusters/${environment}/tool.yaml`]: deployment("tool", "acme/tool:0"),
  });
  const files = {
    ...app(overlay("  - name: acme/web\n    newTag: 1.4.0\n"), overlay("  - name: acme/web\n    newTag: 1.3.0\n")),
    ...collected("staging"),
    ...collected("prod"),
    ".sluice.yaml": `version: 1
environments:
  - name: staging
    targets: [{ path: "apps/{app}/staging" }, { path: clusters/staging, app: everything }]
  - name: prod
    from: staging
    targets: [{ path: "apps/{app}/prod" }, { path: clusters/prod, app: everything }]
`,
  };

  it("promotes what it sets itself, and leaves the rest to where it is set", async () => {
    const computed = await world(files).promote();
    const [everything, web] = computed.plan.targets;
    expect(everything).toMatchObject({
      app: "everything",
      outcome: "planned",
      images: [{ image: "acme/tool", from: "1", to: "2" }],
      notes: ["`acme/web` is set by web/prod, which this target takes in: it is promoted there."],
    });
    expect(web).toMatchObject({ app: "web", outcome: "planned" });
    expect(computed.changes.map(({ path }) => path)).toEqual([prodFile, "clusters/prod/kustomization.yaml"]);
    const { after } = computed.renders.get("everything") ?? {};
    expect(after?.ok && JSON.stringify(after.resources())).toContain("acme/web:1.4.0");
  });
});

describe("a plan for many apps", () => {
  it("is one plan in the order of the targets, the same every time", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `app-${String(index).padStart(2, "0")}`);
    const files = Object.fromEntries(
      names.flatMap((name) => [
        [`apps/${name}/base/kustomization.yaml`, "resources: [web.yaml]\n"],
        [`apps/${name}/base/web.yaml`, deployment(name, `acme/${name}:1.0.0`)],
        [`apps/${name}/staging/kustomization.yaml`, overlay(`  - name: acme/${name}\n    newTag: 1.4.0\n`)],
        [`apps/${name}/prod/kustomization.yaml`, overlay(`  - name: acme/${name}\n    newTag: 1.3.0\n`)],
      ]),
    );
    const { promote } = world({ ...files, ".sluice.yaml": kustomizeConfig });
    const [one, two] = [await promote(), await promote()];
    expect(one.plan.targets.map(({ app: name }) => name)).toEqual(names);
    expect(one.plan.targets.every(({ outcome, edits }) => outcome === "planned" && edits.length === 1)).toBe(true);
    expect(one.changes).toHaveLength(50);
    expect([two.tree, two.plan]).toEqual([one.tree, one.plan]);
  });
});
