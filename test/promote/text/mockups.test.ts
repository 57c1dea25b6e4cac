import { describe, expect, it } from "vitest";
import { replaceVerdict } from "../../../src/change/text/verdict-part.ts";
import type { GateSettings, MergeStop, PromotionFacts, TargetFacts } from "../../../src/model/gates.ts";
import { evaluateGates } from "../../../src/policy/gates/index.ts";
import { type BodyParts, promotionBody, replaceWays } from "../../../src/promote/text/body.ts";
import type { BrokenTarget } from "../../../src/promote/text/broken.ts";
import { closedText } from "../../../src/promote/text/closed.ts";
import { foldedGates, gatesSection, setUpHealth } from "../../../src/promote/text/gates.ts";
import type { PromotionMetadata } from "../../../src/promote/text/metadata.ts";
import type { RollbackProposal } from "../../../src/promote/text/proposal-metadata.ts";
import { plannedAgain, promotionPullRequest } from "../../../src/promote/text/pull-request.ts";
import { promotionTitle } from "../../../src/promote/text/title.ts";
import {
  gatesCheck,
  mergedCheck,
  mergedSection,
  mergedUnmetText,
  type Standing,
  verdictSection,
} from "../../../src/promote/text/verdict.ts";
import { facts, minutes, review, settings, target } from "../../policy/gates/facts.ts";
import { lintText } from "../../support/text-lint.ts";

/** 29 Nov 2026, 23:00 UTC; staging is healthy since 22:45. */
const now = Date.UTC(2026, 10, 29, 23);
const since = now - 15 * minutes;
const repositoryUrl = "https://github.com/acme/shop";
const sha = "66ec6f5".padEnd(40, "0");
const healthy = { state: "healthy", since, source: "deployment to staging" } as const;

interface Moved {
  readonly app: string;
  readonly from: string;
  readonly to: string;
  readonly image?: string;
  readonly before?: string;
}

const webapp: Moved = { app: "webapp", from: "1.4.0", to: "1.5.0" };

function metadataOf(moves: readonly Moved[], more: Partial<PromotionMetadata> = {}): PromotionMetadata {
  return {
    kind: "promotion",
    environment: "prod",
    from: "staging",
    apps: moves.map(({ app }) => app),
    commit: sha,
    base: "main",
    actor: "ada",
    origin: 42,
    targets: moves.map(({ app, from, to, before, image = `ghcr.io/acme/${app}` }) => ({
      app,
      images: [{ image, from, to }],
      digest: "d",
      ...(before === undefined ? {} : { before }),
    })),
    carried: [],
    replaced: [],
    ...more,
  };
}

interface Given {
  readonly moves?: readonly Moved[];
  readonly about?: Partial<PromotionMetadata>;
  readonly gates?: Partial<GateSettings>;
  readonly target?: Partial<TargetFacts>;
  readonly facts?: Partial<PromotionFacts>;
  readonly stops?: readonly MergeStop[];
  readonly pushed?: "beside" | "changed";
  readonly pushers?: readonly string[];
  readonly broken?: BrokenTarget;
  readonly automatic?: boolean;
  readonly parts?: Partial<BodyParts>;
  readonly at?: number;
}

function standingOf(given: Given) {
  const { moves = [webapp], gates = {}, stops = [], pushed, pushers = [], automatic = true, at = now, broken } = given;
  const metadata = metadataOf(moves, given.about);
  const asked = settings({ current: true, healthy: true, findings: "danger", ...gates });
  const targets = moves.map(({ app, to }) =>
    target({ app, settings: asked, health: healthy, current: { state: "has", version: to }, ...given.target }),
  );
  const verdict = evaluateGates(facts({ actor: "ada", targets, ...given.facts }), at);
  const standing = {
    metadata,
    verdict,
    stops,
    automatic,
    now: at,
    pushers,
    broken,
    ...(pushed === undefined ? {} : { pushed }),
  };
  return standing satisfies Standing;
}

/** Title, check and description as they are posted, without the hidden marks. */
function said(given: Given = {}) {
  const standing = standingOf(given);
  const { metadata, verdict } = standing;
  const body = promotionBody({
    ...{ metadata, comment: "<!-- metadata -->", verdict: verdictSection(standing) },
    gates: gatesSection(verdict, { apps: metadata.targets.length }),
    included: { changes: [], truncated: false, compareUrl: undefined },
    ...{ sourceCommits: [], notes: [], left: [], unchanged: [], repositoryUrl, docsUrl: "https://docs.example" },
    ...given.parts,
  });
  const {
    title,
    status,
    conclusion,
    summary = "",
  } = gatesCheck({ sha, url: `${repositoryUrl}/commit/${sha}` }, standing, []);
  const text = visible(body);
  expect(lintText(text).filter((one) => !one.startsWith("the first line has"))).toEqual([]);
  expect(lintText(title, "title")).toEqual([]);
  expect(text.slice(0, text.indexOf("**", 2)).length).toBeLessThan(72);
  return { title: promotionTitle(metadata), check: `${conclusion ?? status} · ${title}`, text, summary, body };
}

/** What people see. */
function visible(body: string): string {
  return body.replaceAll(/<!--[\s\S]*?-->\n?/g, "").trim();
}

const change = (pullRequest: number, subject: string, author: string) => ({
  sha: "c".repeat(40),
  ...{ subject, author, pullRequest },
});
const compareUrl = `${repositoryUrl}/compare/a...b`;
const included = (...changes: readonly ReturnType<typeof change>[]) => ({
  included: { changes, truncated: false, compareUrl },
});
const checkout = change(42, "Speed up the checkout", "ada");
const basket = change(40, "Show the basket on phones", "grace");
const link = `[\`66ec6f5\`](${repositoryUrl}/commit/${sha})`;
const small = `<sub>\`ada\` asked for this in #42 · from staging at ${link} · closing drops it, \`/hold prod\` stops it · [help](https://docs.example/promotion)</sub>`;
const both = { approvals: 1, soak: 30 * minutes, selfApproval: false };
const release = { teams: ["release"], permission: "write" } as const;
const approve =
  "**Next:** anyone with write access reviews the diff below and approves. Sluice merges when all gates have passed.";
const waiting = "- ⏳ **Approvals:** 0 of 1. Anyone with write access may approve.";

/** The gates that are passed, as a body folds them. */
function folded(summary: string, ...lines: readonly string[]): string {
  return `<details><summary>✅ ${summary}</summary>\n\n${lines.map((line) => `- ✅ ${line}`).join("\n")}\n\n</details>`;
}

const notHeld = "**Not on hold**";
const still = "**Still in staging:** staging has 1.5.0";
const well = "**Healthy in staging** since 29 Nov, 22:45 UTC (deployment to staging)";
const risks = "**Risks:** none found in the diff";

function joined(...blocks: readonly string[]): string {
  return blocks.join("\n\n");
}

describe("a promotion pull request", () => {
  it("promotion-fresh, check-promotion", () => {
    const source = {
      url: "https://github.com/acme/webapp",
      compareUrl: "https://github.com/acme/webapp/compare/3f2a91c...20eae8a",
      ...{ commits: [], total: 9 },
    };
    const parts = { ...included(checkout, basket), sourceCommits: [{ image: "ghcr.io/acme/webapp", source }] };
    const { title, check, text, summary } = said({ gates: both, parts });
    const asker =
      "- ⏳ **Approvals:** 0 of 1. Anyone with write access may approve; `ada`, who asked for this, does not count.";
    const soak = "- ⏳ **Soak:** 30 min healthy in staging. Ends at 23:15 UTC if it stays healthy.";
    expect(title).toBe("Promote webapp to prod: 1.4.0 → 1.5.0");
    expect(check).toBe("in_progress · Waiting for 1 approval and the soak (ends 23:15 UTC)");
    expect(text).toBe(
      joined(
        "**prod gets webapp 1.5.0** in place of 1.4.0. Waiting for 1 approval and the soak (ends 23:15 UTC).",
        approve,
        "### Gates: 4 of 6 passed",
        `${asker}\n${soak}`,
        folded("4 passed", notHeld, still, well, risks),
        "### What is new",
        "- #42 Speed up the checkout (`ada`)\n- #40 Show the basket on phones (`grace`)",
        "[All 9 commits between 1.4.0 and 1.5.0](https://github.com/acme/webapp/compare/3f2a91c...20eae8a) in acme/webapp",
        small,
      ),
    );
    expect(visible(summary)).toBe(
      joined(
        `**4 of 6 gates passed** for ${link}.`,
        [asker, soak, ...[notHeld, still, well, risks].map((line) => `- ✅ ${line}`)].join("\n"),
      ),
    );
  });

  it("promotion-waiting: people before clocks", () => {
    const key = "deleted-persistent-volume-claim:orders/PersistentVolumeClaim/orders-backup";
    const finding = { key, severity: "danger", message: "the volume claim `orders-backup` is removed" } as const;
    const window = {
      allow: { kind: "weekly", days: [1, 2, 3, 4, 5], from: 540, to: 1020 },
      timezone: "Europe/Berlin",
    } as const;
    const { check, text } = said({
      moves: [{ app: "orders", from: "2.1.0", to: "2.2.0" }],
      gates: { windows: [window], approvals: 1 },
      target: { findings: [finding], allow: release },
      facts: { reviews: [review("grace", "approved")] },
      parts: included(change(51, "Refund orders", "mona")),
    });
    expect(check).toBe("in_progress · Waiting for 1 acknowledgement and the window (opens Mon 09:00)");
    expect(text).toBe(
      joined(
        "**prod gets orders 2.2.0** in place of 2.1.0. Waiting for 1 acknowledgement and the window (opens Mon 09:00).",
        "**Next:** anyone in release with write access comments `/ack deleted-persistent-volume-claim`, if the danger is meant. Sluice merges when all gates have passed.",
        "### Gates: 4 of 6 passed",
        [
          "- ⏳ **Risks:** 1 danger not acknowledged: the volume claim `orders-backup` is removed. Anyone in release with write access comments `/ack deleted-persistent-volume-claim`, if the danger is meant.",
          "- ⏳ **Window:** Mon to Fri 09:00–17:00 Berlin. Opens Mon 30 Nov, 09:00 Berlin (08:00 UTC).",
        ].join("\n"),
        folded(
          "4 passed",
          notHeld,
          "**Still in staging:** staging has 2.2.0",
          well,
          "**Approvals:** 1 of 1, by `grace`",
        ),
        "### What is new",
        "- #51 Refund orders (`mona`)",
        small,
      ),
    );
  });

  it("promotion-ready: who presses the button, and what was overridden", () => {
    const reason = "the fix for the outage cannot wait";
    const ready = said({
      ...{ gates: both, automatic: false, parts: included(checkout) },
      facts: {
        reviews: [review("grace", "approved")],
        overrides: [{ gate: "soak", by: "mona", reason, at: now - 2 * minutes }],
      },
    });
    expect(ready.check).toBe("success · Ready: 6 gates passed, 1 of them overridden");
    expect(ready.text).toBe(
      joined(
        "**Ready: prod gets webapp 1.5.0** in place of 1.4.0.",
        "**Next:** anyone with write access merges this pull request.",
        "### Gates: 6 of 6 passed",
        folded(
          "6 passed, 1 of them overridden",
          ...[notHeld, still, well],
          `**Soak:** overridden by \`mona\`, 29 Nov, 22:58 UTC: "${reason}"`,
          "**Approvals:** 1 of 1, by `grace`",
          risks,
        ),
        "### What is new",
        "- #42 Speed up the checkout (`ada`)",
        small,
      ),
    );
    expect(said({ gates: both, at: now + 60 * minutes, facts: { reviews: [review("grace", "approved")] } }).check).toBe(
      "success · Ready: all 6 gates passed",
    );
  });

  it("promotion-replaced: what it is now, and a new comment with whose approval fell", () => {
    const newer = { ...webapp, to: "1.6.0" };
    const before = metadataOf([webapp]);
    const after = metadataOf([newer], { actor: "bob", origin: 55, head: "d".repeat(40) });
    const replaced = [{ commit: sha, versions: "webapp 1.4.0 → 1.5.0", by: "ada" }];
    const { title, text } = said({
      ...{ moves: [newer], about: { replaced }, gates: { approvals: 1 } },
      facts: { outdated: [{ user: "grace", commit: "old" }] },
    });
    expect(title).toBe("Promote webapp to prod: 1.4.0 → 1.6.0");
    expect(text).toBe(
      joined(
        "**prod gets webapp 1.6.0** in place of 1.4.0. It replaced 1.5.0 here. Waiting for 1 approval.",
        approve,
        "### Gates: 4 of 5 passed",
        "- ⏳ **Approvals:** 0 of 1. `grace` approved another change; that does not count for this one. Anyone with write access may approve.",
        folded("4 passed", notHeld, "**Still in staging:** staging has 1.6.0", well, risks),
        small,
      ),
    );
    const comment = promotionPullRequest.updateComment({ before, now: after, dismissed: ["grace"] })?.text ?? "";
    expect(comment).toBe(
      "**Now 1.4.0 → 1.6.0**, no longer 1.4.0 → 1.5.0: `bob` asked for it in #55.\n\n`grace`: your approval was for 1.5.0 and no longer counts.",
    );
    expect(lintText(comment)).toEqual([]);
  });

  it("promotion-downgrade: older in the title, the first line and the check", () => {
    const author = { by: "bob", pullRequest: 47, at: now - 24 * 60 * minutes };
    const { title, check, text } = said({
      moves: [{ app: "webapp", from: "1.5.1", to: "1.5.0" }],
      gates: { approvals: 1 },
      stops: [{ kind: "older", app: "webapp", has: "1.5.1", gets: "1.5.0", change: author }],
      parts: included(change(47, "Fix the login on Safari", "bob")),
    });
    expect(title).toBe("Promote webapp to prod: 1.5.1 → 1.5.0 (older)");
    expect(check).toBe("in_progress · Older version: waiting for 1 approval");
    expect(text).toBe(
      joined(
        "**⬇️ prod would go back to webapp 1.5.0**, from 1.5.1. Waiting for 1 approval.",
        "> [!WARNING]\n> **1.5.1 came to prod with #47** (`bob`, 28 Nov, 23:00 UTC), not through staging. Merging this removes it.\n>\n> **Instead:** bring 1.5.1 to staging first, and close this.",
        "**Next:** if going back is meant, anyone with write access approves and merges. Sluice does not merge an older version by itself.",
        "### Gates: 4 of 5 passed",
        waiting,
        folded("4 passed", notHeld, still, well, risks),
        "### What goes away",
        "- #47 Fix the login on Safari (`bob`)",
        small,
      ),
    );
  });

  it("promotion-target-hotfixed: what people approved no longer exists, and a new comment", () => {
    const author = { by: "bob", pullRequest: 47, at: now - 10 * minutes };
    const { check, text } = said({
      gates: { approvals: 1 },
      facts: { outdated: [{ user: "grace", commit: "old" }] },
      stops: [{ kind: "changed", app: "webapp", has: "1.5.1", gets: "1.5.0", change: author }],
    });
    expect(check).toBe("failure · Stopped: prod was changed to 1.5.1 meanwhile");
    expect(text).toBe(
      joined(
        "**Stopped: prod has 1.5.1 now**, newer than the 1.5.0 that this promotes. `bob` changed prod with #47 on 29 Nov, 22:50 UTC.",
        "**Next:** choose one\n- bring 1.5.1 or newer to staging, then comment `/promote prod webapp` here (recommended)\n- or comment `/promote prod webapp`, if this is meant to replace it",
        "### Gates: 4 of 5 passed",
        "- ⏳ **Approvals:** 0 of 1. `grace` approved another change; that does not count for this one. Anyone with write access may approve.",
        folded("4 passed", notHeld, still, well, risks),
        small,
      ),
    );
    const before = metadataOf([webapp]);
    const after = metadataOf([{ ...webapp, from: "1.5.1" }]);
    const because = "`bob` changed `apps/webapp/overlays/prod/kustomization.yaml` with #47";
    const comment = plannedAgain(because).updateComment({ before, now: after, dismissed: ["grace"] })?.text ?? "";
    expect(comment).toBe(
      joined(
        `**Planned again:** ${because}. **Now 1.5.1 → 1.5.0**, no longer 1.4.0 → 1.5.0.`,
        "`grace`: your approval was for 1.4.0 → 1.5.0 and no longer counts.",
      ),
    );
    expect(lintText(comment).filter((one) => !one.startsWith("the first line has"))).toEqual([]);
  });

  it("promotion-source-withdrawn: the cause and the person to ask", () => {
    const gone = { version: "1.4.0", went: "1.4.0", had: "1.5.0", by: "bob", pullRequest: 49 };
    const back = { ...gone, state: "back", at: now - 10 * minutes } as const;
    const { check, text } = said({ gates: { approvals: 1 }, target: { current: back } });
    expect(check).toBe("failure · Stopped: staging went back from 1.5.0 to 1.4.0");
    expect(text.replaceAll("\u200B", "")).toBe(
      joined(
        "**Stopped: staging went back to 1.4.0.** `bob` took 1.5.0 back with #49 on 29 Nov, 22:50 UTC.",
        "**Next:** ask `bob` why. Then close this, or wait: it goes on when staging has 1.5.0 again, and a newer version replaces it.",
        "### Gates: 3 of 5 passed",
        `- ⛔ **Still in staging:** no, staging has 1.4.0 since #49. Anyone with maintain access may \`/override current <reason>\`.\n${waiting}`,
        folded("3 passed", notHeld, well, risks),
        small,
      ),
    );
  });

  it("promotion-no-longer-works: what broke it, and that it goes on by itself", () => {
    const message = "execution error at (webapp/templates/deployment.yaml:14:20):\n  image.version is required";
    const { title, check, text } = said({
      broken: {
        ...{ app: "webapp", only: true, tool: "Helm", message, file: "apps/webapp/values-prod.yaml", line: 3 },
        ...{ because: "`bob` changed `apps/webapp/Chart.yaml` with #52", base: "main", repositoryUrl },
      },
    });
    expect(title).toBe("Promote webapp to prod: 1.4.0 → 1.5.0");
    expect(check).toBe("failure · Stopped: webapp in prod does not render with 1.5.0");
    expect(text.slice(0, text.indexOf("\n\n### Gates"))).toBe(
      joined(
        "**Stopped: webapp in prod cannot be rendered with 1.5.0.** main changed since this opened: `bob` changed `apps/webapp/Chart.yaml` with #52.",
        `**Next:** fix [apps/webapp/values-prod.yaml:3](${repositoryUrl}/blob/main/apps/webapp/values-prod.yaml#L3) on main. This pull request follows by itself; \`/retry\` checks at once.`,
        `<details><summary>Message of Helm</summary>\n\n\`\`\`text\n${message}\n\`\`\`\n\n</details>`,
      ),
    );
  });

  it("promotion-closed-by-sluice: the reason in one line, and that nothing is lost", () => {
    const text = closedText({ why: "prod already has webapp 1.5.0", since: { by: "bob", pullRequest: 53 } });
    expect(text).toBe("**Closed: prod already has webapp 1.5.0**, since #53 (`bob`). Nothing is left to promote.");
    expect(lintText(text).filter((one) => !one.startsWith("the first line has"))).toEqual([]);
    expect(closedText({ why: "the promoted commit is gone", next: "Ask again." })).toBe(
      "**Closed: the promoted commit is gone.** Ask again.",
    );
  });

  it("promotion-several-apps: a row for each, what is left out beside it", () => {
    const moves = [
      { app: "orders", from: "2.1.0", to: "2.2.0" },
      { app: "search", from: "4.0.1", to: "4.1.0", image: "chart search" },
      webapp,
    ];
    const left = [
      { app: "billing", why: "it is in staging only. Add `apps/billing/overlays/prod` once by hand" },
      { app: "gateway", why: "prod has the same version" },
    ];
    const { title, check, text } = said({
      moves,
      gates: { approvals: 1 },
      target: { current: { state: "has", version: "them" } },
      parts: { left },
    });
    expect(title).toBe("Promote orders, search, webapp to prod");
    expect(check).toBe("in_progress · Waiting for 1 approval");
    expect(text).toBe(
      joined(
        "**prod gets new versions of 3 apps.** Waiting for 1 approval.",
        approve,
        [
          "| App | prod has | prod gets |",
          "|---|---|---|",
          "| orders | `2.1.0` | `2.2.0` |",
          "| search | `chart 4.0.1` | `chart 4.1.0` |",
          "| webapp | `1.4.0` | `1.5.0` |",
        ].join("\n"),
        "Not included:\n- **billing**: it is in staging only. Add `apps/billing/overlays/prod` once by hand.\n- **gateway**: prod has the same version.",
        "### Gates: 4 of 5 passed",
        waiting,
        folded("4 passed in all 3 apps", notHeld, "**Still in staging:** staging has them", well, risks),
        small.replace("closing", "merged or dropped together · closing"),
      ),
    );
    const many = ["a", "b", "c", "d", "e"].map((app) => ({ app, from: "1", to: "2" }));
    expect(promotionTitle(metadataOf(many))).toBe("Promote a, b, c and 2 more to prod");
  });

  const proposal: RollbackProposal = {
    deployment: 7,
    version: "1.5.0",
    digest: "before",
    failure: {
      kind: "deploy",
      text: "image cannot be pulled. 3 of 3 pods still run 1.4.0",
      ms: 10 * minutes,
    },
    url: "https://github.com/acme/shop/pull/43#issuecomment-9",
    healthy: { from: Date.UTC(2026, 10, 12), until: Date.UTC(2026, 10, 29) },
  };

  it.each([
    [true, "anyone with write access approves; Sluice merges when all gates have passed"],
    [false, "anyone with write access approves and merges"],
  ])("rollback-proposal: evidence in numbers, then both answers (merged by Sluice: %s)", (automatic, agree) => {
    const { title, check, text } = said({
      moves: [{ app: "webapp", from: "1.5.0", to: "1.4.0", before: "before" }],
      about: { kind: "rollback", from: "prod", actor: undefined, origin: undefined, proposal },
      gates: { approvals: 1, current: false, healthy: false },
      automatic,
      parts: included(checkout),
    });
    expect(title).toBe("Roll back webapp in prod: 1.5.0 → 1.4.0 (proposed)");
    expect(check).toBe("in_progress · Waiting for 1 approval");
    expect(text).toBe(
      joined(
        "**↩️ Proposal: take prod back to webapp 1.4.0.** The deploy of 1.5.0 failed after 10 minutes: image cannot be pulled. 3 of 3 pods still run 1.4.0. Waiting for 1 approval.",
        `**Next:** agree or decline\n- agree: ${agree}\n- decline: close this. 1.5.0 stays, the hold ends, and Sluice does not propose it again for this deploy`,
        "[Failed deploy](https://github.com/acme/shop/pull/43#issuecomment-9) · 1.4.0 was healthy in prod from 12 to 29 Nov",
        "**On hold:** nothing promotes or updates webapp in prod by itself until this is closed, or a newer version is live there. After the merge that lasts until `/release prod/webapp`, or until someone promotes a newer version by hand.",
        "### What goes away",
        "- #42 Speed up the checkout (`ada`)",
        "### Gates: 2 of 3 passed",
        waiting,
        folded("2 passed", notHeld, risks),
        `<sub>Opened automatically · as it was at ${link} · closing this declines it and ends the hold · [help](https://docs.example/promotion)</sub>`,
      ),
    );
  });

  it("promotion-rollback: direction first, what is lost, how automation comes back", () => {
    const { title, check, text } = said({
      moves: [{ app: "webapp", from: "1.5.0", to: "1.4.0" }],
      about: { kind: "rollback", from: "prod", origin: 43 },
      gates: { approvals: 1, current: false, healthy: false },
      automatic: false,
      parts: included(checkout),
    });
    expect(title).toBe("Roll back webapp in prod: 1.5.0 → 1.4.0");
    expect(check).toBe("in_progress · Waiting for 1 approval");
    expect(text).toBe(
      joined(
        "**↩️ prod goes back to webapp 1.4.0**, from 1.5.0. Waiting for 1 approval.",
        "**Next:** anyone with write access approves and merges. Soak, windows and health do not apply to a rollback.",
        "**On hold:** nothing promotes or updates webapp in prod until `/release prod/webapp`, or until someone promotes a newer version by hand.",
        "### What goes away",
        "- #42 Speed up the checkout (`ada`)",
        "### Gates: 2 of 3 passed",
        waiting,
        folded("2 passed", notHeld, risks),
        `<sub>\`ada\` asked for this in #43 · as it was at ${link} · closing this keeps the hold: \`/release prod/webapp\` · [help](https://docs.example/promotion)</sub>`,
      ),
    );
  });

  it("promotion-first: what lets Sluice know how the source is doing, and that the list is a guess", () => {
    const health = { state: "unknown", reason: "nothing reported so far", setUp: setUpHealth("staging") } as const;
    const changes = [checkout, change(31, "Release webapp 1.4.0", "ada")];
    const { check, text } = said({
      ...{ moves: [{ ...webapp, from: "1.3.0" }], target: { health } },
      parts: { included: { changes, truncated: false, compareUrl: undefined } },
    });
    expect(check).toBe("in_progress · Waiting for health in staging");
    expect(text).toBe(
      joined(
        "**prod gets webapp 1.5.0** in place of 1.3.0. Waiting for health in staging.",
        [
          "**Next:** tell Sluice how staging is doing. Nothing has reported a deployment of staging so far. One of:",
          "- report GitHub Deployments from what deploys staging",
          '- or name a check in `.sluice.yaml`: `health: { check: "health/{app}" }`',
          "- or go without: `gates: { healthy: false }`",
        ].join("\n"),
        "### Gates: 3 of 4 passed",
        "- ⏳ **Healthy in staging:** unknown, nothing reported so far.",
        folded("3 passed", notHeld, still, risks),
        "### What is new",
        "No earlier promotion is known, so this is the newest part of staging's history and prod may have some of it:",
        "- #42 Speed up the checkout (`ada`)\n- #31 Release webapp 1.4.0 (`ada`)",
        small,
      ),
    );
  });

  it("promotion-person-pushed: their commits are safe, and that has a price", () => {
    const pushed = said({ pushed: "beside", pushers: ["bob"], automatic: false, gates: { approvals: 1 } });
    expect(pushed.check).toBe("in_progress · Waiting for 1 approval");
    expect(pushed.text).toBe(
      joined(
        "**prod gets webapp 1.5.0 and commits by `bob`.** Sluice keeps those commits, so it no longer updates or merges this pull request.",
        "**Next:** approve what is there now, then merge by hand. To give it back to Sluice: close this, delete the branch, comment `/promote prod webapp`.",
        "### Gates: 4 of 5 passed",
        waiting,
        folded("4 passed", notHeld, still, well, risks),
        small,
      ),
    );
    const changed = said({ pushed: "changed", automatic: false });
    expect(changed.text).toMatch(
      /^\*\*A person changed what prod gets here; it is no longer webapp 1\.5\.0\.\*\* The diff below shows what it is now\./,
    );
  });

  it("a promotion on hold", () => {
    const hold = {
      ...{ by: "mona", reason: "big sale", since: "2026-11-29T20:00:00Z", until: "2026-11-30T08:00:00Z" },
      ...{ cause: "person" as const, environmentWide: true },
    };
    const { check, text } = said({ target: { hold, allow: release } });
    expect(check).toBe("in_progress · On hold by mona until 30 Nov, 08:00 UTC");
    expect(text).toMatch(/^\*\*⏸️ On hold: prod gets webapp 1\.5\.0 later\*\* in place of 1\.4\.0\.\n/);
    expect(text).toContain(
      '- ⏸️ **On hold** by `mona`, the whole environment until 30 Nov, 08:00 UTC: "big sale". Anyone in release with write access may `/release prod`.',
    );
  });

  it("promotion-merged: it does not say for ever that it waits", () => {
    const metadata = metadataOf([webapp]);
    const merge = { author: "sluice[bot]", mergedBy: "sluice[bot]", closedAt: now + 21 * minutes };
    const about = { isAsPlanned: true, now };
    const merged = (body: string, by: string, unmet: readonly string[]) =>
      visible(
        replaceWays(
          foldedGates(replaceVerdict(body, mergedSection(metadata, { ...merge, mergedBy: by }, { ...about, unmet }))),
          metadata,
        ),
      );
    const ready = said({
      ...{ gates: both, at: now + 20 * minutes, parts: included(checkout, basket) },
      facts: { reviews: [review("grace", "approved")] },
    });
    const text = merged(ready.body, merge.author, []);
    expect(text).toBe(
      joined(
        "**prod has webapp 1.5.0** since 29 Nov, 23:21 UTC. Merged by Sluice with all gates passed.",
        folded(
          "6 gates passed",
          ...[notHeld, still, well, "**Soak:** 30 min healthy in staging", "**Approvals:** 1 of 1, by `grace`", risks],
        ),
        "### What is new",
        "- #42 Speed up the checkout (`ada`)\n- #40 Show the basket on phones (`grace`)",
        `<sub>\`ada\` asked for this in #42 · from staging at ${link} · to go back: \`/rollback prod webapp\` · [help](https://docs.example/promotion)</sub>`,
      ),
    );
    expect(lintText(text).filter((one) => !one.startsWith("the first line has"))).toEqual([]);
    expect(merged(said({ gates: both }).body, "bob", ["approvals", "soak"])).toMatch(
      /^\*\*prod has webapp 1\.5\.0\*\* since 29 Nov, 23:21 UTC\. Merged by `bob` with approvals and soak not passed\.\n\n### Gates: 4 of 6 passed/,
    );
  });

  it("promotion-merged-with-open-gates: a calm fact, and what can still be done", () => {
    const seen = { unmet: ["approvals (0 of 1)", "soak"], total: 6 };
    const text = mergedUnmetText({ mergedBy: "bob" }, metadataOf([webapp]), {
      seen,
      history: `${repositoryUrl}/tree/sluice-state`,
    });
    expect(text).toBe(
      `🟠 **Warning: \`bob\` merged this with 2 of 6 gates not passed:** approvals (0 of 1) and soak. It is in the [history](${repositoryUrl}/tree/sluice-state).\n\nIf that was a mistake: \`/rollback prod webapp\`.`,
    );
    expect(lintText(text.split("**")[1] ?? "")).toEqual([]);
    const head = { sha, ref: "sluice/promote/prod/webapp", repository: undefined };
    expect(mergedCheck({ head, mergedBy: "bob" }, seen, "")).toMatchObject({
      conclusion: "neutral",
      title: "Merged by bob, 2 gates not passed",
    });
  });
});
