import { describe, expect, it } from "vitest";
import { configMap, kustomization, previewOf } from "./support.ts";

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

describe("a change of the configuration", () => {
  const [kustom, map] = [kustomization(["a.yaml"]), configMap("a", "1")];
  const app = (path: string) => ({ [`${path}/kustomization.yaml`]: kustom, [`${path}/a.yaml`]: map });
  const both = (prod: string, staging = "apps/{app}/staging") =>
    `version: 1\nenvironments:\n  - name: staging\n    path: ${staging}\n  - name: prod\n    path: ${prod}\n`;
  const files = { ...app("apps/web/staging"), ...app("apps/web/prod"), ...app("more/cache/staging") };

  it("is judged by what it makes of the environments, with the path that matches nothing", async () => {
    const next = both("apps/{app}/production", "'*/{app}/staging'");
    const said = await previewOf(files, { ".sluice.yaml": next }, both("apps/{app}/prod"));
    expect([said.findings, said.conclusion]).toEqual([["warning configuration-loses-apps"], "neutral"]);
    expect(said.preview.findings[0]).toMatchObject({ file: ".sluice.yaml", line: 6 });
    expect(said.comment).toContain("> **Fix:** did you mean `apps/{app}/prod`? ");
    expect(said.preview.configuration).toMatchObject({
      apps: 2,
      environments: ["prod", "staging"],
      effects: [
        { environment: "prod", before: 1, after: 0, fewer: ["web"] },
        { environment: "staging", before: 1, after: 2, more: ["cache"] },
      ],
    });
  });

  it("is told where a new environment matches nothing, once", async () => {
    const config = both("apps/{app}/prod");
    const next = `${config}  - name: live\n    path: sites/{app}/live\n`;
    const said = await previewOf(files, { ".sluice.yaml": next }, config);
    expect([said.findings, said.conclusion]).toEqual([["warning environment-without-folder"], "neutral"]);
    expect(said.preview.findings[0]).toMatchObject({ file: ".sluice.yaml", line: 8 });
    const known = await previewOf(files, { ".sluice.yaml": `${next}# checked\n` }, next);
    expect(known.findings).toEqual(["warning environment-without-folder"]);
  });

  it("is valid where nothing follows from it, and told where the file goes", async () => {
    const config = both("apps/{app}/prod");
    const kept = await previewOf(files, { ".sluice.yaml": `${config}# checked\n` }, config);
    expect(kept.comment).toMatch(/^### `\.sluice\.yaml` is valid: 1 app in prod, staging\n/);
    expect(kept.conclusion).toBe("success");
    const gone = await previewOf(files, { ".sluice.yaml": undefined }, config);
    expect(gone.comment).toMatch(/^### `\.sluice\.yaml` is removed\n\n`\.sluice\.yaml` is removed: apps will be found/);
    expect(gone.comment).toContain("by their folders. Promotions and image updates stop.");
    expect(gone.conclusion).toBe("neutral");
  });
});
