import { describe, expect, it } from "vitest";
import { api, b4, bumped, chartOf, overlayOf, workload } from "./support/bump.ts";

const old = `sha256:${"17".repeat(32)}`;
const init = (image: string) => `      initContainers:
        - name: migrate
          image: ${image}
`;
const variants = workload(
  init(`${api}:1.0.0-migrate`),
  `- name: app
          image: ${api}:1.0.0
        - name: tools
          image: ${api}:debug`,
);
const moved = [`-          image: ${api}:1.0.0`, `+          image: ${api}:1.5.0`];

describe("variants of one image in one target", () => {
  it.each([
    [
      "variants-one-workload",
      'policy: { semver: "^1" }',
      ["the tag has a suffix that 1.5.0 lacks", "that tag has no order"],
    ],
    ["variants-ignored", 'policy: { semver: "^1", ignore: ["debug", "*-migrate"] }', ["it is ignored by `*-migrate`"]],
  ])("%s: only the one of the new tag's variant moves, the others are named", async (_, policy, words) => {
    const { lines, said, targets } = await bumped(overlayOf({ "deployment.yaml": variants }, policy), `${api}:1.5.0`);
    expect([lines, targets.map(({ outcome }) => outcome)]).toEqual([moved, ["planned"]]);
    expect(said).toContain("init container `migrate` stays at 1.0.0-migrate: ");
    expect(said).toContain("container `tools` stays at debug: ");
    for (const one of words) expect(said).toContain(one);
  });

  it("stay where the version is forced, too", async () => {
    const { lines } = await bumped(overlayOf({ "deployment.yaml": variants }), `${api}:1.5.0`, { force: true });
    expect(lines).toEqual(moved);
  });

  it("variants-excluded-by-regex", async () => {
    const deployment = workload(
      "",
      `- name: app\n          image: ${api}:1.0.0\n        - name: sidecar\n          image: ${api}:1.0.0-distroless`,
    );
    const policy = 'policy: { regex: "^[0-9.]+$" }';
    const { lines, said } = await bumped(overlayOf({ "deployment.yaml": deployment }, policy), `${api}:1.5.0`);
    expect(lines).toEqual(moved);
    expect(said).toContain("container `sidecar` stays at 1.0.0-distroless: it does not match `^[0-9.]+$`.");
  });

  const two = workload(
    "",
    `- name: app\n          image: ${api}:release\n        - name: next\n          image: ${api}:nightly`,
  );

  it("variants-digest-policy: an entry speaks of its tag, and the other tag may have an entry of its own", async () => {
    const files = overlayOf({ "deployment.yaml": two }, "policy: { digest: release }");
    const pinned = (tag: string) => [`-          image: ${api}:${tag}`, `+          image: ${api}:${tag}@${b4}`];
    const { lines, said } = await bumped(files, `${api}:release@${b4}`);
    expect(lines).toEqual(pinned("release"));
    expect(said).toContain("container `next` stays at nightly: the entry follows the tag release.");
    const both = overlayOf({ "deployment.yaml": two }, "policy: { digest: release }", "policy: { digest: nightly }");
    expect((await bumped(both, `${api}:nightly@${b4}`)).lines).toEqual(pinned("nightly"));
  });

  it("two-versions-one-target: the lower moves, the higher stays and is named", async () => {
    const deployment = workload(init(`${api}:1.9.0`), `- name: app\n          image: ${api}:1.0.0`);
    const { lines, said } = await bumped(overlayOf({ "deployment.yaml": deployment }), `${api}:1.5.0`);
    expect(lines).toEqual(moved);
    expect(said).toBe("init container `migrate` stays at 1.9.0: nothing goes backwards.");
  });
});

describe("one image in several values", () => {
  const parts = `apiImage: ${api}
apiImageTag: 1.0.0
workerImage: ${api}
workerImageTag: 1.0.0 # the same build
`;
  const ofParts = ["api", "worker"].map((one) => `"{{ .Values.${one}Image }}:{{ .Values.${one}ImageTag }}"`);

  it("twice-in-one-map-parts", async () => {
    expect((await bumped(chartOf(parts, ofParts), `${api}:1.5.0`)).lines).toEqual([
      "-apiImageTag: 1.0.0",
      "+apiImageTag: 1.5.0",
      "-workerImageTag: 1.0.0 # the same build",
      "+workerImageTag: 1.5.0 # the same build",
    ]);
  });

  it("twice-in-one-map-whole", async () => {
    const values = `images:\n  api: ${api}:1.0.0\n  migrate: '${api}:1.0.0'\n`;
    const images = ['"{{ .Values.images.api }}"', '"{{ .Values.images.migrate }}"'];
    expect((await bumped(chartOf(values, images), `${api}:1.5.0`)).lines).toEqual([
      `-  api: ${api}:1.0.0`,
      `+  api: ${api}:1.5.0`,
      `-  migrate: '${api}:1.0.0'`,
      `+  migrate: '${api}:1.5.0'`,
    ]);
  });

  it("unused-twin: the value that a template reads, and not the one that none reads", async () => {
    const values = `legacy:
  image:
    repository: ${api}
    tag: 1.0.0 # read by no template
image:
  repository: ${api}
  tag: 1.0.0
`;
    const images = ['"{{ .Values.image.repository }}:{{ .Values.image.tag }}"'];
    expect((await bumped(chartOf(values, images), `${api}:1.5.0`)).lines).toEqual(["-  tag: 1.0.0", "+  tag: 1.5.0"]);
  });

  it("two-entries-one-newname: each item of `images` that decides, and no other", async () => {
    const worker = workload("", "- name: worker\n          image: worker", "worker");
    const item = (name: string, tag: string) => `  - { name: ${name}, newName: '${api}', newTag: ${tag} }`;
    const files = (tags: readonly string[]) =>
      overlayOf({
        "deployment.yaml": workload("", "- name: app\n          image: app"),
        "worker.yaml": worker,
        "kustomization.yaml": `resources: [deployment.yaml, worker.yaml]
images:
${item("app", tags[0] ?? "")}
${item("worker", tags[1] ?? "")}
`,
      });
    expect((await bumped(files(["1.0.0", "1.0.0"]), `${api}:1.5.0`)).lines).toEqual([
      `-${item("app", "1.0.0")}`,
      `+${item("app", "1.5.0")}`,
      `-${item("worker", "1.0.0")}`,
      `+${item("worker", "1.5.0")}`,
    ]);
    expect((await bumped(files(["1.0.0", "1.9.0"]), `${api}:1.5.0`)).lines).toEqual([
      `-${item("app", "1.0.0")}`,
      `+${item("app", "1.5.0")}`,
    ]);
  });
});

describe("a chart that prints the digest in place of the tag", () => {
  const image =
    '"{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag }}{{ end }}"';
  const values = (digest: string) => `image:
  repository: ${api}
  tag: 1.0.0 # for people
  digest: ${digest}
`;
  const both = 'policy: { semver: "^1" }, pin: both';

  it.each([
    ["digest-wins-over-tag", old, both],
    ["the same without `pin`", old, 'policy: { semver: "^1" }'],
    ["an empty digest that `pin: both` fills in", '""', both],
  ])("%s: both are renewed", async (_, digest, policy) => {
    const { lines } = await bumped(chartOf(values(digest), [image], policy), `${api}:1.5.0@${b4}`);
    expect(lines.map((line) => line.replaceAll('"', ""))).toEqual(
      [
        "-  tag: 1.0.0 # for people",
        "+  tag: 1.5.0 # for people",
        `-  digest: ${digest.replaceAll('"', "")}`,
        `+  digest: ${b4}`,
      ].toSorted((a, b) => Number(a.includes("digest")) - Number(b.includes("digest"))),
    );
  });
});

describe("fields that are no container's", () => {
  const both = (before: string, after: string) => [
    `-  image: ${before} # server`,
    `+  image: ${after} # server`,
    `-  sidecarImage: ${before} # proxy`,
    `+  sidecarImage: ${after} # proxy`,
  ];
  const cluster = (more: string) => `apiVersion: db.example.net/v1
kind: Cluster
metadata: { name: shop }
spec:
  image: ${api}:1.0.0 # server
${more}`;

  it("resource-two-image-fields: both", async () => {
    const text = cluster(`  sidecarImage: ${api}:1.0.0 # proxy\n`);
    const { lines, said } = await bumped(overlayOf({ "cluster.yaml": text }), `${api}:1.5.0`);
    expect([lines, said]).toEqual([both(`${api}:1.0.0`, `${api}:1.5.0`), ""]);
  });

  it.each([
    ["one text", `  proxy: ${api}:1.0.0\n`, "`spec.proxy` of Cluster `shop` still has 1.0.0"],
    ["arguments", `  args: ["--run=${api}:1.0.0"]\n`, "`spec.args[0]` of Cluster `shop` still has 1.0.0"],
    ["name and version", `  proxy: { from: ${api}, at: 1.0.0 }\n`, "`spec.proxy` of Cluster `shop` still has 1.0.0"],
  ])("are named where it is not certain that they are images: %s", async (_, more, words) => {
    const { lines, said } = await bumped(overlayOf({ "cluster.yaml": cluster(more) }), `${api}:1.5.0`);
    expect(lines).toEqual(both(`${api}:1.0.0`, `${api}:1.5.0`).slice(0, 2));
    expect(said).toContain(words);
  });

  it("pod-image-volume: the volume with the container, whatever sets it", async () => {
    const pod = (name: string) => `apiVersion: v1
kind: Pod
metadata: { name: shop }
spec:
  containers:
    - { name: app, image: '${name}' }
  volumes:
    - name: assets
      image: { reference: '${name}', pullPolicy: Always }
`;
    const { lines } = await bumped(overlayOf({ "pod.yaml": pod(`${api}:1.0.0`) }), `${api}:1.5.0`);
    expect(lines).toEqual([
      `-    - { name: app, image: '${api}:1.0.0' }`,
      `+    - { name: app, image: '${api}:1.5.0' }`,
      `-      image: { reference: '${api}:1.0.0', pullPolicy: Always }`,
      `+      image: { reference: '${api}:1.5.0', pullPolicy: Always }`,
    ]);
    const item = (tag: string) => `images: [{ name: app, newName: ${api}, newTag: ${tag} }]`;
    const kustomization = `resources: [pod.yaml]\n${item("1.0.0")}\n`;
    const set = await bumped(
      overlayOf({ "pod.yaml": pod("app"), "kustomization.yaml": kustomization }),
      `${api}:1.5.0`,
    );
    expect(set.lines).toEqual([`-${item("1.0.0")}`, `+${item("1.5.0")}`]);
  });
});

describe("a kustomization whose item carries the version in another way", () => {
  const deployment = workload("", "- name: app\n          image: app");
  const files = (item: string, image = "app") =>
    overlayOf({
      "deployment.yaml": deployment.replace("image: app", `image: ${image}`),
      "kustomization.yaml": `resources: [deployment.yaml]\nimages:\n  - name: ${image.replace(/:.*/, "")}\n    ${item}\n`,
    });

  it("newname-carries-tag", async () => {
    expect((await bumped(files(`newName: ${api}:1.0.0`), `${api}:1.5.0`)).lines).toEqual([
      `-    newName: ${api}:1.0.0`,
      `+    newName: ${api}:1.5.0`,
    ]);
  });

  it("newname-carries-tag, with its digest", async () => {
    expect((await bumped(files(`newName: ${api}:1.0.0@${old}`), `${api}:1.5.0@${b4}`)).lines).toEqual([
      `-    newName: ${api}:1.0.0@${old}`,
      `+    newName: ${api}:1.5.0@${b4}`,
    ]);
  });

  it("newtag-carries-digest", async () => {
    const { lines } = await bumped(files(`newTag: 1.0.0@${old} # pinned`, `${api}:0.9.0`), `${api}:1.5.0@${b4}`);
    expect(lines).toEqual([`-    newTag: 1.0.0@${old} # pinned`, `+    newTag: 1.5.0@${b4} # pinned`]);
  });
});

describe("objects that have a chart or a kustomization rendered in the cluster", () => {
  const release = (values: string) => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: shop }
spec:
  interval: 5m
  chart: { spec: { chart: shop, version: 1.x, sourceRef: { kind: HelmRepository, name: charts } } }
${values}`;
  const application = (source: string) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop }
spec:
  destination: { name: in-cluster, namespace: shop }
  source:
    repoURL: https://git.example.net/acme/charts
    path: shop
${source}`;

  it.each([
    [
      "helmrelease-values",
      release(`  values:\n    image:\n      repository: ${api}\n      tag: 1.0.0\n`),
      ["      tag: 1.0.0"],
    ],
    [
      "application-parameters",
      application(`    helm:
      parameters:
        - name: image.repository
          value: ${api}
        - name: image.tag
          value: 1.0.0
`),
      ["          value: 1.0.0"],
    ],
    [
      "Argo CD's values",
      application(`    helm: { valuesObject: { image: { repository: ${api}, tag: 1.0.0 } } }\n`),
      [`    helm: { valuesObject: { image: { repository: ${api}, tag: 1.0.0 } } }`],
    ],
    [
      "Argo CD's values as a text",
      application(`    helm:
      values: |
        # mine
        image:
          repository: ${api}
          tag: 1.0.0 # now
        replicas: 2
`),
      ["          tag: 1.0.0 # now"],
    ],
    [
      "Argo CD's overrides for kustomize",
      application(`    kustomize:\n      images:\n        - app=${api}:1.0.0\n`),
      [`        - app=${api}:1.0.0`],
    ],
    [
      "a post renderer",
      release(
        `  postRenderers:\n    - kustomize:\n        images:\n          - { name: app, newName: ${api}, newTag: 1.0.0 }\n`,
      ),
      [`          - { name: app, newName: ${api}, newTag: 1.0.0 }`],
    ],
    [
      "Flux's Kustomization",
      `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: shop }
spec:
  images:
    - name: app
      newName: ${api}
      newTag: 1.0.0 # released
`,
      ["      newTag: 1.0.0 # released"],
    ],
  ])("%s: in place, without a marker", async (_, text, changed) => {
    const { lines } = await bumped(overlayOf({ "release.yaml": text }), `${api}:1.5.0`);
    expect(lines).toEqual(changed.flatMap((line) => [`-${line}`, `+${line.replace("1.0.0", "1.5.0")}`]));
  });

  it("say where a version stands that is not found by itself, and what finds it", async () => {
    const text = application(`    helm:\n      values: |\n        web: ${api}:1.0.0\n`);
    await expect(bumped(overlayOf({ "release.yaml": text }), `${api}:1.5.0`)).rejects.toMatchObject({
      message: expect.stringContaining("`spec.source.helm.values` of Application `shop`"),
      fix: expect.stringContaining("marker"),
    });
  });
});

describe("what cannot be set", () => {
  it("dev-9-dev-12: says why by semver, and the way out", async () => {
    const deployment = workload("", `- name: app\n          image: ${api}:0.9.0-dev-9`);
    const policy = 'policy: { semver: ">=0.0.0-0", prerelease: true }';
    const { said, lines } = await bumped(overlayOf({ "deployment.yaml": deployment }, policy), `${api}:0.9.0-dev-12`);
    expect(lines).toEqual([]);
    expect(said).toContain("by semver `dev-12` comes before `dev-9`: identifiers with letters are compared as text");
    for (const way of ["`regex`", "`capture` with `numerical`"]) expect(said).toContain(way);
  });

  it("values-of-odd-names: is refused with what works for a bump, and works with it", async () => {
    const values = (mark: string) => `app:\n  container:\n    name: ${api}\n    version: 1.0.0${mark}\n`;
    const images = ['"{{ .Values.app.container.name }}:{{ .Values.app.container.version }}"'];
    const { said, targets } = await bumped(chartOf(values(""), images), `${api}:1.5.0`);
    expect(targets).toMatchObject([{ outcome: "refused" }]);
    expect(said).toContain('`# {"$imagepolicy": "flux-system:api:tag"}`');
    expect(said).not.toMatch(/promote\.paths|strategy/);
    const mark = ' # {"$imagepolicy": "flux-system:api:tag"}';
    const marked = chartOf(values(mark), images, 'policy: { semver: "^1" }, marker: "flux-system:api"');
    expect((await bumped(marked, `${api}:1.5.0`)).lines).toEqual([
      `-    version: 1.0.0${mark}`,
      `+    version: 1.5.0${mark}`,
    ]);
  });

  it("a value that is a template is called that", async () => {
    const values = `image: "{{ .Values.registry }}/acme/api:1.0.0"\nregistry: registry.example.net\n`;
    const { said } = await bumped(chartOf(values, ["{{ tpl .Values.image . | quote }}"]), `${api}:1.5.0`);
    expect(said).toContain("charts/shop/values-staging.yaml:1 is a template");
  });
});
