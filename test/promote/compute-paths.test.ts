import { describe, expect, it } from "vitest";
import { config, only, world, written } from "./support/world.ts";

const chart = {
  "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
  "charts/shop/values.yaml": "image: { repository: acme/shop, tag: latest }\nreplicas: 1\nflags: off\n",
  "charts/shop/templates/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  annotations: { flags: {{ .Values.flags | quote }} }
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
        - name: web
          image: {{ .Values.image.repository }}:{{ .Values.image.tag }}
`,
};

function files(staging: string, prod: string, promote: string): Record<string, string> {
  const place = (name: string, more = "") =>
    `  - name: ${name}\n    path: charts/{app}\n    renderer: helm\n    helm: { valueFiles: ["charts/{app}/values-${name}.yaml"] }\n${more}`;
  return {
    ...chart,
    ".sluice.yaml": `version: 1\nenvironments:\n${place("staging")}${place("prod", `    from: staging\n    promote: ${promote}\n`)}`,
    "charts/shop/values-staging.yaml": staging,
    "charts/shop/values-prod.yaml": prod,
  };
}

const paths = (...keys: readonly string[]) =>
  `{ strategy: paths, paths: [${keys.map((key) => `{ file: "values-{environment}.yaml", key: ${key} }`).join(", ")}] }`;

describe("the strategy paths", () => {
  it("carries the named values and keeps every other byte", async () => {
    const { promote } = world(
      files(
        "image: { tag: 1.4.0 }\nreplicas: 3\nflags: blue\n",
        "# prod\r\nimage:\r\n  tag: '1.3.0' # careful\r\nreplicas: 9\r\nflags: red\r\n",
        paths("image.tag", "flags"),
      ),
    );
    const computed = await promote();
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      images: [
        { image: "values-prod.yaml: image.tag", from: "1.3.0", to: "1.4.0" },
        { image: "values-prod.yaml: flags", from: "red", to: "blue" },
      ],
      edits: [
        {
          file: "charts/shop/values-prod.yaml",
          line: 3,
          before: "  tag: '1.3.0' # careful",
          after: "  tag: '1.4.0' # careful",
        },
        { file: "charts/shop/values-prod.yaml", line: 5, before: "flags: red", after: "flags: blue" },
      ],
    });
    expect(written(computed, "charts/shop/values-prod.yaml")).toBe(
      "# prod\r\nimage:\r\n  tag: '1.4.0' # careful\r\nreplicas: 9\r\nflags: blue\r\n",
    );
    expect(computed.changes.map(({ path }) => path)).toEqual(["charts/shop/values-prod.yaml"]);
  });

  it("keeps numbers numbers, and text that looks like a number text", async () => {
    const { promote } = world(
      files(
        'image: { tag: "1.10" }\nreplicas: 5\n',
        "image: { tag: '1.9' }\nreplicas: 2\n",
        paths("image.tag", "replicas"),
      ),
    );
    const computed = await promote();
    expect(written(computed, "charts/shop/values-prod.yaml")).toBe("image: { tag: '1.10' }\nreplicas: 5\n");
  });

  it("is already there when the values are the same, however they are written", async () => {
    const { promote } = world(files("image: { tag: 1.4.0 }\n", 'image: {tag: "1.4.0"}\n', paths("image.tag")));
    expect(only(await promote()).outcome).toBe("already");
  });

  it("refuses values that are missing or not single, and lists them all", async () => {
    const { promote } = world(files("image: { tag: 1.4.0 }\n", "image: {}\n", paths("image.tag", "image", "replicas")));
    const target = only(await promote());
    expect(target).toMatchObject({ outcome: "refused", edits: [] });
    expect(target.outcome === "refused" && target.reason).toBe(
      "the values cannot be carried: `charts/shop/values-prod.yaml` of shop/prod has no `image.tag`; `image` in `charts/shop/values-prod.yaml` is a map; `charts/shop/values-prod.yaml` of shop/prod has no `replicas`",
    );
  });

  it("refuses to edit a file that other targets read too", async () => {
    const { promote, temp } = world(
      files("a: 1\n", "a: 2\n", "{ strategy: paths, paths: [{ file: values.yaml, key: flags }] }"),
    );
    const before = temp.git("rev-parse", "HEAD");
    temp.commit({ "charts/shop/values.yaml": chart["charts/shop/values.yaml"].replace("off", "on") });
    const target = only(await promote({ commit: before }));
    expect(target.outcome === "refused" && target.reason).toBe(
      "editing `charts/shop/values.yaml` would also change shop in staging",
    );
  });

  it("says how much else changes with a value", async () => {
    const { promote } = world(files("replicas: 5\n", "replicas: 2\n", paths("replicas")));
    const target = only(await promote());
    expect(target.notes.join()).toContain("1 other field of the render changes with it.");
  });

  it("refuses values in a folder that has no such file", async () => {
    const { promote } = world({
      ".sluice.yaml": config("ENV/{app}", [
        "promote: { strategy: paths, paths: [{ file: version.yaml, key: data.version }] }",
      ]),
      "staging/shop/version.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: v }\ndata: { version: '2' }\n",
      "prod/shop/other.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: v }\ndata: { version: '1' }\n",
    });
    const target = only(await promote());
    expect(target.outcome === "refused" && target.reason).toContain("shop/prod has no file `prod/shop/version.yaml`");
  });
});
