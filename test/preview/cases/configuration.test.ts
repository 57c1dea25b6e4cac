import { describe, expect, it } from "vitest";
import { previewOf } from "./support.ts";

const environment = (name: string, more = "") => `  - name: ${name}\n    path: apps/{app}/${name}\n${more}`;
const config = (more: string) => `version: 1\nenvironments:\n${environment("staging", more)}`;

describe("a change that breaks the configuration", () => {
  it("counts its errors, and no warning as one", async () => {
    const broken = config("    gates: { soak: 30m, aprovals: 1 }\n");
    const { findings, comment, conclusion } = await previewOf({}, { ".sluice.yaml": broken }, config(""));
    expect(findings).toContain("danger broken-configuration");
    expect(comment).toMatch(/^### ❌ `\.sluice\.yaml` has 1 error\n\n- Line 5: `aprovals` is not a key of /);
    expect(comment).toContain("If this is merged, previews, promotions and image updates stop until it is fixed.");
    expect(conclusion).toBe("failure");
  });
});
