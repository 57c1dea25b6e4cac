import { expect } from "vitest";
import { parseConfig } from "../../../src/config/index.ts";
import { compareTarget, previewCheck, previewComment } from "../../../src/diff/index.ts";
import type { Finding, Preview, TargetPreview } from "../../../src/model/preview.ts";
import { preview, resources, target } from "../../diff/support.ts";
import { lintText } from "../../support/text-lint.ts";

/** What the texts link to. */
export const options = {
  repositoryUrl: "https://hub.example/acme/ops",
  baseName: "main",
  command: "/diff",
  docsUrl: "https://docs.example",
};
/** Environments, as they are promoted. */
export const order = ["dev", "staging", "prod"];
/** Nothing was left out. */
export const complete = { targets: 3, affected: 1, rendered: 1, failed: 0, truncated: 0, hiddenLines: 0, unpinned: [] };

/** One app in one environment, as manifests. */
export interface Side {
  readonly name: string;
  readonly base: string | undefined;
  readonly head: string | undefined;
  readonly more?: Partial<TargetPreview>;
  readonly file?: string;
}

function compared({ name, base, head, more, file }: Side): { target: TargetPreview; findings: readonly Finding[] } {
  const [app = "", environment = ""] = name.split("/");
  const side = (text: string | undefined) => (text === undefined ? undefined : resources(text, file));
  const { findings, ...facts } = compareTarget({
    ...{ app, environment, base: side(base), head: side(head), ignore: [], fingerprintKey: "key" },
  });
  const changed = facts.changes.length > 0 ? "changed" : "unchanged";
  const status = base === undefined ? "added" : head === undefined ? "removed" : changed;
  return {
    target: target(name, { ...facts, status, ...more }),
    findings: findings.map(({ target: _, pointer: __, ...finding }) =>
      file === undefined ? finding : { ...finding, line: 7 },
    ),
  };
}

/** The preview of these apps. */
export function of(sides: readonly Side[], more: Partial<Preview> = {}): Preview {
  const all = sides.map(compared);
  return preview(
    all.map((one) => one.target),
    {
      environments: order,
      apps: 3,
      ...more,
      findings: [...all.flatMap(({ findings }) => findings), ...(more.findings ?? [])],
    },
  );
}

/** The two commits as the small print has them. */
export const shas = [
  "[`1a2b3c4`](https://hub.example/acme/ops/commit/1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d)",
  "[`9f8e7d6`](https://hub.example/acme/ops/commit/9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c)",
];
/** The small print. */
export const small = (checked: string, lead = "") =>
  `<sub>${lead}main ${shas[0]} → this branch ${shas[1]}${checked === "" ? "" : ` · ${checked} · \`/diff\` checks again`} · [how to read this](https://docs.example/preview)</sub>\n`;
/** A place in the head. */
export const at = (file: string) =>
  `[${file}:7](https://hub.example/acme/ops/blob/9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c/${file}#L7)`;
/** A diff as a block. */
export const fence = (diff: string) => `\`\`\`diff\n${diff}\n\`\`\`\n\n`;

/** The comment without its last line, which is checked apart, and the check's title and conclusion. */
export function said(given: Preview, checked = "checked 1 of 1", lead = ""): { text: string; check: string } {
  const { body } = previewComment(given, options);
  const { conclusion, title } = previewCheck(given, options);
  expect(lintText(body)).toEqual([]);
  expect(lintText(title, "title")).toEqual([]);
  expect(body.endsWith(small(checked, lead))).toBe(true);
  return { text: body.slice(0, -small(checked, lead).length), check: `${conclusion} · ${title}` };
}

/** A comment as people see it. */
export const visibleText = (comment: string) => comment.replaceAll(/\n<!--.*?-->\n/gs, "");

/** A Deployment with one container. */
export const workload = (name: string, image: string, replicas: number, kind = "Deployment") =>
  `---\napiVersion: apps/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: { replicas: ${replicas}, template: { spec: { containers: [{ name: ${name}, image: "ghcr.io/acme/${name}:${image}" }] } } }\n`;
/** A resource of the core group. */
export const v1 = (kind: string, name: string, body: string) =>
  `---\napiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name} }\n${body}\n`;
/** An app that gets 1.5.0 for 1.4.0. */
export const bump = (name: string, more: Partial<TargetPreview> = {}): Side => {
  const app = name.split("/")[0] ?? "";
  return { name, base: workload(app, "1.4.0", 3), head: workload(app, "1.5.0", 3), more };
};
/** What `shop` changes by that. */
export const imageDiff = fence(
  "@@ spec.template.spec.containers[shop] @@\n-image: ghcr.io/acme/shop:1.4.0\n+image: ghcr.io/acme/shop:1.5.0",
);

/** What the parser makes of a file with two errors. */
export function twoErrors() {
  const text = [
    "version: 1",
    "environments:",
    "  - { name: staging, path: 'apps/{app}/staging' }",
    "  - name: prod",
    "    path: apps/{app}/prod",
    "    from: staging",
    "    gates:",
    "      soak: 30",
    "      aprovals: 1",
    "",
  ].join("\n");
  const parsed = parseConfig(text, ".sluice.yaml");
  return parsed.ok ? [] : parsed.problems;
}
