import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareTarget,
  previewCheck,
  previewComment,
  previewJson,
  renderFailureFinding,
} from "../../src/diff/index.ts";
import { redactMessage } from "../../src/diff/redact.ts";
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
      /- {2}password: ‹secret [0-9a-f]{8}›\n\+ {2}password: ‹secret [0-9a-f]{8}›\n {3}user: ‹secret [0-9a-f]{8}›$/,
    );
  });

  it("have the same fingerprint in data and in stringData, and another under another key", () => {
    const one = compare("", secret(`{ a: ${base64("same value")} }`)).changes[0]?.diff ?? "";
    const two = compare("", secret("{ a: same value }").replace("data:", "stringData:")).changes[0]?.diff ?? "";
    const three =
      compare("", secret(`{ a: ${base64("same value")} }`), { fingerprintKey: "another" }).changes[0]?.diff ?? "";
    const tag = (diff: string) => /‹secret .{8}›/.exec(diff)?.[0];
    expect(tag(one)).toBe(tag(two));
    expect(tag(three)).not.toBe(tag(one));
  });

  it("are hidden too where the kind or the field is written in the wrong case, or a list says the kind", () => {
    const wrong = secret("{ a: hunter2hunter2 }").replace("data:", "stringdata:");
    const list =
      "{ apiVersion: v1, kind: SecretList, metadata: { name: all }, items: [{ data: { a: hunter2hunter2 } }] }";
    for (const text of [wrong, wrong.replace("kind: Secret", "kind: secret"), list]) {
      const diff = compare("", text).changes[0]?.diff ?? "";
      expect(diff).toMatch(/\ba: ‹secret [0-9a-f]{8}›/);
      expect(diff).not.toContain("hunter2");
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
  const findings = [...comparison.findings, renderFailureFinding({ app: "a", environment: "c", failure })];
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

  it("loses what may be a secret", () => {
    const key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----";
    const said = redactMessage(
      `bad ${key}, password: hunter2, token=ghp_0123456789abcdefghij, Authorization: Bearer abc.def, c2VjcmV0LXZhbHVlLTEyMzQ1Njc4OTA=`,
    );
    for (const text of ["MIIEv", "hunter2", "ghp_", "abc.def", "c2VjcmV0"]) expect(said).not.toContain(text);
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
