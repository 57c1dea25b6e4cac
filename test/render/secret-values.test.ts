import { describe, expect, it } from "vitest";
import { redactMessage } from "../../src/diff/redact.ts";
import { secretValues, withhold, withoutSecretValues } from "../../src/render/secret-values.ts";
import { memoryRepository } from "../support/memory-repository.ts";
import { memoryTree } from "../support/memory-tree.ts";
import { sharedRenderer } from "./support/engines.ts";

const secret = "hunter2-in-production";
const encoded = Buffer.from(secret).toString("base64");

const files: readonly (readonly [string, string])[] = [
  ["a patch that does not parse", `- op: replace\n  path: /stringData/pw\n  value: ${secret}\n- bad\n`],
  ["a patch of a Secret", `kind: Secret\nstringData:\n  pw: "${secret}"\n bad\n`],
  ["an encoded value", `kind: Secret\ndata:\n  pw: ${encoded}\n`],
  ["a block", `kind: Secret\nstringData:\n  pw: |\n    ${secret}\n`],
  ["JSON", `{\n"kind": "Secret",\n"stringData": {\n"pw": "${secret}"\n}}`],
  ["a literal of a generator", `secretGenerator:\n- name: x\n  literals:\n  - pw=${secret}\n`],
];

describe("m1-secrets-in-error-messages: a renderer's message", () => {
  it.each(files)("has no value of %s, in clear text, as base64 or in part", (_, text) => {
    const values = secretValues(new Map([["a.yaml", text]]));
    for (const said of [secret, encoded, secret.slice(3, 14), JSON.stringify({ pw: secret })]) {
      const message = withhold(`cannot use ${said}: no such thing`, values);
      expect(message).toContain("‹withheld›");
      expect(message).not.toContain(said.slice(2, 10));
      expect(message).toMatch(/^cannot use .*: no such thing$/);
    }
  });

  it("has no value of a file that a generator reads", async () => {
    const texts = {
      "app/kustomization.yaml": "secretGenerator:\n- name: x\n  envs:\n  - prod.env\n",
      "app/prod.env": `PW=${secret}\n`,
    };
    const objects = {
      read: async (oid: string) => ({
        kind: "blob" as const,
        bytes: Buffer.from(Object.entries(texts).find(([path]) => path === oid)?.[1] ?? ""),
      }),
    };
    const trace = Object.keys(texts).map((path) => [path, "file", path] as const);
    expect(await withoutSecretValues(`line 1 of ${secret} is bad`, trace, objects)).toBe("line 1 of ‹withheld› is bad");
  });

  it("has no value that a HelmRelease takes from a Secret", async () => {
    const tree = memoryTree({
      "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "chart/templates/a.yaml": '{{ fail (printf "bad password %s" .Values.pw) }}\n',
    });
    const valuesFrom = [{ yaml: `pw: ${secret}\n`, secret: true }] as const;
    const options = { namespace: "shop", name: "web", root: "", spec: {}, valuesFrom };
    const spec = { kind: "helmrelease", path: "chart", options } as const;
    const { signal } = new AbortController();
    const render = await sharedRenderer().render(spec, { tree, objects: tree.objects }, signal);
    expect(render).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining("bad password ‹withheld›") },
    });
    expect(JSON.stringify(render)).not.toContain(secret);
  });

  it("keeps what is no value of a Secret", () => {
    const values = secretValues(
      new Map([
        [
          "a.yaml",
          "kind: Deployment\nspec:\n  image: nginx:1.27\n---\nkind: Secret\nmetadata:\n  name: web\ntype: Opaque\n",
        ],
      ]),
    );
    expect(withhold("no image nginx:1.27 in Secret web of type Opaque", values)).toBe(
      "no image nginx:1.27 in Secret web of type Opaque",
    );
  });

  it.each([
    [
      "the revision of a remote base beside a patch of a ConfigMap",
      "resources:\n- https://git.acme.test/web//k8s?ref=508ceb107bc1faba4591dbf10a76c8c317503408\npatches:\n- patch: |\n    - op: replace\n      path: /data/TEXT\n      value: Hello from staging\n",
      'no "https://git.acme.test/web//k8s?ref=508ceb107bc1faba4591dbf10a76c8c317503408"',
    ],
    [
      "the account that a token is for",
      "kind: Secret\nmetadata:\n  annotations:\n    kubernetes.io/service-account.name: internal-service\ntype: kubernetes.io/service-account-token\n",
      "no internal-services of type kubernetes.io/service-account-token",
    ],
    [
      "what a SecretStore says",
      "kind: SecretStore\nspec:\n  provider: { vault: { server: https://vault.acme.test } }\n",
      "no https://vault.acme.test",
    ],
    [
      "the scheme and the host of an address",
      "kind: Secret\nstringData:\n  hook: https://hooks.acme.test/services/T0/B0\n",
      "no https://charts.acme.test, nor https://hooks.acme.test",
    ],
  ])("keeps %s", (_, text, message) => {
    expect(withhold(message, secretValues(new Map([["a.yaml", text]])))).toBe(message);
  });

  it.each([
    ["nested in values", `extraObjects:\n- kind: Secret\n  data:\n    pw: ${encoded}\n`],
    ["in a list", `kind: List\nitems:\n- kind: Secret\n  stringData: { pw: ${secret} }\n`],
    ["in a text", `data:\n  all.yaml: |\n    kind: Secret\n    stringData:\n      pw: ${secret}\n`],
    [
      "that was applied before",
      `kind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"kind":"Secret","data":{"pw":"${encoded}"}}'\n`,
    ],
    ["in a path of an address", `kind: Secret\nstringData:\n  hook: https://hooks.acme.test/services/${secret}\n`],
    ["of a patch", `- op: add\n  path: /stringData\n  value: { pw: ${secret} }\n`],
    ["of a generator in one line", `secretGenerator: [{ name: x, literals: [pw=${secret}] }]\n`],
  ])("has no value %s", (_, text) => {
    const message = withhold(`cannot use ${secret} here`, secretValues(new Map([["a.yaml", text]])));
    expect(message).toBe("cannot use ‹withheld› here");
  });

  it.each([
    [
      `unable to parse SM or JSON patch from [patch: "- op: replace\\n  path: /stringData/pw\\n  value: ${secret}\\n- bad"]`,
      "unable to parse SM or JSON patch from ‹withheld›",
    ],
    [`options.index 9 is out of bounds for value ${secret}`, "options.index 9 is out of bounds for value ‹withheld›"],
    [`trouble: from [path: "x" patch: "kind: Secret ${secret}"] here`, "trouble: from ‹withheld›"],
  ])("never repeats a patch, nor the value of a replacement: %s", (message, said) => {
    expect(redactMessage(message)).toBe(said);
  });
});

describe("m1-secrets-in-error-messages: a kustomization that does not build, with a Secret's value near the mistake", () => {
  const value = "hunter2-in-production";
  const manifest = `apiVersion: v1\nkind: Secret\nmetadata: { name: login }\nstringData: { pw: ${value} }\n`;
  const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { a: b }\n";
  const render = async (more: string) => {
    const repository = memoryRepository();
    const kustomization = `resources: [secret.yaml, map.yaml]\n${more}`;
    const files = { "app/kustomization.yaml": kustomization, "app/secret.yaml": manifest, "app/map.yaml": map };
    const source = { tree: await repository.tree(repository.commit(files)), objects: repository.objects };
    const signal = AbortSignal.timeout(600_000);
    return sharedRenderer().render({ kind: "kustomize", path: "app", options: {} }, source, signal);
  };

  it.each([
    [
      "a JSON6902 patch",
      `patches:\n- target: { kind: Secret }\n  patch: |-\n    - op: replace\n      path: /stringData/pw\n      value: ${value}\n    - bad\n`,
    ],
    [
      "a strategic-merge patch",
      `patches:\n- patch: |-\n    kind: Secret\n    metadata: { name: login\n    stringData: { pw: ${value} }\n`,
    ],
    [
      "a replacement",
      `replacements:\n- source: { kind: Secret, fieldPath: stringData.pw, options: { delimiter: "-", index: 9 } }\n  targets: [{ select: { kind: ConfigMap }, fieldPaths: [data.a] }]\n`,
    ],
  ])("%s is told without it", async (_, more) => {
    const result = await render(more);
    expect(result.ok).toBe(false);
    const said = JSON.stringify(result.ok ? "" : result.failure);
    expect(said.length).toBeGreaterThan(30);
    for (const part of [value, "hunter2", Buffer.from(value).toString("base64").slice(0, 20)])
      expect(said).not.toContain(part);
  });
});
