import { describe, expect, it } from "vitest";
import type { TargetPromotion } from "../../src/model/promotion.ts";
import { deployment, only, world, written } from "./support/world.ts";

function reasonOf(target: TargetPromotion): string {
  return target.outcome === "refused" ? target.reason : `not refused: ${JSON.stringify(target)}`;
}

/** A chart of which staging and prod have a value file each. `container` is the text of a container in its template. */
function chart(
  values: string,
  staging: string,
  prod: string,
  containers: string,
  promote = "{}",
): Record<string, string> {
  const place = (name: string, more: string) =>
    `  - { name: ${name}, path: charts/web, app: web, renderer: helm, helm: { valueFiles: [envs/${name}.yaml] }${more} }\n`;
  return {
    ".sluice.yaml": `version: 1\nenvironments:\n${place("staging", "")}${place("prod", `, from: staging, promote: ${promote}`)}`,
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: 0.9.0\n",
    "charts/web/values.yaml": values,
    "charts/web/templates/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }} }
spec:
  replicas: {{ .Values.replicas | default 1 }}
  template:
    spec:
      containers:
${containers}`,
    "envs/staging.yaml": staging,
    "envs/prod.yaml": prod,
  };
}

const usual = `        - { name: web, image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}" }\n`;
const image = "image:\n  repository: acme/web\n  tag: ''\n";

describe("the strategy images with Helm values", () => {
  it("edits the tag in the target's value file", async () => {
    const prod = "# prod\nimage:\n  tag: 1.3.0 # live\nreplicas: 3\n";
    const computed = await world(chart(image, "image: { tag: 1.4.0 }\n", prod, usual)).promote();
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      images: [{ image: "acme/web", from: "1.3.0", to: "1.4.0" }],
      edits: [{ file: "envs/prod.yaml", line: 3, before: "  tag: 1.3.0 # live", after: "  tag: 1.4.0 # live" }],
      notes: [],
    });
    expect(written(computed, "envs/prod.yaml")).toBe(prod.replace("1.3.0", "1.4.0"));
  });

  it("quotes a tag that looks like a number", async () => {
    const computed = await world(chart(image, "image: { tag: '1.10' }\n", "image:\n  tag: abc\n", usual)).promote();
    expect(written(computed, "envs/prod.yaml")).toMatch(/^image:\n {2}tag: ["']1\.10["']\n$/);
  });

  it("sets the tag in the target's value file where only the chart's own values set it", async () => {
    const computed = await world(
      chart("image: { repository: acme/web, tag: 1.3.0 }\n", "image: { tag: 1.4.0 }\n", "replicas: 3\n", usual),
    ).promote();
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      notes: [
        "`charts/web/values.yaml` sets `acme/web` and belongs to `web/staging` too: the version is set in `envs/prod.yaml` instead.",
      ],
    });
    expect(written(computed, "envs/prod.yaml")).toBe("replicas: 3\nimage:\n  tag: 1.4.0\n");
  });

  it("sets the tag where the chart's appVersion filled it", async () => {
    const computed = await world(chart(image, "image: { tag: 1.4.0 }\n", "replicas: 3\n", usual)).promote();
    expect(only(computed).images).toEqual([{ image: "acme/web", from: "0.9.0", to: "1.4.0" }]);
    expect(written(computed, "envs/prod.yaml")).toBe("replicas: 3\nimage:\n  tag: 1.4.0\n");
  });

  it("edits one global tag of several images, and a reference in one text", async () => {
    const containers = `        - { name: web, image: "acme/web:{{ .Values.global.imageTag }}" }
        - { name: worker, image: "acme/worker:{{ .Values.global.imageTag }}" }
        - { name: proxy, image: {{ .Values.proxyImage }} }
`;
    const computed = await world(
      chart(
        "global: { imageTag: x }\nproxyImage: acme/proxy:1\n",
        "global: { imageTag: 1.4.0 }\nproxyImage: acme/proxy:2\n",
        "global:\n  imageTag: 1.3.0\nproxyImage: acme/proxy:1\n",
        containers,
      ),
    ).promote();
    expect(only(computed).images).toEqual([
      { image: "acme/proxy", from: "1", to: "2" },
      { image: "acme/web", from: "1.3.0", to: "1.4.0" },
      { image: "acme/worker", from: "1.3.0", to: "1.4.0" },
    ]);
    expect(written(computed, "envs/prod.yaml")).toBe("global:\n  imageTag: 1.4.0\nproxyImage: acme/proxy:2\n");
  });

  it("refuses one global tag whose images are to have several versions", async () => {
    const containers = (worker: string) => `        - { name: web, image: "acme/web:{{ .Values.global.imageTag }}" }
        - { name: worker, image: "acme/worker:${worker}" }
`;
    const files = chart(
      "workerTag: ''\n",
      "global: { imageTag: 1.4.0 }\nworkerTag: 1.9.0\n",
      "global: { imageTag: 1.3.0 }\n",
      containers("{{ .Values.workerTag | default .Values.global.imageTag }}"),
    );
    expect(reasonOf(only(await world(files).promote()))).toMatch(
      /in one place for containers that are to have several versions|in the render/,
    );
  });

  it("keeps a digest beside its tag, though the chart shows the digest alone", async () => {
    const [one, two] = ["a", "b"].map((letter) => `sha256:${letter.repeat(64)}`);
    const containers = `        - { name: web, image: "acme/web{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag }}{{ end }}" }\n`;
    const computed = await world(
      chart(
        "image: { repository: acme/web, tag: '', digest: '' }\n",
        `image: { tag: 1.4.0, digest: "${two}" }\n`,
        `image:\n  tag: 1.3.0\n  digest: ${one}\n`,
        containers,
      ),
    ).promote();
    expect(only(computed).outcome).toBe("planned");
    expect(written(computed, "envs/prod.yaml")).toBe(`image:\n  tag: 1.4.0\n  digest: ${two}\n`);
  });

  it("carries a value by path besides", async () => {
    const containers = `        - { name: web, image: "acme/web:v{{ .Values.release.number }}" }\n`;
    const computed = await world({
      ...chart("release: { number: 1 }\n", "a: 1\n", "a: 1\n", containers),
      ".sluice.yaml": `version: 1
environments:
  - { name: staging, path: "envs/{app}/staging", renderer: helm }
  - name: prod
    path: "envs/{app}/prod"
    renderer: helm
    from: staging
    promote: { paths: [{ file: values.yaml, key: release.number }] }
`,
      ...Object.fromEntries(
        ["staging", "prod"].flatMap((name) => [
          [`envs/web/${name}/Chart.yaml`, "apiVersion: v2\nname: web\nversion: 1.0.0\n"],
          [`envs/web/${name}/values.yaml`, `release:\n  number: ${name === "prod" ? 6 : 7}\n`],
          [`envs/web/${name}/templates/web.yaml`, deployment("web", "acme/web:v{{ .Values.release.number }}")],
        ]),
      ),
    }).promote();
    const target = only(computed);
    expect(target.outcome === "refused" ? target.reason : target.images).toEqual([
      { image: "acme/web", from: "v6", to: "v7" },
      { image: "values.yaml: release.number", from: "6", to: "7" },
    ]);
    expect(written(computed, "envs/web/prod/values.yaml")).toBe("release:\n  number: 7\n");
  });

  it("refuses an image that nothing in the files sets, and says what to do", async () => {
    const containers = `        - { name: web, image: "acme/web:{{ .Values.release }}" }\n`;
    const computed = await world(chart("release: x\n", "release: 1.4.0\n", "release: 1.3.0\n", containers)).promote();
    expect(only(computed)).toMatchObject({
      outcome: "refused",
      reason: "nothing in the files of web/prod sets `acme/web:1.3.0`",
      fix: "Name the value that does with `promote.paths`.",
    });
  });

  it("refuses a value that is an alias or a template", async () => {
    const aliased = await world(
      chart(image, "image: { tag: 1.4.0 }\n", "v: &v 1.3.0\nimage: { tag: *v }\n", usual),
    ).promote();
    expect(reasonOf(only(aliased))).toContain("alias");
  });
});

describe("the strategy images with plain manifests", () => {
  const plain = (tag: string, name: string) =>
    `# ${name}\n${deployment("web", `acme/web:${tag}`)}---\n${deployment("job", `acme/web:${tag}`)}`;
  it("edits every container", async () => {
    const computed = await world({
      ".sluice.yaml": `version: 1
environments:
  - { name: staging, path: "{app}/staging" }
  - { name: prod, path: "{app}/prod", from: staging }
`,
      "web/staging/all.yaml": plain("1.4.0", "staging"),
      "web/prod/all.yaml": plain("1.3.0", "prod"),
    }).promote();
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      images: [{ image: "acme/web", from: "1.3.0", to: "1.4.0" }],
    });
    expect(written(computed, "web/prod/all.yaml")).toBe(plain("1.4.0", "prod"));
  });

  it("refuses manifests that other environments share", async () => {
    const computed = await world({
      ".sluice.yaml": `version: 1
environments:
  - { name: staging, path: "{app}/staging" }
  - { name: prod, path: "{app}/all", from: staging }
  - { name: eu, path: "{app}/all" }
`,
      "web/staging/all.yaml": plain("1.4.0", "staging"),
      "web/all/all.yaml": plain("1.3.0", "all"),
    }).promote();
    expect(reasonOf(only(computed))).toBe("editing `web/all/all.yaml` would also change web in eu");
  });
});

/** A chart with one Deployment, as a vendored one. */
function vendored(folder: string, version: string, replicas: number, tag = "x"): Record<string, string> {
  return {
    [`${folder}/Chart.yaml`]: `apiVersion: v2\nname: ${folder.split("/").at(-1)}\nversion: ${version}\n`,
    [`${folder}/values.yaml`]: `image: { repository: acme/lib, tag: ${tag} }\n`,
    [`${folder}/templates/lib.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: { name: lib }
spec:
  replicas: ${replicas}
  template:
    spec:
      containers:
        - { name: lib, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}" }
`,
  };
}

describe("versions of charts", () => {
  const kustomize = `version: 1
environments:
  - { name: staging, path: "{app}/staging" }
  - { name: prod, path: "{app}/prod", from: staging }
`;
  const charts = (version: string) =>
    `helmCharts:\n  - name: lib\n    repo: https://charts.example.com\n    version: ${version} # pinned\n    releaseName: lib\n`;

  it("are carried for kustomize's helmCharts, with a chart that is kept beside it", async () => {
    const { promote, temp } = world({
      ".sluice.yaml": kustomize,
      "web/staging/kustomization.yaml": charts("2.0.0"),
      "web/prod/kustomization.yaml": charts("1.0.0"),
      ...vendored("web/staging/charts/lib-2.0.0/lib", "2.0.0", 5, "2"),
      ...vendored("web/prod/charts/lib-1.0.0/lib", "1.0.0", 1, "1"),
    });
    const computed = await promote();
    const target = only(computed);
    expect(target.outcome === "refused" ? target.reason : target.images).toEqual([
      { image: "acme/lib", from: "1", to: "2" },
      { image: "chart lib", from: "1.0.0", to: "2.0.0" },
    ]);
    expect(written(computed, "web/prod/kustomization.yaml")).toBe(charts("2.0.0"));
    expect(computed.changes).toContainEqual({
      kind: "entry",
      path: "web/prod/charts/lib-2.0.0",
      entry: { kind: "dir", oid: temp.git("rev-parse", "HEAD:web/staging/charts/lib-2.0.0") },
    });
    expect(target.notes).toContain("The chart itself is carried to `web/prod/charts/lib-2.0.0`.");
  });

  it("are carried where both keep their charts in one place", async () => {
    const globals = "helmGlobals: { chartHome: ../../charts }\n";
    const computed = await world({
      ".sluice.yaml": kustomize.replaceAll("path:", "kustomize: { loadRestrictor: none }, path:"),
      "web/staging/kustomization.yaml": globals + charts("2.0.0"),
      "web/prod/kustomization.yaml": globals + charts("1.0.0"),
      ...vendored("charts/lib-2.0.0/lib", "2.0.0", 5, "2"),
      ...vendored("charts/lib-1.0.0/lib", "1.0.0", 1, "1"),
    }).promote();
    expect(only(computed).outcome).toBe("planned");
    expect(computed.changes.map(({ path }) => path)).toEqual(["web/prod/kustomization.yaml"]);
  });

  it("are refused where the chart is not in the repository", async () => {
    const computed = await world({
      ".sluice.yaml": kustomize,
      "web/staging/kustomization.yaml": charts("2.0.0"),
      "web/prod/kustomization.yaml": charts("1.0.0"),
    }).promote();
    expect(reasonOf(only(computed))).toContain("is not in the repository");
  });

  const umbrella = (version: string, lock: string, replicas: number, folder: string) => ({
    [`${folder}/Chart.yaml`]: `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n  - name: lib\n    version: "${version}" # keep\n    repository: https://charts.example.com\n`,
    [`${folder}/Chart.lock`]: lock,
    [`${folder}/values.yaml`]: "{}\n",
    ...vendored(`${folder}/charts/lib`, version, replicas, `v${version}`),
  });

  it("are carried for a chart's dependencies, with the chart and the lock", async () => {
    const { promote, temp } = world({
      ".sluice.yaml": kustomize,
      ...umbrella("2.0.0", "digest: two\n", 5, "web/staging"),
      ...umbrella("1.0.0", "digest: one\n", 1, "web/prod"),
    });
    const computed = await promote();
    const target = only(computed);
    expect(target.outcome === "refused" ? target.reason : target.images).toContainEqual({
      image: "chart lib",
      from: "1.0.0",
      to: "2.0.0",
    });
    expect(written(computed, "web/prod/Chart.yaml")).toContain('    version: "2.0.0" # keep\n');
    expect(computed.changes).toContainEqual({
      kind: "entry",
      path: "web/prod/Chart.lock",
      entry: { kind: "file", oid: temp.git("rev-parse", "HEAD:web/staging/Chart.lock"), executable: false },
    });
    expect(computed.changes).toContainEqual({
      kind: "entry",
      path: "web/prod/charts/lib",
      entry: { kind: "dir", oid: temp.git("rev-parse", "HEAD:web/staging/charts/lib") },
    });
  });

  it("are refused when the lock would no longer fit", async () => {
    const { promote, temp } = world({
      ".sluice.yaml": kustomize,
      ...umbrella("2.0.0", "digest: two\n", 5, "web/staging"),
      ...umbrella("1.0.0", "digest: one\n", 1, "web/prod"),
    });
    const text = temp.git("show", "HEAD:web/staging/Chart.yaml");
    temp.commit({
      "web/staging/Chart.yaml": `${text}\n  - name: extra\n    version: 1.0.0\n    repository: https://charts.example.com\n`,
      ...vendored("web/staging/charts/extra", "1.0.0", 1, "1"),
    });
    expect(reasonOf(only(await promote()))).toContain("`web/prod/Chart.lock` would no longer fit");
  });
});
