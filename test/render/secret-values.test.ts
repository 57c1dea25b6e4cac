import { describe, expect, it } from "vitest";
import { redactMessage } from "../../src/diff/redact.ts";
import { secretValues, withhold, withoutSecretValues } from "../../src/render/secret-values.ts";

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
      `unable to parse SM or JSON patch from [patch: "- op: replace\\n  path: /stringData/pw\\n  value: ${secret}\\n- bad"]`,
      "unable to parse SM or JSON patch from ‹withheld›",
    ],
    [`options.index 9 is out of bounds for value ${secret}`, "options.index 9 is out of bounds for value ‹withheld›"],
    [`trouble: from [path: "x" patch: "kind: Secret ${secret}"] here`, "trouble: from ‹withheld›"],
  ])("never repeats a patch, nor the value of a replacement: %s", (message, said) => {
    expect(redactMessage(message)).toBe(said);
  });
});
