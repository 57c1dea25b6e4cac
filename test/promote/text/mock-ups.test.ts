import { describe, expect, it } from "vitest";
import { replaceVerdict } from "../../../src/change/text/verdict-part.ts";
import type { GateSettings, MergeStop, PromotionFacts, TargetFacts } from "../../../src/model/gates.ts";
import { evaluateGates } from "../../../src/policy/gates/index.ts";
import { type BodyParts, promotionBody } from "../../../src/promote/text/body.ts";
import { gatesSection } from "../../../src/promote/text/gates.ts";
import type { PromotionMetadata } from "../../../src/promote/text/metadata.ts";
import { promotionPullRequest } from "../../../src/promote/text/pull-request.ts";
import { promotionTitle } from "../../../src/promote/text/title.ts";
import {
  gatesCheck,
  mergedSection,
  mergedUnmetText,
  type Standing,
  setUpHealth,
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
    targets: moves.map(({ app, from, to }) => ({
      app,
      images: [{ image: `ghcr.io/acme/${app}`, from, to }],
      digest: "d",
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
  readonly automatic?: boolean;
  readonly parts?: Partial<BodyParts>;
  readonly at?: number;
}

function standingOf(given: Given) {
  const { moves = [webapp], gates = {}, stops = [], pushed, automatic = true, at = now } = given;
  const metadata = metadataOf(moves, given.about);
  const asked = settings({ current: true, healthy: true, findings: "danger", ...gates });
  const targets = moves.map(({ app, to }) =>
    target({ app, settings: asked, health: healthy, current: { state: "has", version: to }, ...given.target }),
  );
  const verdict = evaluateGates(facts({ actor: "ada", targets, ...given.facts }), at);
  const standing = { metadata, verdict, stops, automatic, now: at, ...(pushed === undefined ? {} : { pushed }) };
  return standing satisfies Standing;
}

/** Title, check and description as they are posted, without the hidden marks. */
function said(given: Given = {}) {
  const standing = standingOf(given);
  const { metadata, verdict } = standing;
  const body = promotionBody({
    ...{ metadata, comment: "<!-- metadata -->", verdict: verdictSection(standing), gates: gatesSection(verdict) },
    included: { changes: [], truncated: false, compareUrl: undefined },
    ...{ sourceCommits: [], notes: [], left: [], unchanged: [], repositoryUrl },
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
const included = (...changes: readonly ReturnType<typeof change>[]) => ({
  included: { changes, truncated: false, compareUrl: undefined },
});
const news = included(change(42, "Speed up the checkout", "ada"), change(40, "Show the basket on phones", "grace"));
const small = `<sub>\`ada\` asked for this in #42 · from staging at [\`66ec6f5\`](${repositoryUrl}/commit/${sha}) · closing drops it, \`/hold prod\` stops it · a newer version replaces this one here</sub>`;
const both = { approvals: 1, soak: 30 * minutes, selfApproval: false };

describe("a promotion pull request", () => {
  it("promotion-fresh, check-promotion", () => {
    const source = {
      url: "https://github.com/acme/webapp",
      compareUrl: "https://github.com/acme/webapp/compare/3f2a91c...20eae8a",
      ...{ commits: [], total: 9 },
    };
    const parts = { ...news, sourceCommits: [{ image: "ghcr.io/acme/webapp", source }] };
    const { title, check, text, summary } = said({ gates: both, parts });
    expect(title).toBe("Promote webapp to prod: 1.4.0 → 1.5.0");
    expect(check).toBe("in_progress · Waiting for 1 approval and the soak (ends 23:15 UTC)");
    expect(
      text,
    ).toBe(`**prod gets webapp 1.5.0** in place of 1.4.0. Waiting for 1 approval and the soak (ends 23:15 UTC).

**Next:** anyone with write access reviews the diff below and approves. Sluice merges when all gates have passed.

### Gates: 4 of 6 passed

- ⏳ **Approvals:** 0 of 1. Anyone with write access may approve; \`ada\`, who asked for this, does not count.
- ⏳ **Soak:** 30 min healthy in staging. Ends at 23:15 UTC if it stays healthy

<details><summary>✅ 4 passed</summary>

- ✅ **Not on hold**
- ✅ **Still in staging:** staging has 1.5.0
- ✅ **Healthy in staging** since 29 Nov, 22:45 UTC (deployment to staging)
- ✅ **Risks:** none found in the diff

</details>

### What is new

- #42 Speed up the checkout (\`ada\`)
- #40 Show the basket on phones (\`grace\`)

[All 9 commits between 1.4.0 and 1.5.0](https://github.com/acme/webapp/compare/3f2a91c...20eae8a) in [acme/webapp](https://github.com/acme/webapp)

${small}`);
    expect(visible(summary)).toBe(`**4 of 6 gates passed** for [\`66ec6f5\`](${repositoryUrl}/commit/${sha}).

- ⏳ **Approvals:** 0 of 1. Anyone with write access may approve; \`ada\`, who asked for this, does not count.
- ⏳ **Soak:** 30 min healthy in staging. Ends at 23:15 UTC if it stays healthy
- ✅ **Not on hold**
- ✅ **Still in staging:** staging has 1.5.0
- ✅ **Healthy in staging** since 29 Nov, 22:45 UTC (deployment to staging)
- ✅ **Risks:** none found in the diff`);
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
      gates: { windows: [window] },
      target: { findings: [finding], allow: { teams: ["release"], permission: "write" } },
    });
    expect(check).toBe("in_progress · Waiting for 1 acknowledgement and the window (opens Mon 09:00)");
    expect(text).toContain("**Next:** anyone in release with write access may `/ack deleted-persistent-volume-claim`");
    expect(text).toContain(
      "- ⏳ **Risks:** 1 risk not acknowledged: the volume claim `orders-backup` is removed. Anyone in release with write access may `/ack deleted-persistent-volume-claim`, if this is meant.\n- ⏳ **Window:** ",
    );
  });

  it("promotion-ready: who presses the button, and what was overridden", () => {
    const ready = said({
      gates: both,
      automatic: false,
      facts: {
        reviews: [review("grace", "approved")],
        overrides: [{ gate: "soak", by: "mona", reason: "the fix for the outage cannot wait" }],
      },
    });
    expect(ready.check).toBe("success · Ready: 6 gates passed, 1 of them overridden");
    expect(ready.text).toMatch(
      /^\*\*Ready: prod gets webapp 1\.5\.0\*\* in place of 1\.4\.0\.\n\n\*\*Next:\*\* merge this pull request\.\n\n### Gates: 6 of 6 passed\n\n<details><summary>✅ 6 passed, 1 of them overridden<\/summary>/,
    );
    expect(ready.text).toContain('- ✅ **Soak:** overridden by `mona`: "the fix for the outage cannot wait"');
    expect(ready.text).toContain("- ✅ **Approvals:** 1 of 1, by `grace`");
    expect(said({ gates: both, at: now + 60 * minutes, facts: { reviews: [review("grace", "approved")] } }).check).toBe(
      "success · Ready: all 6 gates passed",
    );
  });

  it("promotion-replaced: what it is now, and a new comment with whose approval fell", () => {
    const newer = { ...webapp, to: "1.6.0" };
    const before = metadataOf([webapp]);
    const after = metadataOf([newer], { actor: "bob", origin: 55, head: "d".repeat(40) });
    const replaced = [{ commit: sha, versions: "webapp 1.4.0 → 1.5.0", by: "ada" }];
    const { text } = said({
      ...{ moves: [newer], about: { replaced }, gates: { approvals: 1 } },
      facts: { outdated: [{ user: "grace", commit: "old" }] },
    });
    expect(text).toMatch(
      /^\*\*prod gets webapp 1\.6\.0\*\* in place of 1\.4\.0\. It replaced `webapp 1\.4\.0 → 1\.5\.0` here\. Waiting for 1 approval\.\n/,
    );
    expect(text).toContain("0 of 1. `grace` approved another change than this one, which does not count.");
    expect(promotionPullRequest.updateComment({ before, now: after, dismissed: ["grace"] })?.text).toBe(
      "**Now webapp 1.4.0 → 1.6.0**, no longer webapp 1.4.0 → 1.5.0. `bob` asked for it in #55.\n\n`grace`: your approval was for webapp 1.4.0 → 1.5.0 and no longer counts.",
    );
  });

  it("promotion-downgrade: older in the title, the first line and the check", () => {
    const author = { by: "bob", pullRequest: 47, at: now };
    const { title, check, text } = said({
      moves: [{ app: "webapp", from: "1.5.1", to: "1.5.0" }],
      gates: { approvals: 1 },
      stops: [{ kind: "older", app: "webapp", has: "1.5.1", gets: "1.5.0", change: author }],
      parts: included(change(47, "Fix the login on Safari", "bob")),
    });
    expect(title).toBe("Promote webapp to prod: 1.5.1 → 1.5.0 (older)");
    expect(check).toBe("in_progress · Older version: waiting for 1 approval");
    expect(text).toContain(`**⬇️ prod would go back to webapp 1.5.0** in place of 1.5.1. Waiting for 1 approval.

> [!WARNING]
> **1.5.1 came to prod with #47 (\`bob\`).** Merging this removes it.
>
> **Instead:** bring 1.5.1 to staging first, and close this.

**Next:** if going back is meant, approve and merge it by hand. Sluice does not merge an older version by itself.

### Gates: 4 of 5 passed
`);
    expect(text).toContain("### What goes away\n\n- #47 Fix the login on Safari (`bob`)");
  });

  it("promotion-target-hotfixed: what people approved no longer exists", () => {
    const { check, text } = said({
      stops: [
        {
          kind: "changed",
          app: "webapp",
          has: "1.5.1",
          gets: "1.5.0",
          change: { by: "bob", pullRequest: 47, at: now },
        },
      ],
    });
    expect(check).toBe("failure · Stopped: prod was changed to 1.5.1 meanwhile");
    expect(
      text,
    ).toContain(`**Stopped: prod has 1.5.1 now**, and this would set 1.5.0. \`bob\` changed webapp in prod with #47, 29 Nov, 23:00 UTC.

**Next:** choose one
- bring what prod has, or something newer, to staging, then comment \`/promote prod webapp\` here (recommended)
- or comment \`/promote prod webapp\`, if this is meant to replace it
`);
  });

  it("promotion-source-withdrawn: the cause and the person to ask", () => {
    const back = { state: "back", version: "1.4.0", went: "1.4.0", by: "bob", pullRequest: 49, at: now } as const;
    const { check, text } = said({ gates: { approvals: 1 }, target: { current: back } });
    expect(check).toBe("failure · Stopped: staging went back to 1.4.0");
    expect(text).toContain(`**Stopped: staging went back to 1.4.0.**

**Next:** ask who took it back. Then close this, or wait: it goes on when staging has the version again, and a newer version replaces it.

### Gates: 3 of 5 passed
`);
    expect(text).toMatch(
      /- ⛔ \*\*Still in staging:\*\* no, `bob` took staging back to 1\.4\.0 with #\u200B?49, 29 Nov, 23:00 UTC\. Anyone with maintain access may `\/override current <reason>`\.\n- ⏳ \*\*Approvals:\*\* 0 of 1\./,
    );
  });

  it("promotion-several-apps: a row for each, what is left out beside it", () => {
    const moves = [
      { app: "orders", from: "2.1.0", to: "2.2.0" },
      { app: "search", from: "4.0.1", to: "4.1.0" },
      webapp,
    ];
    const left = [{ app: "billing", why: "only in staging so far. Add `apps/billing/overlays/prod` once by hand" }];
    const { title, check, text } = said({
      moves,
      gates: { approvals: 1 },
      target: { current: { state: "has", version: "it" } },
      parts: { left },
    });
    expect(title).toBe("Promote orders, search, webapp to prod");
    expect(check).toBe("in_progress · Waiting for 1 approval");
    expect(text).toMatch(/^\*\*prod gets new versions of 3 apps\*\*\. Waiting for 1 approval\.\n/);
    expect(text).toContain(`| App | prod has | prod gets |
|---|---|---|
| orders | \`2.1.0\` | \`2.2.0\` |
| search | \`4.0.1\` | \`4.1.0\` |
| webapp | \`1.4.0\` | \`1.5.0\` |

Not included:
- **billing**: only in staging so far. Add \`apps/billing/overlays/prod\` once by hand.

### Gates`);
    expect(text).toContain("merged or dropped together");
    const many = ["a", "b", "c", "d", "e"].map((app) => ({ app, from: "1", to: "2" }));
    expect(promotionTitle(metadataOf(many))).toBe("Promote a, b, c and 2 more to prod");
  });

  it("promotion-rollback: direction first, what is lost, how automation comes back", () => {
    const { title, check, text } = said({
      moves: [{ app: "webapp", from: "1.5.0", to: "1.4.0" }],
      about: { kind: "rollback", from: "prod", origin: 43 },
      gates: { approvals: 1, current: false, healthy: false },
      automatic: false,
      parts: included(change(42, "Speed up the checkout", "ada")),
    });
    expect(title).toBe("Roll back webapp in prod: 1.5.0 → 1.4.0");
    expect(check).toBe("in_progress · Waiting for 1 approval");
    expect(text).toMatch(
      /^\*\*↩️ prod goes back to webapp 1\.4\.0\*\*, from 1\.5\.0\. Waiting for 1 approval\.\n\n\*\*Next:\*\* anyone with write access reviews the diff below and approves\. Then merge this pull request\.\n\n\*\*On hold:\*\* nothing promotes or updates webapp in prod until `\/release prod\/webapp`, or until someone promotes a newer version by hand\.\n\n### Gates: 2 of 3 passed/,
    );
    expect(text).toContain("### What goes away\n\n- #42 Speed up the checkout (`ada`)");
    expect(text).toContain("closing this keeps the hold");
  });

  it("promotion-first: what lets Sluice know how the source is doing", () => {
    const health = { state: "unknown", reason: "nothing reported so far", setUp: setUpHealth("staging") } as const;
    const { check, text } = said({ moves: [{ ...webapp, from: "1.3.0" }], target: { health } });
    expect(check).toBe("in_progress · Waiting for health in staging");
    expect(text).toContain(
      "in place of 1.3.0. Waiting for health in staging.\n\n**Next:** tell Sluice how staging is doing: ",
    );
    expect(text).toContain("- ⏳ **Healthy in staging:** unknown, nothing reported so far. Tell Sluice");
  });

  it("promotion-person-pushed: their commits are safe, and that has a price", () => {
    const pushed = said({ pushed: "beside", automatic: false, gates: { approvals: 1 } });
    expect(
      pushed.text,
    ).toContain(`**prod gets webapp 1.5.0 and commits that a person pushed.** Sluice keeps those commits, so it no longer updates or merges this pull request. Waiting for 1 approval.

**Next:** approve what is there now, then merge by hand. To give it back to Sluice: close this, delete the branch, comment \`/promote prod webapp\`.
`);
    const changed = said({ pushed: "changed", automatic: false });
    expect(changed.text).toMatch(
      /^\*\*A person changed what prod gets here; it is no longer webapp 1\.5\.0\.\*\* The diff below shows what it is now\./,
    );
  });

  it("image-held, and a promotion on hold", () => {
    const hold = {
      ...{ by: "mona", reason: "big sale", since: "2026-11-29T20:00:00Z", until: "2026-11-30T08:00:00Z" },
      ...{ cause: "person" as const, environmentWide: true },
    };
    const { check, text } = said({ target: { hold, allow: { teams: ["release"], permission: "write" } } });
    expect(check).toBe("in_progress · On hold by mona until 30 Nov, 08:00 UTC");
    expect(text).toMatch(/^\*\*⏸️ On hold: prod gets webapp 1\.5\.0 later\*\* in place of 1\.4\.0\.\n/);
    expect(text).toContain(
      '- ⏸️ **On hold** by `mona`, the whole environment until 30 Nov, 08:00 UTC: "big sale". Anyone in release with write access may `/release prod`.',
    );
  });

  it("promotion-merged: it does not say for ever that it waits", () => {
    const metadata = metadataOf([webapp]);
    const merge = { mergedBy: "sluice[bot]", closedAt: now };
    const about = { unmet: [], isAsPlanned: true, now };
    expect(visible(mergedSection(metadata, merge, about))).toBe(
      "**prod got webapp 1.5.0** on 29 Nov, 23:00 UTC. Merged by `sluice[bot]` with all gates passed.",
    );
    const { body } = said({ gates: both });
    const after = replaceVerdict(
      body,
      mergedSection(metadata, { ...merge, mergedBy: "bob" }, { ...about, unmet: ["approvals", "soak"] }),
    );
    expect(visible(after)).toMatch(
      /^\*\*prod got webapp 1\.5\.0\*\* on 29 Nov, 23:00 UTC\. Merged by `bob` with approvals and soak not passed\.\n\n### Gates: 4 of 6 passed/,
    );
  });

  it("promotion-merged-with-open-gates: a calm fact, and what can still be done", () => {
    const text = mergedUnmetText({ mergedBy: "bob" }, metadataOf([webapp]), {
      seen: { unmet: ["approvals (0 of 1)", "soak"], total: 6 },
      history: `${repositoryUrl}/tree/sluice-state`,
    });
    expect(text).toBe(
      `🟠 **Warning: \`bob\` merged this with 2 of 6 gates not passed:** approvals (0 of 1) and soak. It is in the [history](${repositoryUrl}/tree/sluice-state).\n\nIf that was a mistake: \`/rollback prod webapp\`.`,
    );
    expect(lintText(text.split("**")[1] ?? "")).toEqual([]);
  });
});
