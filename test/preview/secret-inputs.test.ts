import { describe, expect, it } from "vitest";
import { maskSecrets, maskText } from "../../src/diff/mask.ts";
import type { ValueObject } from "../../src/diff/value.ts";
import { secretInputs } from "../../src/model/secret-inputs.ts";
import type { RenderSpec } from "../../src/model/target.ts";
import { compare } from "../diff/support.ts";

const shownText = (text: string): string => maskText(text, "key");

const release = (valuesFrom: readonly { yaml: string; targetPath?: string; secret?: true }[]): RenderSpec => ({
  kind: "helmrelease",
  path: "charts/web",
  options: { namespace: "default", name: "web", root: "", spec: {}, valuesFrom },
});

describe("values of Secrets that controllers put into a render", () => {
  it("are those of valuesFrom, at a path or as a document, and not those of ConfigMaps", () => {
    const spec = release([
      { yaml: "hunter2AAA", targetPath: "pw", secret: true },
      { yaml: "db: { password: correct-horse, port: 54321678 }", secret: true },
      { yaml: "region: eu-central-1" },
      { yaml: "pin: 1234\nflag: no\n", secret: true },
    ]);
    expect(secretInputs([undefined, spec])).toEqual(["correct-horse", "hunter2AAA", "54321678", "1234"]);
  });

  it("are those of substituteFrom, and not other variables", () => {
    const options = { namespace: "flux-system", name: "apps", root: "", spec: {} };
    const variables = { PW: "hunter2AAA", REGION: "eu-central-1" };
    const spec: RenderSpec = { kind: "flux", path: "apps", options: { ...options, variables, secrets: ["PW"] } };
    expect(secretInputs([spec])).toEqual(["hunter2AAA"]);
  });

  it("are hidden in whatever object they stand", () => {
    const object = { kind: "ConfigMap", data: { url: "db://app:hunter2AAA@db", list: ["hunter2AAA"], other: "open" } };
    const text = JSON.stringify(maskSecrets(object, "key", ["hunter2AAA"]));
    expect(text).not.toContain("hunter2");
    expect(text).toMatch(/db:\/\/app:‹hidden [0-9a-f]{8}›@db/);
    expect(text).toContain("open");
  });

  const shown = (data: ValueObject, ...values: readonly string[]): string =>
    JSON.stringify(maskSecrets({ kind: "ConfigMap", data }, "key", values));

  it("are hidden as keys, as base64 alone or in something, and as JSON and addresses write them", () => {
    const value = 'p"ss wörd/1';
    const both = Buffer.from(`app:${value}`).toString("base64");
    const text = shown(
      {
        [`a ${value}`]: "x",
        alone: Buffer.from(value).toString("base64"),
        both,
        header: `Authorization: Basic ${both}`,
        json: JSON.stringify({ password: value }),
        url: `db://db/?x=${encodeURIComponent(value)}`,
      },
      value,
    );
    expect(text.match(/‹hidden [0-9a-f]{8}›/g)).toHaveLength(6);
    expect(text).not.toMatch(/ss w|ss%20|cDq|cCJ/);
  });

  it("are hidden where they are short only as a whole, where the field or the value says that it is one", () => {
    const values = ["1234", "prod", "a1B!", "web1"];
    const text = shown(
      {
        PIN: "1234",
        password: "prod",
        env: [{ name: "DB_PASSWORD", value: "web1" }],
        any: "a1B!",
        port: "1234",
        stage: "prod",
        host: "web1",
        product: "product",
        secretName: "prod",
      },
      ...values,
    );
    expect(JSON.parse(text).data).toEqual({
      PIN: expect.stringContaining("hidden"),
      password: expect.stringContaining("hidden"),
      env: [{ name: "DB_PASSWORD", value: expect.stringContaining("hidden") }],
      any: expect.stringContaining("hidden"),
      port: "1234",
      stage: "prod",
      host: "web1",
      product: "product",
      secretName: "prod",
    });
  });

  it("show as changed in the tag of an image, and as nothing else", () => {
    const pod = (tag: string) =>
      `{ apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { containers: [{ name: web, image: "web:${tag}" }] } }`;
    const result = compare(pod("hunter2AAA"), pod("hunter2BBB"), { secrets: ["hunter2AAA", "hunter2BBB"] });
    expect(JSON.stringify(result)).not.toContain("hunter2");
    expect(result.images[0]?.from).toMatch(/^web:‹hidden /);
    expect(result.images[0]?.to).not.toBe(result.images[0]?.from);
  });
});

describe("secrets in addresses", () => {
  const source = (url: string) =>
    `{ apiVersion: source.toolkit.fluxcd.io/v1, kind: GitRepository, metadata: { name: bases }, spec: { url: "${url}" } }`;

  it.each([
    ["https://bot:OLDSECRET@git.example.com/a", "https://bot:NEWSECRET@git.example.com/a"],
    ["postgres://app:p@OLDSECRET@db:5432/app?x=1", "postgres://app:p@NEWSECRET@db:5432/app?x=1"],
    ["https://ghp_OLDSECRET@github.com/acme/a", "https://ghp_NEWSECRET@github.com/acme/a"],
    ["https://charts.example.com/?token=OLDSECRET", "https://charts.example.com/?token=NEWSECRET"],
    ["https://s3/x?a=b&X-Amz-Signature=OLDSECRET#c", "https://s3/x?a=b&X-Amz-Signature=NEWSECRET#c"],
  ])("are hidden, and a change of them shows: %s", (before, after) => {
    const result = compare(source(before), source(after));
    expect(result.changes[0]?.diff).toMatch(/^-.*‹hidden [0-9a-f]{8}›.*\n\+.*‹hidden [0-9a-f]{8}›/m);
    expect(JSON.stringify(result)).not.toContain("SECRET");
  });

  it.each([
    "ssh://git@github.com/acme/a",
    "https://acme@dev.azure.com/acme/a",
    "postgres://$(USER):$(PASSWORD)@db/app",
    "https://{{ .user }}:{{ .password }}@db/app",
    "https://example.com/@scope/package?page=2&sort=key",
    "https://example.com/mail/a:b@example.com",
  ])("are no names, no placeholders and no paths: %s", (url) => {
    expect(compare("", source(url)).changes[0]?.diff).toContain(url);
  });

  it("take no time in a text that has many", () => {
    const text = shownText(`${"a.".repeat(200_000)} ${"a://b:c".repeat(50_000)} ${"x://@".repeat(50_000)}`);
    expect(text.length).toBeGreaterThan(1000);
  });
});
