import { describe, expect, it } from "vitest";
import {
  brokenConfigurationFinding,
  configProblemsReport,
  previewCheck,
  previewComment,
  renderFailureFinding,
  unreadFilesFinding,
} from "../../../src/diff/index.ts";
import { lintText } from "../../support/text-lint.ts";
import { bump, complete, fence, imageDiff, of, options, twoErrors, v1, workload } from "./support.ts";

describe("the check page of a preview", () => {
  it("check-preview: is no copy of the comment, a link to it, and the diffs, the first one open", () => {
    const side = {
      name: "gateway/prod",
      base: workload("gateway", "3.1.2", 1),
      head: workload("gateway", "latest", 1),
      file: "a.yaml",
    };
    const check = previewCheck(of([side, bump("shop/prod")]), { ...options, commentUrl: "https://hub.example/c" });
    expect(check.summary).toBe(
      'Risks and summary are in [the comment](https://hub.example/c) and at their lines in "Files changed".\n\n**All 2 diffs**, the riskiest first:\n\n',
    );
    expect(check.text).toBe(
      `<details open><summary>Deployment gateway in prod (+1 −1) · 🟠 warning</summary>\n\n${fence("@@ spec.template.spec.containers[gateway] @@\n-image: ghcr.io/acme/gateway:3.1.2\n+image: ghcr.io/acme/gateway:latest")}</details>\n\n<details><summary>Deployment shop in prod (+1 −1)</summary>\n\n${imageDiff}</details>\n\n**To check again:** press "Re-run", or comment \`/diff\`.\n`,
    );
    expect(lintText(`Title\n\n${check.text}`)).toEqual([]);
  });

  it("check-titles: every conclusion with its title, within its length", () => {
    const claim = v1("PersistentVolumeClaim", "backup", "spec: {}");
    const scaled = { name: "shop/prod", base: workload("shop", "1", 3), head: workload("shop", "1", 0) };
    const broken = { status: "failed", error: { message: "x", side: "head" } } as const;
    const failure = { kind: "input", message: "x" } as const;
    const failed = (cause: "change" | "before") =>
      of([{ name: "orders/prod", base: "", head: "", more: { ...broken, error: { ...broken.error, cause } } }], {
        findings: [renderFailureFinding({ app: "orders", environment: "prod", failure, cause })],
      });
    const nothing = { ...complete, affected: 0, rendered: 0 };
    const titles = [
      of([bump("shop/prod")]),
      of([bump("shop/prod"), bump("orders/prod"), bump("shop/staging")]),
      of([], { completeness: nothing }),
      of([scaled]),
      failed("before"),
      of([], { findings: [unreadFilesFinding(["charts/redis/values.yaml"])], completeness: nothing }),
      of([{ name: "orders/prod", base: claim, head: "" }, scaled]),
      failed("change"),
      of([], { findings: twoErrors().map(brokenConfigurationFinding) }),
    ].map((given) => {
      const { conclusion, title } = previewCheck(given, options);
      expect(lintText(title, "title")).toEqual([]);
      return `${conclusion} · ${title}`;
    });
    expect(titles).toEqual([
      "success · shop in prod: 1.4.0 → 1.5.0",
      "success · 3 changes: 2 apps in prod, 1 in staging",
      "success · No change in prod, staging or dev",
      "neutral · Warning in prod: shop scaled to 0",
      "neutral · Unknown: orders in prod is already broken on main",
      "neutral · Not checked: 1 changed file belongs to no known app",
      "failure · Danger in prod: volume claim deleted (orders), and 1 warning",
      "failure · orders in prod cannot be rendered",
      "failure · .sluice.yaml has 2 errors",
    ]);
  });

  it("says it all where there is no comment", () => {
    const { summary } = previewCheck(of([bump("shop/prod")]), options);
    expect(summary).toMatch(/^### shop in prod: 1\.4\.0 → 1\.5\.0\n/);
  });

  it("is neutral where a danger was acknowledged", () => {
    const claim = v1("PersistentVolumeClaim", "backup", "spec: {}");
    const given = of([{ name: "orders/prod", base: claim, head: "" }]);
    expect(previewCheck(given, options).conclusion).toBe("failure");
    const findings = given.findings.map((one) => ({ ...one, acknowledged: { by: "ada", reason: "it is backed up" } }));
    const confirmed = { ...given, findings };
    expect(previewCheck(confirmed, options)).toMatchObject({
      conclusion: "neutral",
      title: "Danger in prod, confirmed: volume claim deleted (orders)",
    });
    const { body } = previewComment(confirmed, { ...options, acknowledge: "/ack" });
    expect(body).toContain("### 🟠 Danger in prod, confirmed: volume claim deleted");
    expect(body).toContain('> **Confirmed** by `ada`: "it is backed up".');
    expect(body).not.toContain("**Fix:**");
    expect(lintText(body)).toEqual([]);
  });
});

describe("a change that breaks the configuration", () => {
  it("preview-config-broken: has all errors at once, each with its line and what to write instead, and what they would stop", () => {
    const given = of([], { findings: twoErrors().map(brokenConfigurationFinding) });
    const { body } = previewComment(given, options);
    expect(body.split("\n\n").slice(0, 3).join("\n\n")).toBe(`### ❌ \`.sluice.yaml\` has 2 errors

- [Line 8](https://hub.example/acme/ops/blob/${given.head}/.sluice.yaml#L8): \`soak: 30\` needs a unit. Write \`soak: 30m\`.
- [Line 9](https://hub.example/acme/ops/blob/${given.head}/.sluice.yaml#L9): \`aprovals\` is not a key of \`environments[1].gates\`. Did you mean \`approvals\`?

If this is merged, previews, promotions and image updates stop until it is fixed.`);
    expect(previewCheck(given, options)).toMatchObject({
      ...{ conclusion: "failure", title: ".sluice.yaml has 2 errors" },
      annotations: [{ startLine: 8, message: "`soak: 30` needs a unit. Write `soak: 30m`." }, { startLine: 9 }],
    });
    expect(lintText(body)).toEqual([]);
  });
});

describe("the report of a broken configuration", () => {
  it("has all errors at once, each with its line and what to write instead", () => {
    const { comment, check } = configProblemsReport(twoErrors(), {
      head: "9f8e7d6",
      repositoryUrl: options.repositoryUrl,
    });
    expect(comment).toBe(`### ❌ \`.sluice.yaml\` has 2 errors

- [Line 8](https://hub.example/acme/ops/blob/9f8e7d6/.sluice.yaml#L8): \`soak: 30\` needs a unit. Write \`soak: 30m\`.
- [Line 9](https://hub.example/acme/ops/blob/9f8e7d6/.sluice.yaml#L9): \`aprovals\` is not a key of \`environments[1].gates\`. Did you mean \`approvals\`?

The file on the base branch has these errors, so nothing of this pull request was rendered or compared.
`);
    expect(check).toMatchObject({ conclusion: "failure", title: ".sluice.yaml has 2 errors" });
    expect(lintText(comment)).toEqual([]);
  });
});
