import { describe, expect, it } from "vitest";
import type { CommandInfo } from "../../../src/model/command.ts";
import { Fault, UserError } from "../../../src/model/errors.ts";
import type { PullRequest } from "../../../src/model/github.ts";
import type { PromotionPlan, TargetPromotion } from "../../../src/model/promotion.ts";
import { mayAct } from "../../../src/policy/allow.ts";
import { resolvePairs } from "../../../src/promote/resolve.ts";
import { describeHold } from "../../../src/promote/run/commands/hold.ts";
import { describePlan, describeResult, refusedLater, waitingText } from "../../../src/promote/run/reply-text.ts";
import { overriddenText } from "../../../src/promote/text/gates.ts";
import type { PromotionMetadata } from "../../../src/promote/text/metadata.ts";
import { configured } from "../../../src/targets/index.ts";
import type { Found } from "../../../src/webhooks/commands/find-commands.ts";
import { done, failed, type Outcome, refused, replyText, unknown } from "../../../src/webhooks/commands/reply.ts";
import { TABLE } from "../../../src/webhooks/commands/table.ts";
import { fakeGitHub } from "../../support/fake-github.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { planReads, sourceOf } from "../../support/plan-reads.ts";
import { lintText } from "../../support/text-lint.ts";

/** Every reply to a command, built from values as it is posted, beside its mock-up. */
const pull: PullRequest = fakeGitHub().addPull({
  number: 43,
  head: { sha: "a".repeat(40), ref: "sluice/promote/prod/webapp", repository: undefined },
});
const now = Date.UTC(2026, 10, 29, 23);

/** A command as it was written, with its slash. */
function command(line: string): Extract<Found, { kind: "command" }> {
  const [name = "", ...rest] = line.slice(1).split(" ");
  const info: CommandInfo | undefined = TABLE.find((one) => one.name === name);
  if (info === undefined) throw new Error(`there is no command ${name}`);
  return { kind: "command", line: 1, command: info, rest: rest.join(" ") };
}

function posted(by: string, ...outcomes: readonly Outcome[]): string {
  const text = replyText(by, outcomes);
  // Verdicts have their evidence behind them, as in the mock-ups.
  expect(lintText(text).filter((one) => !/^(?:the first line has|the word "please")/i.test(one))).toEqual([]);
  return text;
}

/** The reply to a command that was carried out. */
function said(by: string, line: string, result: string): string {
  return posted(by, done(command(line), result));
}

/** The reply to a command that fails with what is thrown here. */
function no(by: string, line: string, run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return posted(by, refused(command(line), error, "write"));
  }
  throw new Error("nothing was refused");
}

function planned(app: string, from: string, to: string): TargetPromotion {
  const file = `apps/${app}/overlays/prod/kustomization.yaml`;
  const edits = [{ file, line: 6, before: `    newTag: ${from}`, after: `    newTag: ${to}` }];
  const images = [{ image: `ghcr.io/acme/${app}`, from, to }];
  return { app, environment: "prod", path: `apps/${app}`, images, edits, notes: [], outcome: "planned" };
}

const [webapp, orders] = [planned("webapp", "1.4.0", "1.5.0"), planned("orders", "2.1.0", "2.2.0")];

function planOf(...targets: readonly TargetPromotion[]): PromotionPlan {
  return { from: "staging", to: "prod", commit: "c".repeat(40), targets };
}

const metadata: PromotionMetadata = {
  ...{
    kind: "promotion",
    environment: "prod",
    from: "staging",
    apps: ["webapp"],
    commit: "c".repeat(40),
    base: "main",
  },
  targets: [{ app: "webapp", images: [{ image: "ghcr.io/acme/webapp", from: "1.4.0", to: "1.5.0" }], digest: "d" }],
  ...{ carried: [], replaced: [] },
};

const environments = `version: 1
environments:
  - { name: dev, path: "apps/{app}/dev" }
  - { name: staging, path: "apps/{app}/staging", from: dev }
  - { name: prod, path: "apps/{app}/prod", from: staging }
`;
const app = (name: string, environment: string) => ({
  [`apps/${name}/${environment}/app.yaml`]: `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name} } }\n`,
});

/** The configuration and targets of a repository whose apps are in these environments. */
async function shop() {
  const apps = { ...app("webapp", "staging"), ...app("webapp", "prod"), ...app("billing", "staging") };
  const { config, plan } = await configured(
    sourceOf(memoryTree({ ".sluice.yaml": environments, ...apps })),
    planReads(),
  );
  return { config, targets: plan };
}

describe("the reply to a promotion", () => {
  it("reply-done", () => {
    expect(said("ada", "/promote prod", describeResult({ plan: planOf(webapp), pull, how: "opened" }))).toBe(
      "✅ **Opened #43:** prod gets webapp 1.5.0 in place of 1.4.0.\n\n<sub>`/promote prod` by `ada`</sub>",
    );
  });

  it("reply-done-updated", () => {
    const plan = planOf(planned("webapp", "1.4.0", "1.6.0"));
    const result = { plan, pull, how: "updated", before: metadata, dismissed: ["grace"] } as const;
    expect(said("bob", "/promote prod", describeResult(result))).toBe(
      "✅ **Updated #43:** prod gets webapp 1.6.0 now, no longer 1.5.0. The approval of `grace` no longer counts.\n\n<sub>`/promote prod` by `bob`</sub>",
    );
  });

  it("reply-done-later", () => {
    const about = { environment: "prod", from: "staging", apps: ["webapp"] };
    expect(said("ada", "/promote prod", waitingText({ ...about, healthy: true }, undefined))).toBe(
      "⏳ **Waiting:** when this pull request is merged and webapp is healthy in staging, the promotion to prod opens by itself. Closing this pull request cancels that.\n\n<sub>`/promote prod` by `ada`</sub>",
    );
    expect(waitingText({ ...about, healthy: false }, undefined)).toMatch(/when this pull request is merged, the/);
  });

  it("reply-nothing-to-do", () => {
    const plan = planOf({ ...webapp, images: [], edits: [], notes: [], outcome: "already" });
    const present = { version: "1.5.0", since: { at: "29 Nov, 23:21 UTC", pullRequest: 43 } };
    expect(said("ada", "/promote prod", describeResult({ plan }, [], present))).toBe(
      "**Nothing to promote:** prod has webapp 1.5.0 already, since 29 Nov, 23:21 UTC (#43).\n\n<sub>`/promote prod` by `ada`</sub>",
    );
  });

  it("reply-partly", async () => {
    const { left } = resolvePairs(await shop(), "prod", ["webapp", "billing"]);
    const result = { plan: planOf(webapp, orders), pull, how: "opened" } as const;
    expect(said("ada", "/promote prod", describeResult(result, left))).toBe(
      [
        "✅ **Opened #43** with 2 of 3 apps: webapp 1.4.0 → 1.5.0, orders 2.1.0 → 2.2.0.",
        "❌ **Not included: billing.** It is in staging only. Add `apps/billing/prod` once by hand, then `/promote prod billing`.",
        "<sub>`/promote prod` by `ada`</sub>",
      ].join("\n\n"),
    );
  });

  it("reply-dry-run", () => {
    const plan = planOf(orders, planned("webapp", "1.5.1", "1.5.0"));
    const text = describePlan(plan, { command: "/promote prod", base: "main", isOpen: true });
    expect(said("ada", "/promote prod --dry-run", text)).toBe(
      [
        "**Dry run, nothing was changed.** `/promote prod` would open one pull request:",
        "| App | prod has | prod gets |\n|---|---|---|\n| orders | `2.1.0` | `2.2.0` |\n| webapp | `1.5.1` | `1.5.0` ⬇️ older |",
        [
          "```diff",
          " # apps/orders/overlays/prod/kustomization.yaml",
          "-    newTag: 2.1.0",
          "+    newTag: 2.2.0",
          " # apps/webapp/overlays/prod/kustomization.yaml",
          "-    newTag: 1.5.1",
          "+    newTag: 1.5.0",
          "```",
        ].join("\n"),
        "It takes what staging has on main now; this pull request is not merged, so its changes are not included.",
        "<sub>`/promote prod --dry-run` by `ada`</sub>",
      ].join("\n\n"),
    );
  });
});

describe("the reply to a command that is not carried out", () => {
  it("reply-refused", async () => {
    const context = await shop();
    expect(no("ada", "/promote pord", () => resolvePairs(context, "pord", []))).toBe(
      [
        "❌ **Not promoted:** there is no environment `pord`. Did you mean this?",
        "```text\n/promote prod\n```",
        "<sub>`/promote pord` by `ada` · environments: dev, staging, prod</sub>",
      ].join("\n\n"),
    );
  });

  it("reply-refused-wrong-order", () => {
    const error = new UserError("refused", "this change is in dev only, and prod takes its versions from staging", {
      fix: "first `/promote staging`, then `/promote prod`",
    });
    expect(posted("ada", refused(command("/promote prod"), error, "write"))).toBe(
      [
        "❌ **Not promoted:** this change is in dev only, and prod takes its versions from staging. First:",
        "```text\n/promote staging\n```",
        "Then `/promote prod`, here or there.",
        "<sub>`/promote prod` by `ada`</sub>",
      ].join("\n\n"),
    );
  });

  it("reply-no-configuration", async () => {
    const error = await configured(sourceOf(memoryTree({})), planReads()).catch((thrown: unknown) => thrown);
    expect(
      no("ada", "/promote prod", () => {
        throw error;
      }),
    ).toBe(
      "❌ **Not promoted:** this repository has no .sluice.yaml, so only previews work. Add one: the README of Sluice has an example.\n\n<sub>`/promote prod` by `ada`</sub>",
    );
  });

  it("reply-not-allowed", () => {
    const dave = { login: "dave", permission: "write", teams: new Set<string>() } as const;
    const answer = mayAct({ teams: ["release"], permission: "write" }, dave, "promote to prod");
    if (answer.ok) throw new Error("dave may");
    const error = new UserError("permission", answer.reason, { fix: `${answer.fix} to comment:` });
    expect(posted("dave", refused(command("/promote prod"), error, "write"))).toBe(
      [
        "❌ **Not allowed:** only members of release may promote to prod. Ask one of them to comment:",
        "```text\n/promote prod\n```",
        "<sub>`/promote prod` by `dave`, who has write access</sub>",
      ].join("\n\n"),
    );
  });

  it("reply-outage", () => {
    expect(posted("ada", failed(command("/promote prod"), new Fault("unavailable", "502")))).toBe(
      "❌ **Not promoted:** GitHub or the network failed at every try. Please comment `/promote prod` again.\n\n<sub>`/promote prod` by `ada` · [GitHub status](https://www.githubstatus.com)</sub>",
    );
  });

  it("reply-unknown", () => {
    expect(posted("ada", unknown({ kind: "unknown", line: 1, name: "promte", meant: "promote" }))).toBe(
      "❌ **Unknown command `/promte`.** Did you mean `/promote`? `/help` lists all commands.",
    );
  });

  const shared: TargetPromotion = {
    ...{ app: "search", environment: "prod", path: "charts/search", images: [], edits: [], notes: [] },
    outcome: "refused",
    reason: "editing `charts/search/values.yaml` would also change search in staging",
    fix: "Set the version in a file that only this environment reads.",
  };

  it("promotion-failed-to-plan, at once and after the merge", () => {
    const text =
      "❌ **Not promoted: search to prod.** Editing `charts/search/values.yaml` would also change search in staging.\n\n**Fix:** set the version in a file that only this environment reads, then comment `/promote prod search` again.";
    const plan = planOf(shared);
    expect(no("ada", "/promote prod", () => describeResult({ plan }))).toBe(
      `${text}\n\n<sub>\`/promote prod\` by \`ada\`</sub>`,
    );
    try {
      describeResult({ plan });
    } catch (error) {
      expect(error instanceof UserError && refusedLater(error, "ada")).toBe(
        `${text}\n\n<sub>Asked for by \`ada\` before the merge</sub>`,
      );
    }
    const two = planOf(shared, { ...shared, app: "api", reason: "no file sets it" });
    expect(no("ada", "/promote prod", () => describeResult({ plan: two }))).toContain(
      "❌ **Not promoted: search and api to prod.** Search: editing `charts/search/values.yaml` would also change search in staging; api: no file sets it.\n\n**Fix:** set",
    );
  });
});

describe("the reply to other commands", () => {
  const idle = { open: [], deploys: false };

  it("reply-hold", () => {
    const until = Date.UTC(2026, 10, 30, 8);
    const line = "/hold prod --until 2026-11-30 09:00 Europe/Berlin big sale";
    const text = describeHold(
      { environment: "prod", reason: "big sale", until },
      { open: [43, 56], deploys: false },
      now,
    );
    expect(said("mona", line, text)).toBe(
      `⏸️ **prod is on hold** until 30 Nov, 08:00 UTC: "big sale". 2 open promotions wait: #43, #56. To end it: \`/release prod\`.\n\n<sub>\`${line}\` by \`mona\`</sub>`,
    );
    expect(describeHold({ environment: "prod", app: "webapp", reason: "" }, idle, now)).toBe(
      "⏸️ **prod/webapp is on hold.** Promotions and image updates wait. To end it: `/release prod/webapp`.",
    );
  });

  it.each([
    ["at a place that Sluice deploys", [], "Deploys, promotions and image updates wait."],
    ["there, while promotions are open", [43], "1 open promotion waits: #43. Deploys wait too."],
  ])("reply-hold %s", (_, open, waits) => {
    expect(describeHold({ environment: "prod", reason: "" }, { open, deploys: true }, now)).toBe(
      `⏸️ **prod is on hold.** ${waits} To end it: \`/release prod\`.`,
    );
  });

  it("reply-override", () => {
    const url = "https://github.com/acme/shop";
    const text = overriddenText({
      ...{ gate: "soak", reason: "the fix for the outage cannot wait", unmet: ["approvals (0 of 1)"] },
      ...{ head: `[\`3758703\`](${url}/commit/3758703)`, history: `${url}/tree/sluice-state` },
    });
    expect(said("mona", "/override soak", text)).toBe(
      `✅ **Soak overridden** for [\`3758703\`](${url}/commit/3758703): "the fix for the outage cannot wait". The next push asks for it again. Not passed yet: approvals (0 of 1). It is on record in the [history](${url}/tree/sluice-state).\n\n<sub>\`/override soak\` by \`mona\`</sub>`,
    );
  });

  it("reply-several", () => {
    const opened = describeResult({ plan: planOf(webapp), pull, how: "opened" });
    const hold = describeHold({ environment: "prod", app: "orders", reason: "schema change" }, idle, now);
    const outcomes = [
      done(command("/promote prod webapp"), opened),
      done(command("/hold prod/orders schema change"), hold),
      unknown({ kind: "unknown", line: 3, name: "stat", meant: "status" }),
    ];
    expect(posted("ada", ...outcomes)).toBe(
      [
        "2 of 3 commands done:",
        "",
        "- ✅ **Opened #43:** prod gets webapp 1.5.0 in place of 1.4.0 (`/promote prod webapp`)",
        '- ⏸️ **prod/orders is on hold:** "schema change". Promotions and image updates wait. To end it: `/release prod/orders`. (`/hold prod/orders schema change`)',
        "- ❌ **Unknown command `/stat`.** Did you mean `/status`?",
      ].join("\n"),
    );
  });

  it("reply-help", async () => {
    const help = TABLE.find(({ name }) => name === "help");
    const text = String(await Reflect.apply(help?.run ?? (() => ""), undefined, []));
    expect(lintText(text).filter((one) => !one.startsWith("the first line has"))).toEqual([]);
    expect(text).toBe(`Write a command on a line of its own, in a comment on a pull request:

| Command | What it does |
|---|---|
| \`/promote prod\` | Opens a pull request that gives prod the versions of staging |
| \`/promote prod webapp@1.4.0\` | The same for one app, and for a version that staging had |
| \`/rollback prod webapp\` | Opens a pull request that restores the last healthy version |
| \`/hold prod big sale\` | Stops promotions, image updates and deploys there |
| \`/release prod\` | Ends the hold |
| \`/status\` | Where this change is |
| \`/diff\` | Checks this pull request again |
| \`/diff live prod\` | Compares what runs in prod with Git |
| \`/retry\` | Tries the failed step again |
| \`/reconcile staging\` | Deploys it again |
| \`/ack <finding>\` | Confirms that a danger is meant |
| \`/override <gate> <reason>\` | Passes a gate, on record |

\`/status\` and \`/help\` are for everyone with read access, \`/diff\` and \`/retry\` from triage on. The others follow \`allow\` in \`.sluice.yaml\`; without it, anyone with write access (\`/override\`: maintain). \`/promote prod --dry-run\` only shows.`);
  });
});
