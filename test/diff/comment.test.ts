import { describe, expect, it } from "vitest";
import { previewComment } from "../../src/diff/index.ts";
import { change, finding, preview, target } from "./support.ts";

const imageBump =
  "@@ spec.template.spec.containers[web] @@\n         name: web\n-        image: web:1.3.0\n+        image: web:1.4.0";
const images = [{ container: "Deployment/web: web", from: "ghcr.io/acme/web:1.3.0", to: "ghcr.io/acme/web:1.4.0" }];
const because = [["apps/webapp/base/deployment.yaml", "apps/webapp/overlays/prod"]];

describe("the comment of a preview", () => {
  it("reads from findings to table to diffs to what was left out", () => {
    const { body, shown, omitted } = previewComment(
      preview(
        [
          target("webapp/prod", {
            changes: [change(imageBump)],
            images,
            because,
            replicas: [{ workload: "Deployment/web", from: 2, to: 3 }],
            restarts: 2,
          }),
        ],
        {
          findings: [finding({ file: "apps/webapp/base/deployment.yaml", line: 12 })],
        },
      ),
    );
    expect(body).toBe(`### Sluice: 1 danger, 1 target changes

> [!CAUTION]
> - 🔴 **\`webapp/prod\`** · \`Deployment/web\`: Container \`web\` now runs privileged. (\`apps/webapp/base/deployment.yaml:12\`)

| Target | Resources | Images | Replicas |
|:--|:--|:--|:--|
| ✏️ \`webapp/prod\` 🔴 | 1 changed, restarts 2 workloads · +1 −1 | \`ghcr.io/acme/web\` \`1.3.0\` → \`1.4.0\` | \`web\` 2 → 3 |

<details><summary>Why these targets are affected</summary>

- \`apps/webapp/base/deployment.yaml\` → \`apps/webapp/overlays/prod\`

</details>

<details><summary>🔴 <b>Deployment</b> <code>web</code> · +1 −1 · <code>webapp/prod</code></summary>

\`\`\`diff
${imageBump}
\`\`\`

</details>

**1 of 1 affected target rendered, 0 truncated, 0 noise lines hidden.** 1 target known.

<sub>Compared \`1a2b3c4d5e6f\` (merge base) with \`9f8e7d6c5b4a\` (head).</sub>
`);
    expect({ shown, omitted }).toEqual({ shown: 1, omitted: 0 });
  });

  it("shows the same lines once for all targets, and names the one that differs", () => {
    const targets = Array.from({ length: 14 }, (_, index) =>
      target(`webapp/env${index}`, { changes: [change(imageBump.replace("name: web", `name: web # ${index}`))] }),
    );
    const prod = target("webapp/prod", { changes: [change(imageBump.replace("1.4.0", "1.5.0"))] });
    const { body, shown } = previewComment(preview([...targets, prod]));
    expect(body.match(/```diff/g)).toHaveLength(2);
    expect(body).toContain("the same in 14 targets</summary>");
    expect(body).toMatch(/The same 2 lines in `webapp\/env0`, .*`webapp\/env13`; `webapp\/prod` differs\./);
    expect(shown).toBe(15);
  });

  it("sees through the names that environments give to one resource", () => {
    const named = (environment: string, to: string) =>
      target(`webapp/${environment}`, {
        changes: [change(imageBump.replace("1.4.0", to), { name: `${environment}-web` })],
      });
    const { body } = previewComment(
      preview([named("dev", "1.4.0"), named("staging", "1.4.0"), named("prod", "1.5.0")]),
    );
    expect(body).toContain("<code>dev-web</code> and 1 more · +1 −1 · the same in");
    expect(body).toContain("The same 2 lines in `webapp/dev`, `webapp/staging`; `webapp/prod` differs.");
  });

  it("shows a whole resource once that comes or goes in several targets, each with its own namespace", () => {
    const lines = (namespace: string) =>
      `-apiVersion: v1\n-kind: ConfigMap\n-metadata:\n-  name: x\n-  namespace: ${namespace}\n-spec:\n-  namespace: shared`;
    const gone = (namespace: string, diff = lines(namespace)) =>
      target(`webapp/${namespace}`, {
        changes: [change(diff, { kind: "ConfigMap", name: "x", action: "removed", namespace })],
      });
    const other = lines("test").replace("namespace: shared", "namespace: own");
    const { body } = previewComment(preview([gone("staging"), gone("prod"), gone("test", other)]));
    expect(body.match(/```diff/g)).toHaveLength(2);
    expect(body).toContain(
      "The same 7 lines, but for the namespace, in `webapp/staging`, `webapp/prod`; `webapp/test` differs.",
    );
  });

  it("puts the gravest first", () => {
    const { body } = previewComment(
      preview(
        [
          target("a/dev", { changes: [change("+a: 1", { kind: "ConfigMap", name: "harmless" })] }),
          target("a/prod", {
            changes: [change("-b: 1", { kind: "PersistentVolumeClaim", name: "data", action: "removed" })],
          }),
        ],
        {
          findings: [
            finding({
              id: "replicas-zero",
              severity: "warning",
              app: "a",
              environment: "dev",
              resource: "ConfigMap/harmless",
            }),
            finding({ app: "a", resource: "PersistentVolumeClaim/data" }),
          ],
        },
      ),
    );
    expect(body.indexOf("[!CAUTION]")).toBeLessThan(body.indexOf("[!WARNING]"));
    expect(body.indexOf("<code>data</code>")).toBeLessThan(body.indexOf("<code>harmless</code>"));
  });

  it("says one finding of many targets once", () => {
    const findings = ["dev", "staging", "prod"].map((environment) =>
      finding({ environment, resource: `Deployment/${environment}-web` }),
    );
    const { body } = previewComment(preview([target("webapp/prod")], { findings }));
    expect(body.match(/now runs privileged/g)).toHaveLength(1);
    expect(body).toContain("**`webapp/dev`, `webapp/staging`, `webapp/prod`** · `Deployment/dev-web` and 2 like it: ");
  });

  it("tells the first findings of a rule in full and names the others", () => {
    const findings = Array.from({ length: 9 }, (_, index) =>
      finding({ resource: `Deployment/web${index}`, message: `Container \`c${index}\` is bad.` }),
    );
    const { body } = previewComment(preview([target("webapp/prod")], { findings }));
    expect(body.match(/is bad/g)).toHaveLength(4);
    expect(body).toContain("> - 🔴 and 5 more of *privileged container*: `webapp/prod Deployment/web4`, ");
  });

  it("says why a target did not render", () => {
    const error = { message: "no such file: ingress.yaml", side: "head" } as const;
    const { body } = previewComment(preview([target("webapp/prod", { status: "failed", error })]));
    expect(body).toContain("### Sluice: 1 target does not render");
    expect(body).toContain("| ❌ `webapp/prod` | does not render: no such file: ingress.yaml |");
    expect(body).toContain("**0 of 1 affected target rendered, 1 failed,");
  });

  it("counts targets that render the same", () => {
    const same = ["a/dev", "a/prod", "b/dev"].map((name) => target(name, { status: "unchanged" }));
    const { body } = previewComment(preview(same));
    expect(body).toContain("### Sluice: Nothing changes in any environment");
    expect(body).toContain("3 targets read the changed files and render the same.");
  });

  it("says it in a sentence when there is nothing to look at", () => {
    const none = { affected: 0, rendered: 0, failed: 0, truncated: 0, hiddenLines: 0, unpinned: [] };
    expect(previewComment(preview([], { completeness: { ...none, targets: 0 } })).body).toContain(
      "No targets were found in this repository, so there is nothing to render.",
    );
    expect(previewComment(preview([], { completeness: { ...none, targets: 7 } })).body).toContain(
      "No target reads a file that this pull request changes, so nothing changes in any environment (7 targets checked).",
    );
  });

  it("shows remarks on the configuration and references that were not followed", () => {
    const unpinned = [{ reference: "github.com/acme/base?ref=main", reason: "a branch moves", file: "k.yaml" }];
    const completeness = { targets: 1, affected: 1, rendered: 1, failed: 0, truncated: 0, hiddenLines: 4, unpinned };
    const { body } = previewComment(
      preview([target("a/b")], { notes: ["no configuration: targets were found"], completeness }),
    );
    expect(body).toContain("- no configuration: targets were found");
    expect(body).toContain("- `github.com/acme/base?ref=main` in `k.yaml`: a branch moves");
    expect(body).toContain("4 noise lines hidden, 1 not followed.**");
  });

  it("keeps the riskiest diffs over the limit, and says where the others are", () => {
    const long = (name: string) => `+name: ${name}\n${"+line of text\n".repeat(700)}+end`;
    const changes = Array.from({ length: 12 }, (_, index) =>
      change(long(`c${index}`), { kind: "ConfigMap", name: `c${index}` }),
    );
    const danger = change(long("pvc"), { kind: "PersistentVolumeClaim", name: "data", action: "removed" });
    const report = previewComment(preview([target("a/prod", { changes: [...changes, danger] })]), {
      detailsUrl: "https://github.com/acme/ops/runs/7",
    });
    expect(report.body.length).toBeLessThanOrEqual(65_000);
    expect(report.shown + report.omitted).toBe(13);
    expect(report.omitted).toBeGreaterThan(0);
    expect(report.body).toContain("<code>data</code> removed");
    expect(report.body).toContain(
      `**${report.omitted} more resource diffs stand in [the check](https://github.com/acme/ops/runs/7).**`,
    );
    expect(report.completeness.truncated).toBe(0);
  });

  it("keeps counts when even the table is over the limit", () => {
    const targets = Array.from({ length: 3000 }, (_, index) =>
      target(`application-${index}/environment`, {
        changes: [change(`+a: ${index}`)],
        images: [{ container: "x", from: `a:${index}`, to: "b:2" }],
      }),
    );
    const { body } = previewComment(preview(targets), { limit: 3000 });
    expect(body.length).toBeLessThanOrEqual(3000);
    expect(body).toMatch(/✏️ [\d,]+ changed targets|✏️ 3,000 changed targets/);
  });
});
