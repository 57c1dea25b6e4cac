import { describe, expect, it } from "vitest";
import { previewText } from "../../src/cli/format/text.ts";
import { lintText } from "../support/text-lint.ts";
import { hasEscapes } from "./support/escapes.ts";
import { changeOf, findingOf, previewOf, targetOf } from "./support/preview.ts";

const complete = { targets: 6, affected: 1, rendered: 1, failed: 0, truncated: 0, hiddenLines: 0, unpinned: [] };

describe("a preview as text", () => {
  const shown = (more: Parameters<typeof previewOf>[0] = {}, options: { all?: boolean; full?: boolean } = {}) => {
    const text = previewText(previewOf(more), {
      colours: false,
      all: false,
      baseName: "main",
      headName: "scale",
      ...options,
    });
    expect(lintText(text, "terminal")).toEqual([]);
    return text;
  };

  it("says the verdict, the diff, and what was compared", () => {
    expect(shown()).toBe(`webapp in prod: Deployment webapp changes

Deployment webapp
  @@ spec @@
   spec:
  -  replicas: 2
  +  replicas: 3

main bbbbbbb → scale ccccccc, checked 1 of 1
`);
  });

  it("puts findings first, each with its fix and its place", () => {
    const text = shown({ findings: [findingOf({ file: "base/claim.yaml", line: 4, fix: "keep the claim" })] });
    expect(text).toContain(
      "danger   webapp in prod\n         deletes the volume claim and its data\n         fix: keep the claim    base/claim.yaml:4\n",
    );
    expect(text.indexOf("danger  ")).toBeLessThan(text.indexOf("Deployment webapp"));
  });

  it("says a finding of several places once, equal changes once, and where they are", () => {
    const findings = [findingOf(), findingOf({ environment: "staging" })];
    const targets = [targetOf(), targetOf({ environment: "staging", changes: [changeOf({ namespace: "other" })] })];
    const text = shown({ findings, targets });
    expect(text.match(/deletes the volume claim/g)).toHaveLength(1);
    expect(text).toContain("danger   webapp in prod, staging\n");
    expect(text.match(/\+ {2}replicas: 3/g)).toHaveLength(1);
    expect(text).toContain("Deployment webapp in prod, staging\n");
  });

  it("counts one finding of thirty places once", () => {
    const findings = Array.from({ length: 30 }, (_, index) => [
      findingOf({ app: `app${index}` }),
      findingOf({ app: `app${index}`, id: "other", severity: "warning", message: "is bad" }),
    ]).flat();
    const text = shown({ findings });
    expect(text).toMatch(/, and 1 warning\n/);
    expect(text.match(/30 apps in prod/g)).toHaveLength(2);
  });

  it("shows the file of what cannot be rendered first, then what the tool said", () => {
    const failed = targetOf({
      ...{ status: "failed", changes: [], images: [], replicas: [] },
      error: { message: "no such file\nin base", file: "base/kustomization.yaml", line: 3, side: "head" },
    });
    const completeness = {
      ...{ targets: 6, affected: 2, rendered: 1, failed: 1, truncated: 0, hiddenLines: 2, ignoredLines: 2 },
      unpinned: [{ reference: "https://example.com/base", reason: "not pinned", file: "kustomization.yaml" }],
    };
    const text = shown({ targets: [failed], completeness });
    expect(text).toContain(
      "webapp in prod cannot be rendered\n\nbase/kustomization.yaml:3: webapp in prod cannot be rendered\n  kustomize: no such file\n  in base\n\n",
    );
    expect(text).toContain("not followed  https://example.com/base: not pinned (kustomization.yaml)\n");
    expect(text).toContain("checked 1 of 2, 2 lines hidden by preview.ignore\n");
  });

  it("says once that targets need what is not here, as their findings say the rest", () => {
    const lacking = (app: string) =>
      targetOf({
        ...{ app, status: "failed", changes: [], images: [], replicas: [] },
        error: { message: `it needs ${app}`, file: `${app}.yaml`, side: "head", cause: "not-fetched" },
      });
    const completeness = { ...complete, affected: 2, rendered: 0, failed: 2 };
    const text = shown({ targets: [lacking("a"), lacking("b")], completeness });
    expect(text).toContain(
      "a in prod and b in prod cannot be rendered\n  they need what is not here: the warnings below say what, and why\n\n",
    );
    expect(shown({ targets: [lacking("a")], completeness })).toContain(
      "a.yaml: a in prod cannot be rendered\n  kustomize: it needs a\n\n",
    );
  });

  it("counts what stays the same, and lists it when asked for all", () => {
    const same = targetOf({ app: "orders", status: "unchanged", changes: [], images: [], replicas: [] });
    const completeness = { ...complete, affected: 2, rendered: 2 };
    const more = { targets: [targetOf(), same], completeness };
    expect(shown(more)).toContain("checked 2 of 2, 1 stays the same\n");
    expect(shown(more)).not.toContain("orders");
    expect(shown(more, { all: true })).toContain("prod  orders  stays the same\n");
  });

  it("lists what changes where, production first", () => {
    const targets = ["dev", "prod"].map((environment) =>
      targetOf({
        environment,
        changes: [changeOf({ fields: [{ name: "replicas", path: "spec.replicas", from: "2", to: environment }] })],
      }),
    );
    expect(shown({ targets, environments: ["dev", "prod"] })).toContain(
      "prod  webapp  replicas 2 → prod\ndev   webapp  replicas 2 → dev\n",
    );
  });

  it("says so when nothing changes", () => {
    const completeness = {
      targets: 6,
      affected: 0,
      rendered: 0,
      failed: 0,
      truncated: 0,
      hiddenLines: 0,
      unpinned: [],
    };
    expect(shown({ targets: [], completeness, environments: ["dev", "prod"] })).toMatch(
      /^No change in prod or dev\n\nNo app uses the changed files\.\n\nmain /,
    );
  });

  it("names whole resources in a line, and shows them when asked", () => {
    const removed = changeOf({ action: "removed", diff: "-a: 1\n-b: 2", addedLines: 0, removedLines: 2 });
    const targets = [targetOf({ changes: [removed] })];
    expect(shown({ targets })).toContain("Deployment webapp removed (−2)\n\n");
    expect(shown({ targets })).toContain("Show the removed resources too: --full\n");
    expect(shown({ targets }, { full: true })).toContain("Deployment webapp removed (−2)\n  -a: 1\n  -b: 2\n");
  });

  it("names what a renamed resource was, and values that differ at every render", () => {
    const from = { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" };
    const random = [{ resource: "Secret/core", path: "data.key" }];
    const text = shown({ targets: [targetOf({ changes: [changeOf({ action: "renamed", from })], random })] });
    expect(text).toContain("Deployment webapp renamed (was Deployment web)\n");
    expect(text).toContain(
      "1 value not compared as far as the chart makes new ones at every render:\n  Secret/core data.key\n",
    );
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
