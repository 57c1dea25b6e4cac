import { describe, expect, it } from "vitest";
import { previewHtml } from "../../src/cli/format/html.ts";
import { previewText } from "../../src/cli/format/text.ts";
import { previewCheck, previewComment } from "../../src/diff/index.ts";
import { driftSection } from "../../src/diff/report/drift.ts";
import type { EnvironmentDrift } from "../../src/model/preview.ts";
import { change, drift, preview, target } from "./support.ts";

const fields = [
  { resource: "Deployment/web", path: "spec.replicas", here: "5", there: "2" },
  { resource: "Deployment/web", path: "spec.template.spec.containers[web].env[MODE]", here: undefined, there: "fast" },
  { resource: "NetworkPolicy/deny", path: "", here: "", there: undefined },
];
const commits = [{ sha: "abc1234def".repeat(4), subject: "Fix #7, ask @ada", author: "Ada <b>", environment: "prod" }];

function given(apart: readonly EnvironmentDrift[], unchecked = 0) {
  const targets = [target("webapp/staging", { changes: [change("-a: 1\n+a: 2")] })];
  return preview(targets, { drift: { apart, unchecked } });
}

describe("environments that differ", () => {
  it("are told folded, after the diffs, with links to commits, as text that does nothing", () => {
    const options = { repositoryUrl: "https://github.com/acme/gitops" };
    const { body } = previewComment(given([drift({ fields, commits, more: 3 })]), options);
    const section = `<details><summary>prod and staging differ now</summary>

- **webapp in prod**
  - \`ghcr.io/acme/webapp\`: \`prod\` gets \`1.4.0\`, \`staging\` has \`1.5.0\`
  - \`Deployment/web\` \`spec.replicas\`: \`prod\` gets \`5\`, \`staging\` has \`2\`
  - \`Deployment/web\` \`spec.template.spec.containers[web].env[MODE]\`: \`prod\` gets nothing, \`staging\` has \`fast\`
  - \`NetworkPolicy/deny\`: only in \`prod\`
  - and 3 more differences
  - \`staging\` by this pull request; \`prod\` by [\`abc1234\`](https://github.com/acme/gitops/commit/${"abc1234def".repeat(4)}) Fix #\u200B7, ask @\u200Bada (Ada &lt;b&gt;)

</details>
`;
    expect(body).toContain(section);
    expect(body.indexOf("```diff")).toBeLessThan(body.indexOf(section));
  });

  it("are no finding: they make no check fail and no heading longer", () => {
    const check = previewCheck(given([drift()]));
    expect(check).toMatchObject({
      conclusion: "success",
      title: "webapp in staging: Deployment web changes",
      annotations: [],
    });
  });

  it("are not spoken of where this pull request is not the cause", () => {
    const before = drift({ byPullRequest: [], commits });
    expect(previewComment(given([before], 5)).body).not.toContain("differ");
    expect(previewComment(given([])).body).not.toContain("differ");
  });

  it("are as many as there is room for, the others counted", () => {
    const many = Array.from({ length: 40 }, (_, index) => drift({ app: `app-${index}` }));
    const { body } = previewComment(given(many));
    expect(body).toContain("<details><summary>40 pairs of environments differ now</summary>");
    const shown = body.match(/\*\*app-\d+ in prod\*\*/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(0);
    if (shown < 40) expect(body).toContain(`- and ${40 - shown} more\n`);
  });

  it("are told in the terminal and on the page, hostile text made harmless", () => {
    const hostile = [drift({ fields, commits: commits.map((one) => ({ ...one, author: "\u001b[31m<i>" })), more: 1 })];
    const text = previewText(given(hostile, 1), { colours: false, all: false });
    expect(text).toContain(`Environments that differ now
  webapp in prod differs from staging
    ghcr.io/acme/webapp: 1.4.0, staging has 1.5.0
    Deployment/web spec.replicas: 5, staging has 2, since this change
    Deployment/web spec.template.spec.containers[web].env[MODE]: nothing, staging has fast, since this change
    NetworkPolicy/deny: only in prod, since this change
    and 1 more difference
    staging since this change
    prod since abc1234 Fix #7, ask @ada (\\u{1b}[31m<i>)
  1 pair of environments was not compared: a preview compares at most 50, and both must render
`);
    const page = previewHtml(given(hostile, 1), { all: false });
    expect(page).toContain("<h2>Environments that differ now</h2>");
    expect(page).toContain("<li>Deployment/web spec.replicas: 5, staging has 2, since this change</li>");
    expect(page).toContain("\\u{1b}[31m&lt;i&gt;");
    for (const none of [[], [drift({ fields: [], byPullRequest: [] })]]) {
      expect(previewText(given(none), { colours: false, all: false })).not.toContain("Environments");
      expect(previewHtml(given(none), { all: false })).not.toContain("Environments");
    }
  });
});

describe("the summary of environments that differ", () => {
  const within = (budget: number) => ({ budget, measure: (text: string) => text.length, elsewhere: "" });
  const section = (apart: readonly EnvironmentDrift[], budget = 10_000) =>
    driftSection({ apart, unchecked: 0 }, undefined, within(budget));
  const summary = (more: Partial<EnvironmentDrift>) => /<summary>(.*)<\/summary>/.exec(section([drift(more)]))?.[1];
  const image = "ghcr.io/acme/webapp";
  const field = { resource: "Deployment/web", path: "spec.replicas", here: "5", there: "2" };
  const name = (length: number) => "e".repeat(length);

  it.each<readonly [more: Partial<EnvironmentDrift>, gap: string]>([
    [{}, ": 1.4.0 and 1.5.0"],
    [{ versions: [{ image, here: "", there: "" }] }, ": no version and no version"],
    [{ more: 1 }, ""],
    [{ versions: [] }, ""],
    [{ fields: [field] }, ""],
    [{ versions: [], fields: [field] }, ": replicas 5 and 2"],
    [{ versions: [], fields: [{ ...field, path: "kind", here: undefined }] }, ": kind nothing and 2"],
    [{ versions: [], fields: [{ ...field, there: undefined }] }, ": replicas 5 and nothing"],
    [{ versions: [], fields: [{ ...field, path: "", there: undefined }] }, ""],
    [{ versions: [], fields: [{ ...field, here: "x".repeat(26) }] }, `: replicas ${"x".repeat(26)} and 2`],
    [{ versions: [], fields: [{ ...field, here: "x".repeat(27) }] }, ""],
  ])("names one thing that differs, where it has room: %#", (more, gap) => {
    expect(summary(more)).toBe(`prod and staging differ now${gap}`);
  });

  it("is no longer than it may be", () => {
    expect(summary({ environment: name(50), more: 1 })).toBe(`${name(50)} and staging differ…`);
  });

  it("has as many pairs below it as there is room for", () => {
    const pairs = [drift({ app: "a" }), drift({ app: "b" }), drift({ app: "c" })];
    const whole = section(pairs);
    const entry =
      section([drift({ app: "a" })])
        .split("\n\n")[1]
        ?.trimEnd().length ?? 0;
    expect(whole.match(/in prod\*\*/g)).toHaveLength(3);
    const shown = (budget: number) => {
      const text = section(pairs, budget);
      return [text.match(/in prod\*\*/g)?.length ?? 0, /- and \d more\n\n<\/details>/.test(text)];
    };
    expect(shown(200 + 2 * (entry + 1))).toEqual([2, true]);
    expect(shown(200 + 2 * (entry + 1) - 1)).toEqual([1, true]);
    expect(section(pairs, 200)).toBe("");
    expect(section([])).toBe("");
  });

  const copied = { versions: [], fields: [field], copiedFile: "base/scale.yaml" };

  it.each<readonly [more: Partial<EnvironmentDrift>, text: string]>([
    [
      copied,
      "The strategy `directory` copies staging's files, so the next promotion sets prod back to 2. To keep 5, change staging too or add `base/scale.yaml` to `promote.exclude`.",
    ],
    [
      { ...copied, copiedFile: "base/Kustomization.yml", fields: [{ ...field, here: "a b", there: "x".repeat(200) }] },
      `The strategy \`directory\` copies staging's files, so the next promotion sets prod back to \`${"x".repeat(119)}…\`. To keep \`a b\`, change staging too.`,
    ],
  ])("says what the next promotion takes back: %#", (more, text) => {
    expect(section([drift(more)]).split("\n\n")[1]).toBe(text);
  });

  it.each<Partial<EnvironmentDrift>>([
    { ...copied, more: 1 },
    { ...copied, fields: [field, field] },
    { ...copied, versions: [{ image, here: "1", there: "2" }] },
    { ...copied, fields: [{ ...field, here: undefined }] },
    { ...copied, fields: [{ ...field, there: undefined }] },
  ])("lists what is no such field alone: %#", (more) => {
    expect(section([drift(more)])).toContain("- **webapp in prod**\n");
    expect(section([drift(copied), drift(copied)])).toContain("- **webapp in prod**\n");
  });
});
