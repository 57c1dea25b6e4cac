import { describe, expect, it } from "vitest";
import { compare } from "./support.ts";

const deployment = (
  options: { image?: string; replicas?: number; name?: string; config?: string; extra?: string } = {},
) => `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${options.name ?? "web"}
spec:
  replicas: ${options.replicas ?? 2}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: sidecar
        image: proxy:2.0
      - name: web
        image: ${options.image ?? "ghcr.io/acme/web:1.3.0"}
        envFrom:
        - configMapRef: { name: ${options.config ?? "web-config"} }
${options.extra ?? ""}`;

const configMap = (name: string, value: string) => `
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { colour: ${value}, mode: fast, size: "3" }
`;

const labels = (comparison: ReturnType<typeof compare>) =>
  comparison.changes.map(
    ({ action, kind, name, from }) => `${action} ${kind}/${name}${from ? ` from ${from.name}` : ""}`,
  );

describe("comparing two renders", () => {
  it("says nothing of renders that are equal as data", () => {
    const result = compare(deployment(), deployment().replace("replicas: 2\n", "replicas: 2 # two\n"));
    expect(result).toStrictEqual({
      ...{ changes: [], images: [], replicas: [], restarts: 0, rollouts: 0 },
      ...{ hiddenLines: 0, ignoredLines: 0, random: [], findings: [] },
    });
  });

  it("shows a changed field under its path, and the image and the replicas", () => {
    const result = compare(deployment(), deployment({ image: "ghcr.io/acme/web:1.4.0", replicas: 3 }));
    expect(result.changes).toStrictEqual([
      {
        ...{ apiVersion: "apps/v1", kind: "Deployment", namespace: "", name: "web" },
        ...{ action: "changed", addedLines: 2, removedLines: 2 },
        diff: "@@ spec @@\n-replicas: 2\n+replicas: 3\n@@ spec.template.spec.containers[web] @@\n-image: ghcr.io/acme/web:1.3.0\n+image: ghcr.io/acme/web:1.4.0",
        fields: [
          { name: "replicas", path: "spec.replicas", from: "2", to: "3" },
          {
            ...{ name: "image", path: "spec.template.spec.containers[web].image" },
            ...{ from: "ghcr.io/acme/web:1.3.0", to: "ghcr.io/acme/web:1.4.0" },
          },
        ],
      },
    ]);
    expect(result.rollouts).toBe(1);
    expect(result.images).toEqual([
      { container: "Deployment/web: web", from: "ghcr.io/acme/web:1.3.0", to: "ghcr.io/acme/web:1.4.0" },
    ]);
    expect(result.replicas).toEqual([{ workload: "Deployment/web", from: 2, to: 3 }]);
  });

  it("shows new and gone resources whole", () => {
    const added = compare("", configMap("a", "blue"));
    expect(added.changes[0]).toMatchObject({ action: "added", addedLines: 8, removedLines: 0 });
    expect(added.changes[0]?.diff).toContain("+data:\n+  colour: blue\n");
    const removed = compare(configMap("a", "blue"), undefined);
    expect(removed.changes[0]).toMatchObject({ action: "removed", addedLines: 0, removedLines: 8 });
  });

  it("takes a new version of the same group as a change", () => {
    const base = deployment().replace("apps/v1", "apps/v1beta2");
    expect(labels(compare(base, deployment()))).toEqual(["changed Deployment/web"]);
  });

  it("folds a new content hash in a name into one change and counts the restarts", () => {
    const base = deployment({ config: "web-config-2g4h6k8m9t" }) + configMap("web-config-2g4h6k8m9t", "blue");
    const head = deployment({ config: "web-config-7d5f6b8c9t" }) + configMap("web-config-7d5f6b8c9t", "green");
    const result = compare(base, head);
    expect(labels(result)).toEqual(["renamed ConfigMap/web-config-7d5f6b8c9t from web-config-2g4h6k8m9t"]);
    expect(result.changes[0]).toMatchObject({ addedLines: 1, removedLines: 1 });
    expect(result.restarts).toBe(1);
  });

  it("hides the lines that only follow a new hash where nothing restarts", () => {
    const route = (config: string) =>
      `\n---\n{ apiVersion: a/v1, kind: Route, metadata: { name: r }, spec: { maps: [${config}, ${config}] } }\n`;
    const [old, fresh] = ["web-config-2g4h6k8m9t", "web-config-7d5f6b8c9t"];
    const result = compare(route(old) + configMap(old, "blue"), route(fresh) + configMap(fresh, "green"));
    expect(labels(result)).toEqual([`renamed ConfigMap/${fresh} from ${old}`]);
    expect([result.restarts, result.hiddenLines]).toEqual([0, 2]);
    const workload = compare(
      deployment({ config: old }) + configMap(old, "blue"),
      deployment({ config: fresh }) + configMap(fresh, "green"),
    );
    expect([workload.restarts, workload.rollouts, workload.hiddenLines]).toEqual([1, 1, 0]);
  });

  it("follows no name of which it is not clear what it became", () => {
    const [old, one, two] = ["web-config-2g4h6k8m9t", "web-config-7d5f6b8c9t", "web-config-8d5f6b8c9t"];
    const inSpace = (name: string, value: string, space: string) =>
      configMap(name, value).replace("name: ", `namespace: ${space}, name: `);
    const base = deployment({ config: old }) + inSpace(old, "blue", "a") + inSpace(old, "blue", "b");
    const clear = deployment({ config: one }) + inSpace(one, "red", "a") + inSpace(one, "red", "b");
    expect(compare(base, clear).restarts).toBe(1);
    for (const used of [one, two]) {
      const unclear = deployment({ config: used }) + inSpace(one, "red", "a") + inSpace(two, "red", "b");
      const { changes, restarts } = compare(base, unclear);
      expect([restarts, changes.map(({ kind, addedLines }) => `${kind} +${addedLines}`).sort()]).toEqual([
        ...[0, ["ConfigMap +1", "ConfigMap +1", "Deployment +1"]],
      ]);
    }
  });

  it("shows a reference that did not follow the new hash", () => {
    const base = deployment({ config: "web-config-2g4h6k8m9t" }) + configMap("web-config-2g4h6k8m9t", "blue");
    const head =
      deployment({ config: "web-config-2g4h6k8m9t", replicas: 3 }) + configMap("web-config-7d5f6b8c9t", "green");
    const result = compare(base, head);
    expect(result.restarts).toBe(0);
    expect(result.changes.find(({ kind }) => kind === "Deployment")?.diff).not.toContain("7d5f6b8c9t");
  });

  it("finds a renamed resource by its likeness, and one that moved to another namespace", () => {
    expect(labels(compare(deployment(), deployment({ name: "frontend" })))).toEqual([
      "renamed Deployment/frontend from web",
    ]);
    const moved = compare(configMap("a", "blue"), configMap("a", "red").replace("name: a", "name: a, namespace: x"));
    expect(labels(moved)).toEqual(["renamed ConfigMap/a from a"]);
  });

  it("finds a workload that changed its kind", () => {
    const head = deployment().replace("kind: Deployment", "kind: StatefulSet");
    const result = compare(deployment(), head);
    expect(labels(result)).toEqual(["renamed StatefulSet/web from web"]);
    expect(result.changes[0]?.from?.kind).toBe("Deployment");
  });

  it.each([
    ["nothing else changes", deployment({ name: "frontend" }), []],
    ["one value changes", deployment({ name: "frontend", replicas: 3 }), ["replicas"]],
    ["more changes", deployment({ name: "frontend", extra: "        env: [{ name: A }]" }), undefined],
  ])("says of a renamed resource what else is another value: %s", (_, head, fields) => {
    const [change] = compare(deployment(), head).changes;
    expect(change?.fields?.map(({ name }) => name)).toEqual(fields);
    expect(change).not.toHaveProperty("labelsOnly");
  });

  it("counts no rollout of what is another resource, nor of what is no workload", () => {
    const renamed = compare(deployment(), deployment({ name: "frontend", image: "web:2" }));
    expect([labels(renamed), renamed.rollouts]).toEqual([["renamed Deployment/frontend from web"], 0]);
    const other = (value: string) =>
      `{ apiVersion: a/v1, kind: Form, metadata: { name: f }, spec: { template: { a: ${value} } } }`;
    expect(compare(other("x"), other("y"))).toMatchObject({ changes: [{ kind: "Form" }], rollouts: 0 });
  });

  it("keeps unlike resources of one kind apart", () => {
    const other = configMap("b", "x").replace("colour: x, mode: fast, size", "alpha: a, beta: b, gamma");
    expect(labels(compare(configMap("a", "blue"), other)).sort()).toEqual(["added ConfigMap/b", "removed ConfigMap/a"]);
  });

  it("does not take a new order of containers or variables for a difference, but of init containers", () => {
    const pod = (containers: string) => `
apiVersion: v1
kind: Pod
metadata: { name: p }
spec: { ${containers} }`;
    const one = "{ name: a, image: a:1 }";
    const two = "{ name: b, image: b:1 }";
    const moved = compare(pod(`containers: [${one}, ${two}]`), pod(`containers: [${two}, ${one}]`));
    expect(moved.changes).toEqual([]);
    expect(moved.hiddenLines).toBe(2);
    const init = "containers: [{ name: c, image: c:1 }], initContainers";
    expect(compare(pod(`${init}: [${one}, ${two}]`), pod(`${init}: [${two}, ${one}]`)).changes).toHaveLength(1);
  });

  it.each<readonly [list: string, base: string, head: string]>([
    [
      "containers",
      "containers: [{ name: a, image: a:1 }, { name: b, image: b:1 }]",
      "containers: [{ name: b, image: b:1 }, { name: a, image: a:1 }]",
    ],
    [
      "variables",
      "containers: [{ name: a, env: [{ name: A }, { name: B }] }]",
      "containers: [{ name: a, env: [{ name: B }, { name: A }] }]",
    ],
    [
      "volumes",
      "containers: [{ name: a }], volumes: [{ name: v }, { name: w }]",
      "containers: [{ name: a }], volumes: [{ name: w }, { name: v }]",
    ],
  ])("takes a new order of %s for what it does: pods are replaced", (_, base, head) => {
    const workload = (spec: string, replicas = 2) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: ${replicas}, template: { spec: { ${spec} } } }\n`;
    const order = compare(workload(base), workload(head));
    expect([labels(order), order.rollouts, order.hiddenLines]).toEqual([["changed Deployment/web"], 1, 0]);
    expect(order.changes[0]?.diff).not.toBe("");
    expect(order.findings).toMatchObject([{ id: "pods-reordered", severity: "notice" }]);
    const scaled = compare(workload(base), workload(head, 3));
    expect([scaled.changes[0]?.diff, scaled.rollouts]).toEqual(["@@ spec @@\n-replicas: 2\n+replicas: 3", 1]);
    expect(scaled.findings.map(({ id }) => id)).toEqual(["pods-reordered"]);
    const more = compare(workload(base), workload(`${head}, hostname: web`));
    expect([more.rollouts, more.findings.map(({ id }) => id)]).toEqual([1, []]);
  });

  it("shows a new order of variables of which one reads another, as it may read nothing then", () => {
    const env = (items: string) => deployment({ extra: `        env: [${items}]` });
    const result = compare(
      env('{ name: HOST, value: db }, { name: URL, value: "http://$(HOST)" }'),
      env('{ name: URL, value: "http://$(HOST)" }, { name: HOST, value: db }'),
    );
    expect(result.changes).toHaveLength(1);
    expect(result.hiddenLines).toBe(0);
  });

  it("shows one item of a keyed list that changed although the list was shuffled", () => {
    const env = (items: string) => deployment({ extra: `        env: [${items}]` });
    const result = compare(
      env("{ name: A, value: one }, { name: B, value: two }"),
      env("{ name: B, value: two }, { name: A, value: uno }"),
    );
    expect(result.changes[0]?.diff).toContain("@@ spec.template.spec.containers[web].env[A] @@");
    expect(result.changes[0]).toMatchObject({ addedLines: 1, removedLines: 1 });
  });

  it("takes lists of resources apart", () => {
    const list = (colour: string) => `
apiVersion: v1
kind: ConfigMapList
items:
- metadata: { name: a }
  data: { colour: ${colour} }
- metadata: { name: b }
  data: { colour: red }`;
    expect(labels(compare(list("blue"), list("green")))).toEqual(["changed ConfigMap/a"]);
  });

  it("finds images in CronJobs, init containers and custom resources of a pod's shape", () => {
    const cron = (tag: string) => `
apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly, namespace: jobs }
spec: { jobTemplate: { spec: { template: { spec: {
  initContainers: [{ name: wait, image: "wait:${tag}" }], containers: [{ name: run, image: "run:${tag}" }] } } } } }
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web }
spec: { template: { spec: { containers: [{ name: web, image: "web:${tag}" }] } } }`;
    expect(compare(cron("1.0"), cron("1.1")).images).toEqual([
      { container: "CronJob/jobs/nightly: wait", from: "wait:1.0", to: "wait:1.1" },
      { container: "CronJob/jobs/nightly: run", from: "run:1.0", to: "run:1.1" },
      { container: "Rollout/web: web", from: "web:1.0", to: "web:1.1" },
    ]);
  });

  it("tells numbers apart that a double cannot hold", () => {
    const object = { apiVersion: "v1", kind: "Thing", metadata: { name: "t" }, size: 2 ** 63 };
    const base = [{ object, numbers: { "/size": "9223372036854775808" } }];
    const head = [{ object, numbers: { "/size": "9223372036854775809" } }];
    const result = compare(undefined, undefined, { base, head });
    expect(result.changes[0]?.diff).toContain("-size: 9223372036854775808\n+size: 9223372036854775809");
  });

  it("orders what is risky first", () => {
    const pvc = "\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\nspec: {}\n";
    const result = compare(
      configMap("a", "blue") + pvc,
      configMap("a", "red") + configMap("z", "x").replace("mode: fast", "q: r"),
    );
    expect(result.changes[0]).toMatchObject({ action: "removed", kind: "PersistentVolumeClaim" });
  });

  it("matches thousands of renamed resources without comparing each with each", () => {
    const many = (suffix: string) =>
      Array.from({ length: 3000 }, (_, index) => ({
        object: {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: `c${index}${suffix}`, labels: { app: "same" } },
          data: { id: `value-${index}`, other: `other-${index}`, shared: "same" },
        },
      }));
    const result = compare(undefined, undefined, { base: many(""), head: many("-new") });
    expect(result.changes.every(({ action, name, from }) => action === "renamed" && `${from?.name}-new` === name)).toBe(
      true,
    );
    expect(result.changes).toHaveLength(3000);
  });
});

describe("the chart's version", () => {
  const labelled = (name: string, chart: string, mode = "fast") =>
    `---\n{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, labels: { helm.sh/chart: "${chart}" } }, data: { mode: ${mode} } }\n`;

  it.each<readonly [about: string, base: string, head: string, chart: object | undefined]>([
    ["is told", labelled("a", "web-1.0.0"), labelled("a", "web-1.1.0-rc.1"), { from: "1.0.0", to: "1.1.0-rc.1" }],
    [
      "of a long name is told",
      labelled("a", "a-2-web-v1.0.0"),
      labelled("a", "a-2-web-v2.0.0"),
      { from: "v1.0.0", to: "v2.0.0" },
    ],
    [
      "is told once where all agree",
      labelled("a", "web-1.0.0") + labelled("b", "web-1.0.0") + labelled("c", "other"),
      labelled("a", "web-1.1.0") + labelled("b", "web-1.1.0") + labelled("c", "another"),
      { from: "1.0.0", to: "1.1.0" },
    ],
    ["that stays is not told", labelled("a", "web-1.0.0", "slow"), labelled("a", "web-1.0.0"), undefined],
    ["of another chart is not told", labelled("a", "web-1.0.0"), labelled("a", "app-1.1.0"), undefined],
    ["that comes is not told", labelled("a", "web"), labelled("a", "web-1.1.0"), undefined],
    ["that goes is not told", labelled("a", "web-1.1.0"), labelled("a", "web"), undefined],
    [
      "of two charts is not told",
      labelled("a", "web-1.0.0") + labelled("b", "app-1.0.0"),
      labelled("a", "web-1.1.0") + labelled("b", "app-1.1.0"),
      undefined,
    ],
  ])("%s", (_, base, head, chart) => {
    expect(compare(base, head).chart).toEqual(chart);
  });
});

describe("preview.ignore", () => {
  const annotated = (checksum: string, replicas = 2) =>
    deployment({ replicas }).replace(
      "  name: web\n",
      `  name: web\n  annotations: { checksum/config: ${checksum}, keep: me }\n`,
    );
  const rule = { kind: "Deployment", path: "/metadata/annotations/checksum~1config" };

  it("hides a difference that is noise and counts its lines", () => {
    const result = compare(annotated("aaa"), annotated("bbb"), { ignore: [rule] });
    expect(result).toMatchObject({ changes: [], hiddenLines: 2, ignoredLines: 2, restarts: 0, rollouts: 0 });
  });

  it("counts the lines of all resources, beside those that only another order moves", () => {
    const pod = (first: string, second: string, annotation: string) =>
      `\n---\n{ apiVersion: v1, kind: Pod, metadata: { name: p, annotations: { a: ${annotation} } }, spec: { containers: [{ name: ${first} }, { name: ${second} }] } }\n`;
    const result = compare(annotated("aaa") + pod("x", "y", "one"), annotated("bbb") + pod("y", "x", "two"), {
      ignore: [rule, { path: "/metadata/annotations/a" }],
    });
    expect(result).toMatchObject({ changes: [], hiddenLines: 6, ignoredLines: 4 });
  });

  it("leaves what else differs, and resources that the rule does not name", () => {
    const result = compare(annotated("aaa"), annotated("bbb", 3), { ignore: [rule] });
    expect(result.changes[0]).toMatchObject({ addedLines: 1, removedLines: 1 });
    expect(
      compare(annotated("aaa"), annotated("bbb"), { ignore: [{ ...rule, name: "other-*" }] }).changes,
    ).toHaveLength(1);
  });

  it("hides a field that is new together with the object around it", () => {
    const head = deployment().replace("  name: web\n", "  name: web\n  annotations: { checksum/config: aaa }\n");
    const result = compare(deployment(), head, { ignore: [rule] });
    expect(result.changes).toEqual([]);
    expect(result.hiddenLines).toBe(1);
  });

  it("reads a star as every item", () => {
    const path = "/spec/template/spec/containers/*/image";
    const result = compare(deployment(), deployment({ image: "x:9" }), { ignore: [{ path }] });
    expect(result.changes).toEqual([]);
    expect(result.images).toHaveLength(1);
  });
});
