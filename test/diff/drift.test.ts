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

describe("environments that are apart", () => {
  it("are told in the comment and in the check after the table, with links to commits, as text that does nothing", () => {
    const options = { repositoryUrl: "https://github.com/acme/gitops" };
    const { body } = previewComment(given([drift({ fields, commits, more: 3 })]), options);
    const section = `**Environments apart**

- \`webapp/prod\` is not where \`staging\` is
  - \`ghcr.io/acme/webapp\`: \`1.4.0\`, \`staging\` has \`1.5.0\`
  - \`Deployment/web\` \`spec.replicas\`: \`5\`, \`staging\` has \`2\`, since this pull request
  - \`Deployment/web\` \`spec.template.spec.containers[web].env[MODE]\`: nothing, \`staging\` has \`fast\`, since this pull request
  - \`NetworkPolicy/deny\`: only in \`prod\`, since this pull request
  - and 3 more differences
  - \`staging\` since this pull request; \`prod\` since [\`abc1234\`](https://github.com/acme/gitops/commit/${"abc1234def".repeat(4)}) Fix #\u200B7, ask @\u200Bada (Ada &lt;b&gt;)

`;
    expect(body).toContain(section);
    expect(body.indexOf("| Target |")).toBeLessThan(body.indexOf(section));
    expect(body.indexOf(section)).toBeLessThan(body.indexOf("<details>"));
    expect(previewCheck(given([drift({ fields, commits, more: 3 })]), options).summary).toContain(section);
  });

  it("are a note: they make no check fail and no headline longer", () => {
    const check = previewCheck(given([drift()]));
    expect(check).toMatchObject({ conclusion: "success", title: "1 target changes", annotations: [] });
  });

  it("are not spoken of when there are none", () => {
    const { body } = previewComment(given([]));
    expect(body).not.toContain("nvironments");
    expect(previewComment(preview([target("a/b")])).body).not.toContain("nvironments");
  });

  it("name commits without a link where the repository's page is not known", () => {
    expect(previewComment(given([drift({ commits })])).body).toContain("; `prod` since `abc1234` Fix");
  });

  it("are folded away when they are many, and counted where there is no room", () => {
    const many = Array.from({ length: 40 }, (_, index) => drift({ app: `app-${index}` }));
    const { body } = previewComment(given(many.slice(0, 20), 7));
    expect(body).toContain("<details><summary><b>Environments apart</b>: 20 pairs</summary>");
    expect(body.match(/is not where/g)).toHaveLength(20);
    expect(body).toContain(
      "- 7 pairs of environments were not compared: a preview compares at most 50, and both must render",
    );
    const small = previewComment(given(many), { limit: 12_000 }).body;
    const shown = small.match(/is not where/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(0);
    expect(small).toContain(`- and ${40 - shown} more pairs of environments: \`sluice preview\` lists all`);
    const smaller = previewComment(given(many), { limit: 5000 }).body;
    expect(smaller).toContain("- 40 pairs of environments: `sluice preview` lists all");
  });

  it("are told in the terminal and on the page, hostile text made harmless", () => {
    const hostile = [drift({ fields, commits: commits.map((one) => ({ ...one, author: "\u001b[31m<i>" })), more: 1 })];
    const text = previewText(given(hostile, 1), { colours: false, all: false });
    expect(text).toContain(`Environments apart
  webapp/prod is not where staging is
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
    expect(page).toContain("<h2>Environments apart</h2>");
    expect(page).toContain("<li>Deployment/web spec.replicas: 5, staging has 2, since this change</li>");
    expect(page).toContain("\\u{1b}[31m&lt;i&gt;");
    expect(previewText(given([]), { colours: false, all: false })).not.toContain("Environments");
    expect(previewHtml(given([]), { all: false })).not.toContain("Environments");
  });
});
