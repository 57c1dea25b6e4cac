import { describe, expect, it } from "vitest";
import { only, world, written } from "./support/world.ts";

/** Charts of two apps, and one values file for each environment. */
function files(envs: { readonly staging: string; readonly prod: string }, promote = "{}"): Record<string, string> {
  const targets = (name: string) => `targets: [{ path: "charts/{app}", helm: { valueFiles: ["envs/${name}.yaml"] } }]`;
  const chart = (app: string) => ({
    [`charts/${app}/Chart.yaml`]: `apiVersion: v2\nname: ${app}\nversion: 1.0.0\n`,
    [`charts/${app}/values.yaml`]: `${app}: { image: { repository: ghcr.io/acme/${app}, tag: "0.1" } }\n`,
    [`charts/${app}/templates/app.yaml`]: `apiVersion: v1
kind: Pod
metadata: { name: ${app} }
spec:
  containers:
    - { name: ${app}, image: "{{ .Values.${app}.image.repository }}:{{ .Values.${app}.image.tag }}" }
`,
  });
  return {
    ".sluice.yaml": `version: 1
environments:
  - name: staging
    ${targets("staging")}
  - name: prod
    from: staging
    gates: { healthy: false }
    promote: ${promote}
    ${targets("prod")}
`,
    ...chart("web"),
    ...chart("api"),
    "envs/staging.yaml": envs.staging,
    "envs/prod.yaml": envs.prod,
  };
}

const both = (tag: string) => `web: { image: { tag: "${tag}" } }\napi: { image: { tag: "${tag}" } }\n`;
const onlyWeb = `web: { image: { tag: "2.1" } }\napi: { image: { tag: "1.0" } }\n`;
const envs = { staging: both("2.1"), prod: both("1.0") };

describe("14-one-values-file-for-several-apps: one values file for each environment", () => {
  it("has the tag of the promoted app changed and nothing else, since the other app renders as before", async () => {
    const computed = await world(files(envs)).promote({ apps: ["web"] });
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      images: [{ image: "ghcr.io/acme/web", from: "1.0", to: "2.1" }],
      notes: [],
    });
    expect(computed.changes.map(({ path }) => path)).toEqual(["envs/prod.yaml"]);
    expect(written(computed, "envs/prod.yaml")).toBe(onlyWeb);
  });

  it("has the tags of all apps changed by one promotion", async () => {
    const computed = await world(files(envs)).promote();
    expect(computed.plan.targets.map(({ outcome }) => outcome)).toEqual(["planned", "planned"]);
    expect(written(computed, "envs/prod.yaml")).toBe(both("2.1"));
  });

  it("gets the tag where only the chart sets it", async () => {
    const computed = await world(files({ ...envs, prod: "replicas: 1\n" })).promote({ apps: ["web"] });
    expect(only(computed).notes).toEqual([
      "`charts/web/values.yaml` sets `ghcr.io/acme/web` and belongs to `web/staging` too: the version is set in `envs/prod.yaml` instead.",
    ]);
    expect(written(computed, "envs/prod.yaml")).toBe('replicas: 1\nweb:\n  image:\n    tag: "2.1"\n');
  });

  it("is named by the strategy paths from the root of the repository, by the key of the app", async () => {
    const promote = `{ strategy: paths, paths: [{ file: "/envs/{environment}.yaml", key: "{app}.image.tag" }] }`;
    const computed = await world(files(envs, promote)).promote({ apps: ["web"] });
    expect(only(computed)).toMatchObject({
      outcome: "planned",
      images: [{ image: "/envs/prod.yaml: web.image.tag", from: "1.0", to: "2.1" }],
    });
    expect(written(computed, "envs/prod.yaml")).toBe(onlyWeb);
  });

  it("is left alone where one value decides about both apps, with who else would change", async () => {
    const shared = files({ staging: 'tag: "2.1"\n', prod: 'tag: "1.0"\n' });
    const template = (app: string) =>
      (shared[`charts/${app}/templates/app.yaml`] ?? "").replace(/\{\{ \S+tag/, "{{ .Values.tag");
    const templates = Object.fromEntries(
      ["web", "api"].map((app) => [`charts/${app}/templates/app.yaml`, template(app)]),
    );
    const promote = (strategy: string) => (shared[".sluice.yaml"] ?? "").replace("promote: {}", `promote: ${strategy}`);
    const paths = `{ strategy: paths, paths: [{ file: "/envs/{environment}.yaml", key: tag }] }`;
    const computed = await world({ ...shared, ...templates, ".sluice.yaml": promote(paths) }).promote({
      apps: ["web"],
    });
    expect(only(computed)).toMatchObject({
      outcome: "refused",
      reason: "editing `envs/prod.yaml` would also change api in prod",
    });
  });
});
