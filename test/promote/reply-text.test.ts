import { describe, expect, it } from "vitest";
import { UserError } from "../../src/model/errors.ts";
import type { PullRequest } from "../../src/model/github.ts";
import type { PromotionPlan, TargetPromotion } from "../../src/model/promotion.ts";
import { describePlan, describeResult } from "../../src/promote/run/reply-text.ts";
import { fakeGitHub } from "../support/fake-github.ts";
import { lintText } from "../support/text-lint.ts";

const file = (app: string) => `apps/${app}/overlays/prod/kustomization.yaml`;

function planned(app: string, from: string, to: string): TargetPromotion {
  const edits = [{ file: file(app), line: 6, before: `    newTag: ${from}`, after: `    newTag: ${to}` }];
  const images = [{ image: `ghcr.io/acme/${app}`, from, to }];
  return { app, environment: "prod", path: `apps/${app}`, images, edits, notes: [], outcome: "planned" } as const;
}

function planOf(targets: readonly TargetPromotion[], more: Partial<PromotionPlan> = {}): PromotionPlan {
  return { from: "staging", to: "prod", commit: "c".repeat(40), targets, ...more };
}

const pull: PullRequest = fakeGitHub().addPull({
  number: 43,
  head: { sha: "a".repeat(40), ref: "sluice/promote/prod/webapp", repository: undefined },
});
const webapp = planned("webapp", "1.4.0", "1.5.0");

/** The text, which follows the rules for texts. */
function said(text: string): string {
  expect(lintText(text).filter((one) => !one.startsWith("the first line has"))).toEqual([]);
  return text;
}

describe("the reply to a promotion", () => {
  it("reply-done: the result with its link first", () => {
    expect(said(describeResult({ plan: planOf([webapp]), pull, how: "opened" }))).toBe(
      "✅ **Opened #43:** prod gets webapp 1.5.0 in place of 1.4.0.",
    );
    const rollback = planOf([planned("webapp", "1.5.0", "1.4.0")], { from: "prod" });
    expect(said(describeResult({ plan: rollback, pull, how: "opened" }))).toBe(
      "✅ **Opened #43:** prod goes back to webapp 1.4.0, from 1.5.0.",
    );
  });

  it("reply-done-updated: it was there already", () => {
    const plan = planOf([planned("webapp", "1.4.0", "1.6.0")]);
    expect(said(describeResult({ plan, pull, how: "updated" }))).toBe(
      "✅ **Updated #43:** prod gets webapp 1.6.0 in place of 1.4.0.",
    );
    expect(said(describeResult({ plan, pull, how: "same" }))).toBe(
      "**#43 is open already:** prod gets webapp 1.6.0 in place of 1.4.0.",
    );
  });

  it("reply-partly: one app that cannot go does not hide the others", () => {
    const plan = planOf([webapp, planned("orders", "2.1.0", "2.2.0")]);
    const left = [
      { app: "billing", why: "it is in staging only", fix: "Add `apps/billing/overlays/prod` once by hand" },
    ];
    expect(said(describeResult({ plan, pull, how: "opened" }, left))).toBe(
      "✅ **Opened #43** with 2 of 3 apps: webapp 1.4.0 → 1.5.0, orders 2.1.0 → 2.2.0.\n\n❌ **Not included: billing.** It is in staging only. Add `apps/billing/overlays/prod` once by hand, then `/promote prod billing`.",
    );
  });

  it("reply-nothing-to-do: no tick, no cross", () => {
    const already = { ...webapp, images: [], edits: [], outcome: "already" } as const;
    expect(said(describeResult({ plan: planOf([already]) }))).toBe(
      "**Nothing to promote:** prod has these versions of webapp already.",
    );
  });

  it("is a refusal with the fix where nothing could be planned", () => {
    const refused = {
      ...webapp,
      images: [],
      edits: [],
      outcome: "refused",
      reason: "no value sets it",
      fix: "set it",
    } as const;
    expect(() => describeResult({ plan: planOf([refused]) })).toThrow(
      new UserError("refused", "no value sets it", {
        fix: "set it",
        fields: { subject: "webapp to prod", again: "/promote prod webapp" },
      }),
    );
  });
});

describe("the reply to a dry run", () => {
  it("reply-dry-run: nothing happened, what would, and what goes back", () => {
    const plan = planOf([planned("orders", "2.1.0", "2.2.0"), planned("webapp", "1.5.1", "1.5.0")]);
    expect(
      said(describePlan(plan, { command: "/promote prod", base: "main", isOpen: true })),
    ).toBe(`**Dry run, nothing was changed.** \`/promote prod\` would open one pull request:

| App | prod has | prod gets |
|---|---|---|
| orders | \`2.1.0\` | \`2.2.0\` |
| webapp | \`1.5.1\` | \`1.5.0\` ⬇️ older |

\`\`\`diff
 # ${file("orders")}
-    newTag: 2.1.0
+    newTag: 2.2.0
 # ${file("webapp")}
-    newTag: 1.5.1
+    newTag: 1.5.0
\`\`\`

It takes what staging has on main now; this pull request is not merged, so its changes are not included.`);
  });

  it("says that nothing would be opened", () => {
    expect(said(describePlan(planOf([]), { command: "/promote prod", base: "main" }))).toBe(
      "**Dry run, nothing was changed.** `/promote prod` would open no pull request.",
    );
  });
});
