import { describe, expect, it } from "vitest";
import { previewHtml } from "../../src/cli/format/html.ts";
import { changeOf, findingOf, previewOf, targetOf } from "./support/preview.ts";

describe("a preview as HTML", () => {
  it("is one page that loads nothing and runs nothing", () => {
    const page = previewHtml(previewOf({ findings: [findingOf()] }), { all: false });
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(page).not.toMatch(/<script|<link|<img|src=|https?:\/\/|url\(|@import/);
  });

  it("follows the reader's light or dark setting", () => {
    expect(previewHtml(previewOf(), { all: false })).toContain("prefers-color-scheme: dark");
  });

  it("shows findings, table, diffs and the completeness line", () => {
    const page = previewHtml(previewOf({ findings: [findingOf({ file: "base/claim.yaml", line: 4 })] }), {
      all: false,
    });
    expect(page).toContain(
      '<li class="danger"><strong>danger</strong> webapp/prod <code>PersistentVolumeClaim/shop/data</code> deletes the volume claim and its data <span class="place">base/claim.yaml:4</span></li>',
    );
    expect(page).toContain("<td>webapp 1.3.0 → 1.4.0</td><td>2 → 3</td>");
    expect(page).toContain("<del>-  replicas: 2</del>\n<ins>+  replicas: 3</ins>");
    expect(page).toContain("checked 1 of 1");
  });

  it("turns no content into markup", () => {
    const evil = `</pre></style><script>alert(1)</script><img src=x onerror="alert(1)">'\`&\u202e`;
    const page = previewHtml(
      previewOf({
        notes: [evil],
        findings: [findingOf({ message: evil, resource: evil, app: evil, file: evil })],
        targets: [
          targetOf({
            app: evil,
            environment: evil,
            path: evil,
            because: [[evil]],
            images: [{ container: evil, from: evil, to: `${evil}2` }],
            changes: [changeOf({ kind: evil, name: evil, apiVersion: evil, diff: evil })],
            error: { message: evil, file: evil, side: "head" },
          }),
        ],
      }),
      { all: false },
    );
    expect(page).not.toContain("<script");
    expect(page).not.toContain("<img");
    expect(page).not.toContain("\u202e");
    expect(page).not.toMatch(/="[^"]*onerror="/);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
  });
});
