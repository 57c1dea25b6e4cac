import { afterAll, describe, expect, it } from "vitest";
import { deployment } from "../../support/gitops.ts";
import { alignedFiles, baseDeployment, openWorlds, overlay, prodFile, stagingFile } from "./support.ts";

const worlds = openWorlds();
afterAll(worlds.close);

const scaled = (environment: string, count: number) =>
  overlay(environment, "1.3.0", `replicas: [{ name: web, count: ${count} }]\n`);
const patched = (environment: string, patch: string) =>
  overlay(environment, "1.3.0", `patches:\n  - patch: |-\n${patch.replaceAll(/^/gm, "      ")}\n`);
const container = (fields: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, ${fields} }] } } }`;

describe("fields of two environments", () => {
  it("are apart when a hotfix sets one in the target alone", async () => {
    const { apart } = await worlds.open().drift({ [prodFile]: scaled("prod", 5) });
    expect(apart).toMatchObject([
      {
        environment: "prod",
        from: "staging",
        versions: [],
        fields: [{ resource: "Deployment/web", path: "spec.replicas", here: "5", there: "2" }],
        commits: [],
      },
    ]);
  });

  it("are apart when the source alone gets one, and it is named as a whole where the other has nothing of it", async () => {
    const patch = container("env: [{ name: MODE, value: fast }], securityContext: { runAsNonRoot: true }");
    const { apart } = await worlds.open().drift({ [stagingFile]: patched("staging", patch) });
    expect(apart[0]?.fields).toEqual([
      {
        resource: "Deployment/web",
        path: "spec.template.spec.containers[web].env",
        here: undefined,
        there: '[{"name":"MODE","value":"fast"}]',
      },
      {
        resource: "Deployment/web",
        path: "spec.template.spec.containers[web].securityContext",
        here: undefined,
        there: '{"runAsNonRoot":true}',
      },
    ]);
  });

  it("are not apart when both get the same from what they share", async () => {
    const { apart } = await worlds.open().drift({ [baseDeployment]: deployment({ replicas: 4, cpu: "2" }) });
    expect(apart).toEqual([]);
  });

  it("are an environment's own where they differed before, or where both get them at once with values of their own", async () => {
    const world = worlds.open();
    world.land({ [prodFile]: scaled("prod", 5) });
    expect((await world.drift({ [prodFile]: scaled("prod", 7) })).apart).toEqual([]);
    const mode = (value: string) => container(`env: [{ name: MODE, value: ${value} }]`);
    const both = {
      [stagingFile]: patched("staging", mode("slow")),
      [prodFile]: patched("prod", mode("fast")),
    };
    expect((await worlds.open().drift(both)).apart).toEqual([]);
  });

  it("count also where they differed before when promotions carry the whole folder: the next one takes the hotfix back", async () => {
    const config = alignedFiles()[".sluice.yaml"]?.replace(
      "from: staging",
      "from: staging\n    promote: { strategy: directory }",
    );
    const world = worlds.open({ ...alignedFiles(), ".sluice.yaml": config ?? "", [stagingFile]: scaled("staging", 3) });
    const { apart } = await world.drift({ [prodFile]: scaled("prod", 7) });
    expect(apart[0]?.fields).toEqual([{ resource: "Deployment/web", path: "spec.replicas", here: "7", there: "3" }]);
    expect(apart[0]?.copiedFile).toBe("kustomization.yaml");
  });

  it("do not count as apart for namespaces, the environments' names, generated names and what follows from a version", async () => {
    const files = (environment: string, tag: string, note: string) => ({
      [`apps/web/overlays/${environment}/kustomization.yaml`]: overlay(
        environment,
        tag,
        `namePrefix: ${environment}-\nlabels: [{ pairs: { app.kubernetes.io/version: "${tag}" } }]\nconfigMapGenerator: [{ name: settings, literals: ["note=${note}"] }]\nresources: [../../base, more.yaml]\n`,
      ).replace("resources:\n  - ../../base\n", ""),
      [`apps/web/overlays/${environment}/more.yaml`]: `apiVersion: v1
kind: Pod
metadata: { name: one, annotations: { checksum/config: ${note === "a" ? "a".repeat(64) : "b".repeat(64)} } }
spec:
  containers: [{ name: main, image: "ghcr.io/acme/web", envFrom: [{ configMapRef: { name: settings } }], env: [{ name: HOST, value: web.${environment}.example.com }] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: one }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: one }
subjects: [{ kind: ServiceAccount, name: default, namespace: ${environment} }]
`,
    });
    const world = worlds.open({ ...alignedFiles(), ...files("staging", "1.3.0", "a"), ...files("prod", "1.3.0", "a") });
    expect((await world.drift({ ...files("staging", "1.3.0", "b"), ...files("prod", "1.3.0", "b") })).apart).toEqual(
      [],
    );
    const { apart } = await world.drift(files("staging", "1.4.0", "b"));
    expect(apart[0]?.versions).toHaveLength(1);
    expect(apart[0]?.fields).toEqual([
      { resource: "ConfigMap/prod-settings", path: "data.note", here: "a", there: "b" },
    ]);
  });

  it("do not count as apart where the configuration calls them noise", async () => {
    const config = `${alignedFiles()[".sluice.yaml"]}preview:\n  ignore:\n    - path: /spec/replicas\n    - { kind: Deployment, path: /spec/template/spec/containers/*/image }\n`;
    const world = worlds.open({ ...alignedFiles(), ".sluice.yaml": config });
    const changed = { [prodFile]: scaled("prod", 5).replace("1.3.0", "1.4.0") };
    expect((await world.drift(changed)).apart).toEqual([]);
  });

  it("stand for a resource as a whole that one environment alone gets or loses", async () => {
    const policy =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: deny }\nspec: { podSelector: {} }\n";
    const more = "apps/web/overlays/prod/policy.yaml";
    const overlayWith = overlay("prod", "1.3.0").replace("  - ../../base\n", "  - ../../base\n  - policy.yaml\n");
    const { apart } = await worlds.open().drift({ [prodFile]: overlayWith, [more]: policy });
    expect(apart[0]?.fields).toEqual([{ resource: "NetworkPolicy/deny", path: "", here: "", there: undefined }]);
  });

  it("are listed up to five, and the others counted", async () => {
    const env = Array.from({ length: 9 }, (_, index) => `{ name: V${index}, value: "${index}" }`).join(", ");
    const files = {
      ...alignedFiles(),
      [baseDeployment]: deployment({ replicas: 2, cpu: "1" }).replace("image:", `env: [${env}]\n          image:`),
    };
    const changed = Array.from({ length: 9 }, (_, index) => `{ name: V${index}, value: "x${index}" }`).join(", ");
    const { apart } = await worlds
      .open(files)
      .drift({ [stagingFile]: patched("staging", container(`env: [${changed}]`)) });
    expect(apart[0]?.fields).toHaveLength(5);
    expect(apart[0]?.fields[0]?.path).toBe("spec.template.spec.containers[web].env[V0].value");
    expect(apart[0]?.more).toBe(4);
  });

  it("never show a Secret's value", async () => {
    const secret = (environment: string, value: string) => ({
      [`apps/web/overlays/${environment}/kustomization.yaml`]: overlay(environment, "1.3.0").replace(
        "  - ../../base\n",
        "  - ../../base\n  - secret.yaml\n",
      ),
      [`apps/web/overlays/${environment}/secret.yaml`]: `apiVersion: v1\nkind: Secret\nmetadata: { name: login }\nstringData: { password: ${value} }\n`,
    });
    const world = worlds.open({
      ...alignedFiles(),
      ...secret("staging", "hunter2hunter2"),
      ...secret("prod", "hunter2hunter2"),
    });
    const preview = await world.preview(secret("prod", "correcthorse"));
    expect(preview.drift?.apart[0]?.fields).toMatchObject([
      { resource: "Secret/login", path: "stringData.password", here: expect.stringMatching(/^‹hidden [0-9a-f]{8}›$/) },
    ]);
    expect(JSON.stringify(preview)).not.toMatch(/hunter2|correcthorse/);
  });

  it("are not told where nobody knows what was there before", async () => {
    const world = worlds.open({ ...alignedFiles(), [prodFile]: "resources: [missing.yaml]\n" });
    const { apart, unchecked } = await world.drift({ [prodFile]: scaled("prod", 5) });
    expect([apart, unchecked]).toEqual([[], 0]);
  });
});
