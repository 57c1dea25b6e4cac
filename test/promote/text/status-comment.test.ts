import { describe, expect, it } from "vitest";
import { type StatusStep, statusComment, statusReply } from "../../../src/promote/text/status-comment.ts";
import { lintText } from "../../support/text-lint.ts";

const now = Date.UTC(2026, 10, 30, 10);
const at = Date.UTC(2026, 10, 29, 23, 21);
const prod = { app: "webapp", environment: "prod", version: "1.4.0" } as const;
const staging = { app: "webapp", environment: "staging", version: "1.5.0" } as const;
const merged = { ...staging, state: "merged" } as const;
const notYet = { ...prod, state: "not-yet", automatic: false } as const;

/** Heading, rows and what comes next; the rest is checked here. */
function said(...steps: readonly StatusStep[]) {
  const text = statusComment(steps, now);
  expect(lintText(text)).toEqual([]);
  const [heading = "", table = "", ...rest] = text.trimEnd().split("\n\n");
  expect(table.split("\n").slice(0, 2)).toEqual(["| Environment | State |", "|---|---|"]);
  expect(rest.at(-1)).toMatch(
    /^<sub>Where this change is\. Updated when it moves(?: · `\/status` posts it again)?<\/sub>$/,
  );
  return { heading, rows: table.split("\n").slice(2), next: rest.slice(0, -1) };
}

const again = "\n\n<sub>Where this change is. Updated when it moves · `/status` posts it again</sub>\n";

/** The whole comment, as its mock-up has it. */
function whole(...steps: readonly StatusStep[]): string {
  const text = statusComment(steps, now);
  expect(lintText(text)).toEqual([]);
  return text;
}

describe("the comment that says where a change is", () => {
  it("status-open", () => {
    expect(
      whole({ ...staging, version: "1.4.0", state: "comes", becomes: "1.5.0" }, notYet),
    ).toBe(`### webapp 1.5.0: not merged yet

| Environment | State |
|---|---|
| prod | ◻️ not yet, has \`1.4.0\` |
| staging | ◻️ comes with this pull request, has \`1.4.0\` |

**Next:** merge. \`/promote prod\` can be said now: the promotion then opens when 1.5.0 is healthy in staging.${again}`);
    expect(said({ ...staging, version: "", state: "comes", becomes: "" }, notYet)).toMatchObject({
      heading: "### webapp: not merged yet",
      next: [
        "**Next:** merge. `/promote prod` can be said now: the promotion then opens when this is merged and healthy.",
      ],
    });
  });

  it("status-live-in-staging: ends with the command that brings it on", () => {
    expect(whole(merged, notYet)).toBe(`### webapp 1.5.0: in staging, not yet in prod

| Environment | State |
|---|---|
| prod | ◻️ not yet, has \`1.4.0\` |
| staging | ✅ merged with this pull request |

**Next:** comment \`/promote prod\`.${again}`);
  });

  it("status-promotion-waiting: the pull request, and what it waits for", () => {
    const step = { ...prod, state: "under-way", pullRequest: 43, becomes: "1.5.0" } as const;
    expect(
      whole(merged, { ...step, gates: "1 approval and the soak (ends 23:15 UTC)" }),
    ).toBe(`### webapp 1.5.0: in staging, waiting for prod

| Environment | State |
|---|---|
| prod | ⏳ #43 waits for 1 approval and the soak (ends 23:15 UTC) |
| staging | ✅ merged with this pull request |

**Next:** anyone with write access approves #43.${again}`);
    expect(said(merged, { ...step, gates: "" }).rows[0]).toBe("| prod | ⏳ #43 is ready, gives it `1.5.0` |");
  });

  it("status-done: what came later does not take its place", () => {
    const since = { brought: "1.5.0", back: false, by: "bob", pullRequest: 55, at: Date.UTC(2026, 10, 30, 9) };
    const arrived = { ...prod, version: "1.5.0", state: "arrived", pullRequest: 43, at } as const;
    expect(whole({ ...merged, version: "1.6.0", since }, arrived)).toBe(`### webapp 1.5.0: in prod

| Environment | State |
|---|---|
| prod | ✅ there since 29 Nov, 23:21 UTC (#43) |
| staging | ✅ had it; \`1.6.0\` since 30 Nov, 09:00 UTC (#55) |

<sub>Where this change is. Updated when it moves</sub>
`);
    const unknown = { ...since, pullRequest: undefined };
    expect(said({ ...merged, version: "", since: unknown }).rows).toEqual([
      "| staging | ✅ had it; replaced since 30 Nov, 09:00 UTC by `bob` |",
    ]);
  });

  it("status-taken-back: never another version as if this change had brought it", () => {
    const since = { brought: "1.5.0", back: true, by: "bob", pullRequest: 49, at: Date.UTC(2026, 10, 29, 22, 50) };
    expect(whole({ ...merged, version: "1.4.0", since }, notYet)).toBe(`### webapp 1.5.0: taken back in staging

| Environment | State |
|---|---|
| prod | ◻️ never had it, has \`1.4.0\` |
| staging | ↩️ taken back by \`bob\` with #49, 29 Nov, 22:50 UTC; has \`1.4.0\` |

**Next:** nothing. Automation leaves 1.5.0 alone and goes on with a newer version.${again}`);
  });

  it("status-three-environments: a row for each environment where the apps agree", () => {
    const orders = { app: "orders", version: "2.2.0" };
    const until = Date.UTC(2026, 11, 1, 8);
    const steps: readonly StatusStep[] = [
      { ...orders, environment: "dev", state: "merged" },
      { ...orders, environment: "staging", state: "arrived", pullRequest: undefined, at: undefined },
      { ...merged, environment: "dev" },
      { ...merged, state: "arrived", pullRequest: undefined, at: undefined },
      { ...prod, version: "", state: "held", by: "mona", reason: "big sale", until, environmentWide: false },
      { ...orders, environment: "prod", state: "under-way", pullRequest: 56, becomes: "2.2.0", gates: "1 approval" },
    ];
    expect(whole(...steps)).toBe(`### orders 2.2.0 and webapp 1.5.0: in dev and staging, waiting for prod

| Environment | State |
|---|---|
| prod · webapp | ⏸️ on hold by \`mona\` until 1 Dec, 08:00 UTC: "big sale" |
| prod · orders | ⏳ #56 waits for 1 approval |
| staging | ✅ there |
| dev | ✅ merged with this pull request |

**Next:** anyone with write access approves #56. \`/release prod/webapp\` ends the hold.${again}`);
  });

  it.each<readonly [StatusStep, string]>([
    [{ ...prod, environment: "eu_1", state: "same" }, "| eu&#95;1 | ✅ has the same versions, `1.4.0` |"],
    [{ ...prod, state: "arrived", pullRequest: undefined, at: undefined }, "| prod | ✅ there |"],
    [
      { ...prod, state: "arrived", pullRequest: 7, at, unmet: { by: "bob", gates: ["approvals"] } },
      "| prod | 🟠 there since 29 Nov, 23:21 UTC (#7), merged by `bob` with approvals not passed |",
    ],
    [
      { ...prod, state: "asked", by: "ada", missing: undefined },
      "| prod | ⏳ `ada` asked for it; opens when this is merged and healthy, has `1.4.0` |",
    ],
    [
      { ...prod, state: "rolled-back", by: "ada", at },
      "| prod | ↩️ rolled back by `ada`, 29 Nov, 23:21 UTC; has `1.4.0` |",
    ],
    [
      { ...prod, state: "held", by: "ada", reason: "a|b", until: undefined, environmentWide: true },
      '| prod | ⏸️ on hold by `ada`: "a&#124;b"; has `1.4.0` |',
    ],
    [
      { ...prod, state: "not-yet", automatic: true },
      "| prod | ⏳ promoted automatically when it is healthy before, has `1.4.0` |",
    ],
    [
      { ...prod, state: "under-way", pullRequest: 13, becomes: "2", gates: "soak", pushed: true },
      "| prod | ⏳ #13, to which somebody pushed, waits for soak |",
    ],
    [
      { ...prod, state: "under-way", pullRequest: 13, becomes: "2", gates: "soak", starved: "10m only" },
      "| prod | ⛔ #13 is stopped by the soak: 10m only |",
    ],
    [
      { ...prod, state: "ahead", from: "sta_ging" },
      "| prod | ◻️ newer than sta&#95;ging, which stays until somebody takes it back; has `1.4.0` |",
    ],
    [
      { ...prod, state: "arrived", pullRequest: 7, at, unmet: { by: "bob", gates: [] } },
      "| prod | 🟠 there since 29 Nov, 23:21 UTC (#7), merged by `bob` before its gates were evaluated |",
    ],
  ])("says of %o one row", (step, row) => {
    expect(said(step).rows).toEqual([row]);
  });

  it("says so when the change touches no app", () => {
    expect(statusComment([], now)).toMatch(/^### This change touches no app of any environment\n\n<sub>/);
    expect(statusReply([], now)).toBe("**This change touches no app of any environment**");
  });

  it("is the same in the reply to /status, without what is about a comment that is updated", () => {
    expect(statusReply([merged, notYet], now)).toBe(
      "**webapp 1.5.0: in staging, not yet in prod**\n\n| Environment | State |\n|---|---|\n| prod | ◻️ not yet, has `1.4.0` |\n| staging | ✅ merged with this pull request |\n\n**Next:** comment `/promote prod`.",
    );
  });

  it("lists 200 rows and counts the rest", () => {
    const steps = (length: number) =>
      Array.from({ length }, (_, index) => ({ ...notYet, environment: `env-${index}`, automatic: true }));
    expect(said(...steps(200)).rows).toHaveLength(200);
    expect(said(...steps(203)).rows.at(-1)).toBe("| and 3 more | |");
  });
});

describe("the comment where Sluice deploys", () => {
  const healthy = { state: "live", since: Date.UTC(2026, 10, 29, 22, 45) } as const;
  const inStaging = { ...merged, deploy: healthy } as const;

  it("status-deploying: progress in the numbers of Kubernetes, and nothing to do", () => {
    const evening = Date.UTC(2026, 10, 29, 22, 50);
    const deploy = {
      state: "deploying",
      since: Date.UTC(2026, 10, 29, 22, 43),
      progress: "1 of 2 pods ready",
    } as const;
    const asked = { ...prod, state: "asked", by: "ada", missing: undefined } as const;
    const text = statusComment([{ ...merged, deploy }, asked], evening);
    expect(lintText(text)).toEqual([]);
    expect(text).toBe(`### webapp 1.5.0: deploying to staging

| Environment | State |
|---|---|
| prod | ⏳ \`ada\` asked for it; opens when this is merged and healthy, has \`1.4.0\` |
| staging | ⏳ deploying since 22:43 UTC: 1 of 2 pods ready |

**Next:** nothing to do. \`ada\` asked for prod: the promotion opens when staging is healthy.${again}`);
  });

  it("status-live-in-staging: live and healthy, and the command that brings it on", () => {
    expect(whole(inStaging, notYet)).toBe(`### webapp 1.5.0: live in staging, not yet in prod

| Environment | State |
|---|---|
| prod | ◻️ not yet, has \`1.4.0\` |
| staging | ✅ live and healthy since 29 Nov, 22:45 UTC |

**Next:** comment \`/promote prod\`.${again}`);
  });

  it("status-deploy-failed: the reason, what still serves, both ways out", () => {
    const deploy = {
      state: "failed",
      at: Date.UTC(2026, 10, 29, 23, 31),
      reason: "image cannot be pulled. 3 of 3 pods still run 1.4.0",
      still: "1.4.0",
      url: "https://github.com/acme/shop/pull/43#issuecomment-9",
    } as const;
    expect(
      whole(inStaging, { ...prod, version: "1.5.0", state: "arrived", pullRequest: 43, at, deploy }),
    ).toBe(`### ❌ webapp 1.5.0: deploy to prod failed

| Environment | State |
|---|---|
| prod | ❌ failed 29 Nov, 23:31 UTC; still \`1.4.0\` |
| staging | ✅ live and healthy since 29 Nov, 22:45 UTC |

**Reason:** image cannot be pulled. 3 of 3 pods still run 1.4.0. [Details](https://github.com/acme/shop/pull/43#issuecomment-9)

**Next:** \`/rollback prod webapp\`, or fix it and comment \`/retry\`.${again}`);
  });

  it("status-done: live in the last environment, and nobody has to ask again", () => {
    const arrived = { ...prod, version: "1.5.0", state: "arrived", pullRequest: 43, at } as const;
    const { heading, rows } = said(inStaging, { ...arrived, deploy: { state: "live", since: at } });
    expect(heading).toBe("### webapp 1.5.0: live in prod");
    expect(rows[0]).toBe("| prod | ✅ live since 29 Nov, 23:21 UTC (#43) |");
  });

  it.each<readonly [StatusStep["deploy"], string, string]>([
    [{ state: "waits", reason: "prod is on hold by mona" }, "deploying to prod", "⏸️ waits: prod is on hold by mona"],
    [{ state: "waits", reason: "orders is not live" }, "deploying to prod", "⏳ waits: orders is not live"],
    [{ state: "deploying", since: at, progress: "" }, "deploying to prod", "⏳ deploying since 29 Nov, 23:21 UTC"],
    [
      { state: "live", since: at, branch: "env/prod" },
      "live in prod",
      "✅ rendered to `env/prod` since 29 Nov, 23:21 UTC",
    ],
    [
      { state: "failed", at, reason: "a|b", still: "", url: "" },
      "deploy to prod failed",
      "❌ failed 29 Nov, 23:21 UTC",
    ],
  ])("says of %o how far it is", (deploy, heading, row) => {
    const shown = said({ ...prod, version: "1.5.0", state: "merged", deploy });
    expect(shown.heading.replace("❌ ", "")).toBe(`### webapp 1.5.0: ${heading}`);
    expect(shown.rows).toEqual([`| prod | ${row} |`]);
  });

  it("says of a promotion that was merged before its gates passed that it was, when it is live too", () => {
    const unmet = { by: "bob", gates: ["soak"] };
    const step = { ...prod, version: "1.5.0", state: "arrived", pullRequest: 43, at, unmet, deploy: healthy } as const;
    expect(said(inStaging, step).rows[0]).toBe(
      "| prod | 🟠 live since 29 Nov, 22:45 UTC (#43), merged by `bob` with soak not passed |",
    );
  });

  it("leaves what came later, and what another app does, where it was", () => {
    const since = { brought: "1.5.0", back: false, by: "bob", pullRequest: 55, at };
    const replaced = {
      ...inStaging,
      version: "1.6.0",
      since,
      deploy: { state: "deploying", since: at, progress: "" },
    } as const;
    expect(said(replaced, notYet).heading).toBe("### webapp 1.5.0: in staging, not yet in prod");
    const orders = {
      ...merged,
      app: "orders",
      version: "2.0",
      deploy: { state: "deploying", since: at, progress: "" },
    } as const;
    expect(said(inStaging, orders).heading).toBe("### webapp 1.5.0 and orders 2.0: deploying to staging");
  });
});
