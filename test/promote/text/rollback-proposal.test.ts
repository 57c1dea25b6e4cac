import { describe, expect, it } from "vitest";
import type { RollbackProposal } from "../../../src/promote/text/proposal-metadata.ts";
import {
  declinedText,
  loopText,
  proposalLinks,
  proposalReason,
  proposalVerdict,
  unverifiedText,
} from "../../../src/promote/text/rollback-proposal.ts";
import { lintText } from "../../support/text-lint.ts";

const of = (failure: RollbackProposal["failure"], more: Partial<RollbackProposal> = {}): RollbackProposal => ({
  deployment: 7,
  version: "1.5.0",
  digest: "d",
  failure,
  ...more,
});

const metadata = (app = "web", to = "1.4.0") => ({
  environment: "prod",
  apps: [app],
  targets: [{ app, images: [{ image: "ghcr.io/acme/web", from: "1.5.0", to }], digest: "d" }],
});

describe("what a proposed rollback says of the failure", () => {
  it.each([
    [{ kind: "deploy", text: "hook migrate failed", ms: 20_000 }, "The deploy of 1.5.0 failed: hook migrate failed."],
    [{ kind: "deploy", text: "too slow", ms: 60_000 }, "The deploy of 1.5.0 failed after 1 minute: too slow."],
    [{ kind: "degraded", text: "crashes", ms: 240_000 }, "1.5.0 was live for 4 minutes, then failed: crashes."],
    [{ kind: "check", name: "e2e", commit: "0123456789" }, "1.5.0 is live, and the check e2e failed on `0123456`."],
    [
      { kind: "query", query: "sum(up)", value: 0.123_456, side: "below", limit: 1 },
      "1.5.0 is live, and `sum(up)` gives 0.1235, below 1.",
    ],
  ] satisfies readonly (readonly [RollbackProposal["failure"], string])[])("%j", (failure, text) => {
    expect(proposalVerdict(metadata(), of(failure))).toBe(`**↩️ Proposal: take prod back to web 1.4.0.** ${text}`);
  });

  it("is short and masked where it is the reason of a hold", () => {
    const reason = proposalReason(of({ kind: "deploy", text: `password=hunter2hunter2 ${"x".repeat(900)}`, ms: 0 }));
    expect(reason).not.toContain("hunter2hunter2");
    expect(reason).toMatch(/^1\.5\.0 failed: /);
    expect(reason.length).toBeLessThanOrEqual(301);
  });
});

describe("what others wrote", () => {
  const evil = "<!-- sluice:gates --> </details> @acme/all #1 [x](https://evil.test) `code` | ```\n### Merged";
  const failures: readonly RollbackProposal["failure"][] = [
    { kind: "deploy", text: evil, ms: 0 },
    { kind: "degraded", text: evil, ms: 0 },
    { kind: "check", name: evil, commit: evil },
    { kind: "query", query: evil, value: 1, side: "above", limit: 0 },
  ];
  const about = metadata(evil, evil);
  const texts = [
    ...failures.map((failure) => proposalVerdict(about, of(failure, { version: evil }))),
    proposalLinks(
      about,
      of({ kind: "deploy", text: "", ms: 0 }, { url: `https://x) ${evil}`, healthy: { from: 0, until: 0 } }),
    ),
    declinedText(about),
    loopText(evil, "prod"),
    unverifiedText(evil, "prod", evil),
  ];

  it.each(texts)("is inert in %j", (text) => {
    expect(text).not.toContain("<!-- sluice");
    const prose = text.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
    expect(prose).not.toMatch(/@acme|#1\b|<\/?\w|\]\(https:\/\//);
    expect(text.match(/^### /gm)).toBeNull();
    expect(lintText(text).filter((one) => /^(?:a block is not closed|a table)/.test(one))).toEqual([]);
  });
});
