import { describe, expect, it } from "vitest";
import { previewText } from "../../src/cli/format/text.ts";
import { hasEscapes } from "./support/escapes.ts";
import { changeOf, findingOf, previewOf, targetOf } from "./support/preview.ts";

describe("a preview as text", () => {
  it("says what changes, why, and that nothing was left out", () => {
    expect(previewText(previewOf(), { colours: false, all: false })).toMatchInlineSnapshot(`
      "Preview of bbbbbbb → ccccccc

        TARGET       STATUS   IMAGES                REPLICAS  RESOURCES  LINES
        webapp/prod  changed  webapp 1.3.0 → 1.4.0  2 → 3             1  +1 −1

      webapp/prod (apps/webapp/overlays/prod, kustomize) changed
        because apps/webapp/base/deployment.yaml → apps/webapp/overlays/prod

        ~ Deployment/shop/webapp apps/v1 changed +1 −1
          @@ spec @@
           spec:
          -  replicas: 2
          +  replicas: 3

      ✓ 1 of 1 affected target rendered (6 known), 0 truncated, 0 noise lines hidden
      "
    `);
  });

  it("puts findings first, each with its place", () => {
    const text = previewText(previewOf({ findings: [findingOf({ file: "base/claim.yaml", line: 4 })] }), {
      colours: false,
      all: false,
    });
    expect(text).toContain(
      "1 finding\n  ✖ danger  webapp/prod PersistentVolumeClaim/shop/data (base/claim.yaml:4)\n    deletes the volume claim and its data",
    );
    expect(text.indexOf("1 finding")).toBeLessThan(text.indexOf("TARGET"));
  });

  it("says a finding of several targets once, and does not repeat the same difference", () => {
    const findings = [findingOf(), findingOf({ environment: "staging" })];
    const targets = [targetOf(), targetOf({ environment: "staging", changes: [changeOf({ namespace: "other" })] })];
    const text = previewText(previewOf({ findings, targets }), { colours: false, all: false });
    expect(text.match(/deletes the volume claim/g)).toHaveLength(1);
    expect(text).toContain("            webapp/staging PersistentVolumeClaim/shop/data\n");
    expect(text.match(/\+ {2}replicas: 3/g)).toHaveLength(1);
    expect(text).toContain("~ Deployment/other/webapp apps/v1 changed +1 −1, the same lines as in webapp/prod");
  });

  it("shows why a target failed and that the preview is not complete", () => {
    const failed = targetOf({
      status: "failed",
      changes: [],
      images: [],
      replicas: [],
      error: { message: "no such file\nin base", file: "base/kustomization.yaml", line: 3, side: "head" },
    });
    const completeness = {
      targets: 6,
      affected: 2,
      rendered: 1,
      failed: 1,
      truncated: 0,
      hiddenLines: 2,
      unpinned: [{ reference: "https://example.com/base", reason: "not pinned", file: "kustomization.yaml" }],
    };
    const text = previewText(previewOf({ targets: [failed], completeness }), { colours: false, all: false });
    expect(text).toContain("✖ does not render at the head, base/kustomization.yaml:3\n    no such file\n    in base");
    expect(text).toContain(
      "▲ 1 of 2 affected targets rendered (6 known), 1 failed, 0 truncated, 2 noise lines hidden, 1 not followed",
    );
    expect(text).toContain("not followed: https://example.com/base: not pinned (kustomization.yaml)");
  });

  it("counts targets that render the same, and lists them when asked for all", () => {
    const same = targetOf({ app: "orders", status: "unchanged", changes: [], images: [], replicas: [] });
    const preview = previewOf({ targets: [targetOf(), same] });
    expect(previewText(preview, { colours: false, all: false })).toContain(
      "1 target read the changed files and render the same.",
    );
    expect(previewText(preview, { colours: false, all: false })).not.toContain("orders");
    expect(previewText(preview, { colours: false, all: true })).toContain("orders/prod");
  });

  it("says so when nothing changes", () => {
    expect(previewText(previewOf({ targets: [] }), { colours: false, all: false })).toContain(
      "Nothing changes in any target.",
    );
  });

  it("names what a renamed resource was", () => {
    const renamed = changeOf({
      action: "renamed",
      from: { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" },
    });
    expect(
      previewText(previewOf({ targets: [targetOf({ changes: [renamed] })] }), { colours: false, all: false }),
    ).toContain("» Deployment/shop/webapp apps/v1 (was Deployment/shop/web) renamed");
  });

  it("paints only when colours are wanted", () => {
    expect(hasEscapes(previewText(previewOf(), { colours: true, all: false }))).toBe(true);
    expect(hasEscapes(previewText(previewOf(), { colours: false, all: false }))).toBe(false);
  });

  it("lets no content of the repository reach the terminal as a control sequence", () => {
    const evil = "x\u001b[2J\u001b]0;owned\u0007\u202ey\r";
    const preview = previewOf({
      notes: [evil],
      findings: [findingOf({ message: evil, resource: evil, file: evil })],
      targets: [
        targetOf({
          app: evil,
          path: evil,
          because: [[evil]],
          images: [{ container: evil, from: evil, to: `${evil}2` }],
          changes: [changeOf({ name: evil, diff: `+${evil}\n` })],
          error: { message: evil, file: evil, side: "base" },
        }),
      ],
    });
    const text = previewText(preview, { colours: false, all: false });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain("\\u{1b}[2J");
  });
});
