import { describe, expect, it } from "vitest";
import { previewHtml } from "../../src/cli/format/html.ts";
import { previewText } from "../../src/cli/format/text.ts";
import { previewCheck, previewComment } from "../../src/diff/index.ts";
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
