import { describe, expect, it } from "vitest";
import { maskSecrets } from "../../src/diff/mask.ts";
import { secretInputs } from "../../src/model/secret-inputs.ts";
import type { RenderSpec } from "../../src/model/target.ts";

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
    ]);
    expect(secretInputs([undefined, spec])).toEqual(["correct-horse", "hunter2AAA", "54321678"]);
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
});
