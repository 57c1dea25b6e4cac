import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareTarget,
  notFetchedFinding,
  previewCheck,
  previewComment,
  previewJson,
  renderFailureFinding,
} from "../../src/diff/index.ts";
import { maskSecrets } from "../../src/diff/mask.ts";
import { redactMessage } from "../../src/diff/redact.ts";
import { NumberText, objectAt, type ValueObject } from "../../src/diff/value.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { compare, preview, target } from "./support.ts";

const secret = (data: string, more = "") => `
apiVersion: v1
kind: Secret
metadata: { name: login${more} }
data: ${data}`;
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("values of Secrets", () => {
  it("are shown as fingerprints that tell whether a value changed", () => {
    const result = compare(
      secret(`{ password: ${base64("old")}, user: ${base64("admin")} }`),
      secret(`{ password: ${base64("new")}, user: ${base64("admin")} }`),
    );
    expect(result.changes[0]?.diff).toMatch(
      /^@@ data @@\n-password: ‹hidden [0-9a-f]{8}›\n\+password: ‹hidden [0-9a-f]{8}›$/,
    );
  });

  it("have the same fingerprint in data and in stringData, and another under another key", () => {
    const one = compare("", secret(`{ a: ${base64("same value")} }`)).changes[0]?.diff ?? "";
    const two = compare("", secret("{ a: same value }").replace("data:", "stringData:")).changes[0]?.diff ?? "";
    const three =
      compare("", secret(`{ a: ${base64("same value")} }`), { fingerprintKey: "another" }).changes[0]?.diff ?? "";
    const tag = (diff: string) => /‹hidden .{8}›/.exec(diff)?.[0];
    expect(tag(one)).toBe(tag(two));
    expect(tag(three)).not.toBe(tag(one));
  });

  it("are hidden too where the kind or the field is written in the wrong case, or a list says the kind", () => {
    const wrong = secret("{ a: hunter2hunter2 }").replace("data:", "stringdata:");
    const list =
      "{ apiVersion: v1, kind: SecretList, metadata: { name: all }, items: [{ data: { a: hunter2hunter2 } }] }";
    for (const text of [wrong, wrong.replace("kind: Secret", "kind: secret"), list]) {
      const diff = compare("", text).changes[0]?.diff ?? "";
      expect(diff).toMatch(/\ba: ‹hidden [0-9a-f]{8}›/);
      expect(diff).not.toContain("hunter2");
    }
  });

  const shown = (object: ValueObject) => maskSecrets(object, "key of the tests");
  const print = "‹hidden fd7c8140›";

  it("are hidden in every form that they have", () => {
    const kind = "Secret";
    expect(shown({ kind, stringData: { a: "hunter2" } })).toEqual({ kind, stringData: { a: print } });
    expect(shown({ kind, data: { a: base64("hunter2"), none: null } })).toEqual({
      kind,
      data: { a: print, none: null },
    });
    expect(shown({ kind, data: { a: ` ${base64("hunter2")}\n` } })).toEqual({ kind, data: { a: print } });
    expect(shown({ kind, Data: { a: base64("hunter2") } })).toEqual({ kind, Data: { a: print } });
    expect(shown({ kind, data: { a: "hunter2" } })).toEqual({ kind, data: { a: print } });
    expect(shown({ kind, data: base64("hunter2") })).toEqual({ kind, data: print });
    expect(shown({ kind, data: null, type: "Opaque" })).toEqual({ kind, data: null, type: "Opaque" });
  });

  it("that are no texts have fingerprints too, equal ones the same", () => {
    const kind = "Secret";
    const prints = [
      1,
      2,
      true,
      { a: 1 },
      { a: 2 },
      { b: 1 },
      [{ a: 1 }],
      ["a"],
      new NumberText("1.0"),
      [new NumberText("1.00")],
      { 0: "a" },
    ];
    const values = [...prints, ...structuredClone(prints.slice(0, 8))];
    const masked = shown({ kind, data: Object.fromEntries(values.map((value, index) => [`k${index}`, value])) });
    const texts = Object.values(objectAt(masked, "data"));
    for (const text of texts) expect(text).toMatch(/^‹hidden [0-9a-f]{8}›$/);
    expect(new Set(texts).size).toBe(prints.length);
    expect(texts.slice(prints.length)).toEqual(texts.slice(0, 8));
  });

  it("are hidden in lists of Secrets, where only the items' own kind says otherwise", () => {
    const list = {
      kind: "SecretList",
      items: [{ data: { a: "hunter2" } }, { kind: "ConfigMap", data: { a: "open" } }, "x"],
    };
    expect(shown(list)).toEqual({
      kind: "SecretList",
      items: [{ data: { a: print } }, { kind: "ConfigMap", data: { a: "open" } }, "x"],
    });
    const odd = {
      kind: "SecretList",
      items: { kind: "Secret", data: { a: "hunter2" } },
      more: [{ data: { a: "open" } }],
    };
    expect(shown(odd)).toEqual({ ...odd, items: { kind: "Secret", data: { a: print } } });
    expect(shown({ kind: "List", items: [[{ kind: "Secret", data: { a: "hunter2" } }]] })).toEqual({
      kind: "List",
      items: [[{ kind: "Secret", data: { a: print } }]],
    });
  });

  it("are hidden in what kubectl applied last, when it is a Secret or cannot be read", () => {
    const name = "kubectl.kubernetes.io/last-applied-configuration";
    const applied = (value: JsonObject[string], key = name) =>
      objectAt(
        shown({ kind: "Any", metadata: { annotations: { [key]: value, other: "x" } } }),
        "metadata",
        "annotations",
      );
    for (const value of ['{"kind":"Secret"}', "kind: Secret", "{ 'kind' : 'Secret' }", { kind: "Secret" }, ["x"]]) {
      expect(applied(value)).toMatchObject({ [name]: expect.stringMatching(/^‹hidden .{8}›$/), other: "x" });
    }
    expect(applied('{"kind":"SecretStore"}')).toEqual({ [name]: '{"kind":"SecretStore"}', other: "x" });
    expect(applied('{"kind":"Secret"}', "example.org/note")).toEqual({
      "example.org/note": '{"kind":"Secret"}',
      other: "x",
    });
    expect(shown({ annotations: [{ kind: "Secret", data: "hunter2" }] })).toEqual({
      annotations: [{ kind: "Secret", data: print }],
    });
  });

  it("leave an object without Secrets as it is", () => {
    const object = { kind: "ConfigMap", data: { a: "b" }, items: [{ kind: 7, data: { a: "b" } }] };
    expect(shown(object)).toBe(object);
  });

  it("of SOPS stay only where they are cipher texts of a file with its seal", () => {
    const cipher = "ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]";
    const file = (sops: JsonObject[string]) => ({
      kind: "Secret",
      stringData: { a: cipher, b: "hunter2", c: 7 },
      sops,
    });
    const sealed = shown(file({ mac: cipher }));
    expect(objectAt(sealed, "stringData")).toMatchObject({ a: cipher, b: print, c: expect.stringMatching(/^‹hidden/) });
    for (const sops of [{ mac: "" }, { version: "3" }, "mac"]) {
      expect(objectAt(shown(file(sops)), "stringData").a).toMatch(/^‹hidden/);
    }
  });

  it("never appear in anything that is said, wherever the Secret stands", () => {
    const value = fc
      .string({ minLength: 12, maxLength: 60, unit: fc.constantFrom(..."abcdefgXYZ0123456789+/=_-.:{}") })
      .map((text) => `S3cr3t${text}`);
    const sides = fc.record({
      base: value,
      head: value,
      form: fc.constantFrom("data", "stringData", "list", "nested", "applied", "raw", "deep"),
    });
    fc.assert(
      fc.property(sides, fc.boolean(), ({ base, head, form }, renamed) => {
        const said = sayAll(form, base, head, renamed);
        for (const text of [base, head, base64(base), base64(head)]) expect(said).not.toContain(text);
      }),
      { numRuns: 150 },
    );
  });

  it("of SOPS cipher text are shown as they are and are no finding", () => {
    const cipher = "ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]";
    const text = `${secret(`{ password: "${cipher}" }`)}\nsops: { mac: "${cipher}", version: 3.9.0 }`;
    const result = compare("", text);
    expect(result.changes[0]?.diff).toContain(`password: ${cipher}`);
    expect(result.findings).toEqual([]);
    const forged = compare("", secret(`{ password: "${cipher}" }`));
    expect(forged.changes[0]?.diff).not.toContain("AES256_GCM");
  });

  it("of SealedSecrets and ExternalSecrets are no finding", () => {
    const sealed = `
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: login }
spec: { encryptedData: { password: AgBy8hCi } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: login }
spec: { data: [{ secretKey: password, remoteRef: { key: prod/login } }] }`;
    const result = compare("", sealed);
    expect(result.findings).toEqual([]);
    expect(result.changes.map(({ diff }) => diff).join()).toContain("AgBy8hCi");
  });
});

function sayAll(form: string, base: string, head: string, renamed: boolean): string {
  const sides = [base, head].map((text, side) => resourceOf(form, text, renamed ? `login-${side}` : "login"));
  const comparison = compareTarget({
    app: "a",
    environment: "b",
    base: [{ object: sides[0] ?? {} }],
    head: [{ object: sides[1] ?? {} }],
    ignore: [],
    fingerprintKey: "k",
  });
  const failure = {
    kind: "input",
    message: `invalid object {v1 Secret} map[kind:Secret data:map[password:${base64(base)} x:${head}]] password: ${base}`,
  } as const;
  const findings = [
    ...comparison.findings,
    renderFailureFinding({ app: "a", environment: "c", failure, cause: "change" }),
  ];
  const failed = target("a/c", { status: "failed", error: { ...failure, side: "head" } });
  const whole = preview([target("a/b", { ...comparison }), failed], { findings });
  return [
    JSON.stringify(comparison),
    previewComment(whole).body,
    JSON.stringify(previewCheck(whole)),
    JSON.stringify(previewJson(whole)),
  ].join("\n");
}

function resourceOf(form: string, text: string, name: string): JsonObject {
  const head = { apiVersion: "v1", kind: "Secret", metadata: { name } };
  const plain = { ...head, data: { password: base64(text) } };
  switch (form) {
    case "stringData":
      return { ...head, stringData: { password: text } };
    case "list":
      return { apiVersion: "v1", kind: "List", items: [plain] };
    case "nested":
      return {
        apiVersion: "template.openshift.io/v1",
        kind: "Template",
        metadata: { name },
        objects: [{ ...head, stringData: { a: { b: text } } }],
      };
    case "applied":
      return {
        ...plain,
        metadata: { name, annotations: { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(plain) } },
      };
    case "raw":
      return { ...head, data: text };
    case "deep":
      return { ...head, data: { list: [text, { [name]: text }] }, immutable: true };
    default:
      return plain;
  }
}

describe("a tool's error message", () => {
  it("keeps what explains the error", () => {
    const message =
      "accumulating resources: apps/webapp/overlays/Production2/kustomization.yaml: no such file (sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef)";
    expect(redactMessage(message)).toBe(message);
  });

  it.each([
    ["bad -----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY----- here", "bad ‹withheld› here"],
    ["bad -----BEGIN RSA PRIVATE KEY-----\nMIIEvQ", "bad ‹withheld›"],
    ["password: hunter2, next", "password: ‹withheld›, next"],
    ['"passphrase": "hunter \\" 2" next', '"passphrase": ‹withheld› next'],
    ["api_key='hunter 2' next", "api_key=‹withheld› next"],
    ["token=ghp_0123456789abcdefghij", "token=‹withheld›"],
    ["used github_pat_0123456789abcdefghij_x now", "used ‹withheld› now"],
    ["used AKIAIOSFODNN7EXAMPLE now", "used ‹withheld› now"],
    ["used xoxb-0123456789-abc now", "used ‹withheld› now"],
    ["used eyJhbGciOiJI.eyJzdWIi.c2ln now", "used ‹withheld› now"],
    ["sent Bearer abc.def now", "sent ‹withheld› now"],
    ["value c2VjcmV0LXZhbHVlLTEyMzQ1Njc4OTA= now", "value ‹withheld› now"],
    ["value c2VjcmV0IHZhbHVlIG9mIDI3IGJ5dGVz now", "value ‹withheld› now"],
    ["invalid Secret data: map[a:b]] rest", "invalid Secret data: ‹withheld›"],
    ['Secret {"stringData": {"a": "b"}}', 'Secret {"stringData": ‹withheld›'],
    ["Secret\ndata:\n  a: b", "Secret\ndata: ‹withheld›"],
    ["ConfigMap data: map[a:b]", "ConfigMap data: map[a:b]"],
    ["Secrets data: map[a:b]", "Secrets data: map[a:b]"],
    [
      "no value in lowercase/words/that/are/a/path/of/Some9/length",
      "no value in lowercase/words/that/are/a/path/of/Some9/length",
    ],
    ["abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnopqrstuvwxyz0123456789"],
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"],
    ["AbcdefghijklmnopqrstuvwxyZ", "AbcdefghijklmnopqrstuvwxyZ"],
    ["Abcdefghijklmnopqr9", "Abcdefghijklmnopqr9"],
    ["Abcdefghijklmnopqrs9", "‹withheld›"],
  ])("loses what may be a secret, and only that: %s", (message, said) => {
    expect(redactMessage(message)).toBe(said);
  });

  it("is cut where it is endless", () => {
    expect(redactMessage("a b ".repeat(6000))).toBe("a b ".repeat(5000));
  });

  it("loses the literals of a generator that kustomize quotes", () => {
    const said = redactMessage(
      "loading KV pairs: literal sources [user=admin hunter2]: invalid literal source hunter2, expected key=value",
    );
    expect(said).toBe(
      "loading KV pairs: literal sources ‹withheld›: invalid literal source ‹withheld›, expected key=value",
    );
  });
});

describe("l7-values-that-are-not-masked", () => {
  const value = "hunter2-in-production";
  const manifest = `kind: Secret\nstringData:\n  pw: ${value}\n`;

  it.each<readonly [string, Parameters<typeof maskSecrets>[0]]>([
    ["unknown fields of a Secret", { kind: "Secret", string_data: { pw: value }, binaryData: { pw: value } }],
    ["a spec of a Secret", { kind: "Secret", spec: { pw: value } }],
    ["kapp's annotation", { kind: "Secret", metadata: { annotations: { "kapp.k14s.io/original": value } } }],
    [
      "Rancher's annotation",
      { kind: "Secret", metadata: { annotations: { "objectset.rio.cattle.io/applied": value } } },
    ],
    ["a SealedSecret's template", { kind: "SealedSecret", spec: { template: { stringData: { pw: value } } } }],
    [
      "an ExternalSecret's template",
      { kind: "ExternalSecret", spec: { target: { template: { data: { pw: value } } } } },
    ],
    ["a manifest as text in a ConfigMap", { kind: "ConfigMap", data: { "secret.yaml": manifest } }],
    ["a manifest in any annotation", { kind: "ConfigMap", metadata: { annotations: { "example.com/was": manifest } } }],
  ])("are masked: %s", (_, object) => {
    const masked = JSON.stringify(maskSecrets(object, "key"));
    expect(masked).not.toContain("hunter2");
    expect(masked).toContain("‹hidden ");
  });

  const pod = (container: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: "web:1", ${container} }] }\n`;
  const config = (key: string, text: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { ${key}: ${JSON.stringify(text)} }\n`;
  const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n";

  it.each([
    ["a password in env", pod(`env: [{ name: DB_PASSWORD, value: hunter2 }]`), "DB_PASSWORD"],
    ["a URL with a password", pod(`env: [{ name: DATABASE, value: "postgres://web:hunter2@db/web" }]`), "DATABASE"],
    ["an argument", pod(`args: ["--admin-token=hunter2-hunter2"]`), "admin-token"],
    ["an argument and its value", pod(`args: ["--client-secret", "hunter2"]`), "client-secret"],
    ["a private key in a ConfigMap", config("tls.pem", key), "tls.pem"],
    ["a token of a known form", config("app.ini", `user=web token=ghp_${"a1".repeat(18)}`), "app.ini"],
    ["a name in camel case", config("smtpPassword", "hunter2"), "smtpPassword"],
  ])("that only look like secrets are shown, with a finding: %s", (_, head, name) => {
    const { findings } = compare(undefined, head);
    expect(findings).toMatchObject([{ id: "secret-like-value", severity: "warning" }]);
    expect(JSON.stringify(findings)).toContain(`\`${name}\``);
    expect(JSON.stringify(findings)).not.toContain("hunter2");
    expect(compare(head, head.replace("web:1", "web:2")).findings).toEqual([]);
  });

  it.each([
    [
      "a reference to a Secret",
      pod(`env: [{ name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: pw } } }]`),
    ],
    [
      "where the secret lies",
      pod(`env: [{ name: DB_PASSWORD_FILE, value: /run/pw }, { name: TOKEN, value: /run/token }]`),
    ],
    [
      "what is filled in later",
      pod(`env: [{ name: DB_PASSWORD, value: "\${DB_PASSWORD}" }], args: ["--token=$(TOKEN)"]`),
    ],
    ["a switch", pod(`env: [{ name: CSRF_TOKEN, value: "true" }], args: ["--token", "--verbose"]`)],
    ["an address without a password", config("url", "https://example.com/a:b@c")],
    ["a word that only has one in it", config("tokenizer", "whitespace")],
  ])("are not found where there is none: %s", (_, head) => {
    expect(compare(undefined, head).findings).toEqual([]);
  });

  it("are looked for in the time that a hostile text's length allows", () => {
    const text = `${"a.".repeat(200_000)}://`;
    expect(compare(undefined, config("text", text)).findings).toEqual([]);
  });
});

describe("credentials in an address", () => {
  it("are taken out of a message, whatever the scheme", () => {
    const message = '"https://bob:s3cretPASS@evil.example.org/c" and oci://tok3n@r.example.org/x are not fetched';
    const said = redactMessage(message);
    expect(said).not.toMatch(/bob|s3cretPASS|tok3n/);
    expect(said).toContain("@evil.example.org/c");
  });

  it("are taken out of what was not fetched, now and before", () => {
    const [reference, before] = ["https://bob:s3cretPASS@a.example.org/c", "https://old0ne@a.example.org/c"];
    const about = {
      app: "web",
      environment: "prod",
      reference: { reference, before, reason: "it is not allowed: no" },
    };
    const { message } = notFetchedFinding(about);
    expect(message).not.toMatch(/bob|s3cretPASS|old0ne/);
    expect(message).toContain("@a.example.org/c");
  });

  it("are not seen where there are none", () => {
    const message = "https://a.example.org/c@v1 and https://a.example.org/x?by=a@b";
    expect(redactMessage(message)).toBe(message);
  });
});
