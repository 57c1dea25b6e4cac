import { describe, expect, it } from "vitest";
import type { Currency, GateFinding, Hold, TargetFacts, Window } from "../../../src/model/gates.ts";
import { evaluateGates } from "../../../src/policy/gates/index.ts";
import { facts, gate, minutes, noon, review, settings, shown, target } from "./facts.ts";

describe("the gate hold", () => {
  const held: Hold = {
    by: "ada",
    reason: "incident 12",
    since: "2026-11-20T10:00:00Z",
    cause: "person",
    environmentWide: false,
  };
  const on = (hold: Hold) => facts({ targets: [target({ hold, allow: { teams: ["release"], permission: "write" } })] });

  it("blocks until a person releases, and passes then", () => {
    expect(gate("hold", on(held))).toEqual({
      gate: "hold",
      label: "On hold",
      state: "blocked",
      reason: 'by `ada`: "incident 12"',
      brief: "ada",
      who: "anyone in release with write access may `/release prod/web`",
    });
    expect(gate("hold", facts())).toEqual({
      gate: "hold",
      label: "Not on hold",
      state: "passed",
      reason: "",
    });
  });

  it("ends by itself at its time, to the millisecond", () => {
    const until = noon + 90 * minutes;
    const timed = on({ ...held, until: new Date(until).toISOString() });
    expect(gate("hold", timed)).toMatchObject({
      state: "blocked",
      reason: 'by `ada` until 13:30 UTC: "incident 12"',
      nextAt: until,
    });
    expect(gate("hold", timed, until - 1).state).toBe("blocked");
    expect(gate("hold", timed, until)).toMatchObject({
      state: "passed",
      reason: "the hold by `ada` ended 20 Nov, 13:30 UTC",
    });
  });

  it("tells a rollback's and an environment's hold, and stands when its end cannot be read", () => {
    const spaced = on({ ...held, reason: "  incident 12\n" });
    expect(gate("hold", spaced).reason).toBe('by `ada`: "incident 12"');
    const hold: Hold = { ...held, cause: "rollback", reason: " ", environmentWide: true, until: "someday", since: "?" };
    expect(gate("hold", on(hold))).toMatchObject({
      state: "blocked",
      reason: "by `ada`, the whole environment, after a rollback",
      who: "anyone in release with write access may `/release prod`",
    });
    const proposed: Hold = { ...hold, by: "sluice", environmentWide: false, proposal: 7 };
    expect(gate("hold", on(proposed)).reason).toBe("by `sluice`, while the rollback in #7 is open");
    expect(gate("hold", on(hold)).nextAt).toBeUndefined();
  });
});

describe("the gate healthy", () => {
  const on = (health: Parameters<typeof target>[0]) =>
    facts({ targets: [target({ settings: settings({ healthy: true }), ...health })] });

  it("waits, blocks on a failure, and passes", () => {
    expect(gate("healthy", on({}))).toMatchObject({
      state: "waiting",
      reason: "unknown, there is no deployment",
    });
    expect(gate("healthy", on({ health: { state: "progressing", reason: "1 of 2 pods" } }))).toMatchObject({
      state: "waiting",
      reason: "not yet, 1 of 2 pods",
    });
    expect(gate("healthy", on({ health: { state: "failed", reason: "crash loop" } }))).toMatchObject({
      state: "blocked",
      reason: "no, crash loop",
      stopped: "it failed in staging",
      who: "fix it in staging, or anyone with maintain access may `/override healthy <reason>`",
    });
    expect(gate("healthy", on({ health: { state: "healthy", since: noon, source: "Argo CD" } }))).toMatchObject({
      state: "passed",
      reason: "since 20 Nov, 12:00 UTC (Argo CD)",
    });
  });

  it("tells of a version that something newer took the place of", () => {
    const health = { state: "healthy", since: noon, until: noon + minutes, next: "1.6.0", source: "Argo CD" } as const;
    expect(gate("healthy", on({ health })).reason).toBe("from 20 Nov, 12:00 UTC until 1.6.0 came (Argo CD)");
  });

  it("is left out when it is off", () => {
    expect(shown(facts())).toEqual(["hold"]);
  });
});

describe("the gate soak", () => {
  const on = (health: Parameters<typeof target>[0]) =>
    facts({ targets: [target({ settings: settings({ soak: 30 * minutes }), ...health })] });

  it("starts when the version is healthy", () => {
    const result = gate("soak", on({}));
    expect(result).toMatchObject({
      state: "waiting",
      reason: "30 min healthy in staging. Starts when it is healthy there",
    });
    expect(result.nextAt).toBeUndefined();
  });

  it("passes exactly at the end of its time", () => {
    const soaking = on({ health: { state: "healthy", since: noon - 10 * minutes, source: "d" } });
    const end = noon + 20 * minutes;
    expect(gate("soak", soaking)).toMatchObject({
      state: "waiting",
      reason: "30 min healthy in staging. Ends at 12:20 UTC if it stays healthy",
      nextAt: end,
    });
    expect(gate("soak", soaking, end - 1).state).toBe("waiting");
    expect(gate("soak", soaking, end)).toMatchObject({
      state: "passed",
      reason: "30 min healthy in staging",
    });
  });
});

describe("the soak of a version that something newer took the place of", () => {
  const soaked = (lived: number) => {
    const health = { state: "healthy", since: noon, until: noon + lived, next: "1.6.0", source: "d" } as const;
    return gate("soak", facts({ targets: [target({ settings: settings({ soak: 30 * minutes }), health })] }));
  };

  it("stays over where it was", () => {
    expect(soaked(30 * minutes)).toEqual({
      ...{ gate: "soak", label: "Soak", state: "passed" },
      reason: "30 min healthy in staging, until 1.6.0 came",
    });
  });

  it("never ends where it was not, and needs a person", () => {
    expect(soaked(30 * minutes - 1)).toEqual({
      ...{ gate: "soak", label: "Soak", state: "blocked", stopped: "1.6.0 came before the soak ended" },
      reason: "29 min of 30 min healthy in staging, until 1.6.0 came",
      who: "promote the newer version, ask for a shorter soak, or anyone with maintain access may `/override soak <reason>`",
    });
    expect(soaked(12.9 * minutes).reason).toBe("12 min of 30 min healthy in staging, until 1.6.0 came");
    expect(soaked(1).reason).toBe("1 min of 30 min healthy in staging, until 1.6.0 came");
  });
});

describe("the gate current", () => {
  const on = (current: Currency) =>
    gate("current", facts({ targets: [target({ settings: settings({ current: true }), current })] }));
  const back = { state: "back", version: "1.4.0", went: "1.4.0", had: "1.5.0", by: "eve", at: noon } as const;
  const stopped = "staging went back from 1.5.0 to 1.4.0";
  const who = "anyone with maintain access may `/override current <reason>`";

  it.each<[string, Currency, object]>([
    ["is there", { state: "has", version: "1.5.0" }, { state: "passed", reason: "staging has 1.5.0" }],
    ["went on", { state: "forward", version: "1.6.0" }, { state: "passed", reason: "staging has gone on to 1.6.0" }],
    [
      "is unknown",
      { state: "unknown", reason: "the branch is gone" },
      { state: "blocked", reason: "the branch is gone", who, brief: "staging to be known" },
    ],
    [
      "was taken back by a commit",
      back,
      {
        ...{ state: "blocked", reason: "no, staging has 1.4.0 since `eve` took it back", stopped, who },
        cause: { what: "`eve` took 1.5.0 back on 20 Nov, 12:00 UTC", who: "`eve`" },
      },
    ],
    [
      "was taken back by a pull request, and is another by now",
      { ...back, pullRequest: 49, version: "1.3.0" },
      {
        ...{ state: "blocked", reason: "no, staging has 1.4.0 since #49, and 1.3.0 by now", stopped, who },
        cause: { what: "`eve` took 1.5.0 back with #49 on 20 Nov, 12:00 UTC", who: "`eve`" },
      },
    ],
  ])("says of what is carried that it %s", (_, known, said) => {
    expect(on(known)).toEqual({ gate: "current", label: "Still in staging", ...said });
  });
});

describe("the gate approvals", () => {
  const on = (given: Parameters<typeof facts>[0], approvals = 2, selfApproval = false) =>
    facts({ targets: [target({ settings: settings({ approvals, selfApproval }) })], ...given });

  it("blocks until enough people approved", () => {
    expect(gate("approvals", on({}))).toEqual({
      gate: "approvals",
      label: "Approvals",
      state: "blocked",
      reason: "0 of 2",
      brief: "2 approvals",
      who: "anyone with write access may approve; `ada`, who asked for this, does not count",
    });
    const one = [review("bob", "approved")];
    expect(gate("approvals", on({ reviews: one }))).toMatchObject({
      state: "blocked",
      reason: "1 of 2, by `bob`",
      brief: "1 approval",
    });
    expect(gate("approvals", on({ reviews: [...one, review("eve", "approved")] }))).toMatchObject({
      state: "passed",
      reason: "2 of 2, by `bob` and `eve`",
    });
  });

  it("does not count whoever asked for the promotion, unless that is allowed", () => {
    const reviews = [review("Ada", "approved"), review("bob", "approved")];
    expect(gate("approvals", on({ reviews }))).toMatchObject({
      state: "blocked",
      reason: "1 of 2, by `bob`",
      children: [
        { label: "Ada", state: "waiting", reason: "approved, does not count: asked for the promotion" },
        { label: "bob", state: "passed", reason: "approved" },
      ],
    });
    expect(gate("approvals", on({ reviews, actor: "ADA" })).state).toBe("blocked");
    expect(gate("approvals", on({ reviews }, 2, true)).state).toBe("passed");
    expect(gate("approvals", on({ reviews, actor: undefined })).state).toBe("passed");
  });

  it.each([
    ["one target that asks for approvals does not allow it", [1, false], [1, true], "blocked"],
    ["a target that asks for none would not allow it", [0, false], [1, true], "passed"],
  ] as const)("counts who asked for the promotion or not where %s", (_, one, other, state) => {
    const targets = [one, other].map(([approvals, selfApproval]) =>
      target({ settings: settings({ approvals, selfApproval }) }),
    );
    expect(gate("approvals", facts({ targets, reviews: [review("ada", "approved")] })).state).toBe(state);
  });

  it("says of up to three people that they approved another change, and have not spoken since", () => {
    const outdated = ["bob", "bob", "dan", "eve", "fay", "gil"].map((user) => ({ user, commit: "old" }));
    const reviews = [review("dan", "approved"), review("bob", "commented")];
    const other = (user: string) => `. \`${user}\` approved another change; that does not count for this one`;
    expect(gate("approvals", on({ reviews, outdated })).reason).toBe(
      `1 of 2, by \`dan\`${["bob", "eve", "fay"].map(other).join("")}`,
    );
  });

  it("counts nobody twice, no bots, no comments and nobody without write permission", () => {
    const reviews = [
      review("bob", "approved"),
      review("Bob", "approved"),
      review("robot[bot]", "approved", { bot: true }),
      review("eve", "commented"),
      review("mallory", "approved"),
      review("mallory", "pending"),
    ];
    expect(gate("approvals", on({ reviews, mayReview: new Set(["bob", "eve"]) }))).toMatchObject({
      state: "blocked",
      reason: "1 of 2, by `Bob`. The approval of `mallory`, who has no write access, does not count",
    });
  });

  it("takes the newest review of each person, in whatever order they come", () => {
    const first = review("bob", "approved");
    const objection = review("bob", "changes-requested");
    expect(gate("approvals", on({ reviews: [objection, first] }, 1))).toMatchObject({
      state: "blocked",
      reason: "`bob` requested changes",
      brief: "a new review by `bob`",
    });
    expect(gate("approvals", on({ reviews: [first, objection, review("bob", "approved")] }, 1)).state).toBe("passed");
    expect(gate("approvals", on({ reviews: [first, review("bob", "dismissed")] }, 1)).state).toBe("blocked");
    expect(gate("approvals", on({ reviews: [first, review("bob", "commented")] }, 1)).state).toBe("passed");
  });

  it("takes the review with the higher id when two are of one moment", () => {
    const at = new Date(noon).toISOString();
    const reviews = [review("bob", "changes-requested", { at, id: 8 }), review("bob", "approved", { at, id: 7 })];
    expect(gate("approvals", on({ reviews }, 1))).toMatchObject({ reason: "`bob` requested changes" });
    expect(gate("approvals", on({ reviews: reviews.toReversed() }, 1)).reason).toBe("`bob` requested changes");
  });

  it("shows what each person did, and why it does not count", () => {
    const reviews = [
      review("bob", "approved"),
      review("eve", "changes-requested"),
      review("mallory", "approved"),
      review("oscar", "changes-requested"),
      review("dan", "approved"),
      review("dan", "dismissed"),
    ];
    expect(gate("approvals", on({ reviews, mayReview: new Set(["bob", "eve", "dan"]) })).children).toEqual([
      { gate: "approvals", label: "bob", state: "passed", reason: "approved" },
      { gate: "approvals", label: "eve", state: "blocked", reason: "requested changes" },
      {
        gate: "approvals",
        label: "mallory",
        state: "waiting",
        reason: "approved, does not count: has no write permission",
      },
      {
        gate: "approvals",
        label: "oscar",
        state: "waiting",
        reason: "requested changes, does not count: has no write permission",
      },
    ]);
  });

  it("says of up to three approvals why they do not count", () => {
    const reviews = ["m1", "m2", "m3", "m4"].map((user) => review(user, "approved"));
    const why = (user: string) => `. The approval of \`${user}\`, who has no write access, does not count`;
    expect(gate("approvals", on({ reviews, mayReview: new Set() })).reason).toBe(
      `0 of 2${["m1", "m2", "m3"].map(why).join("")}`,
    );
  });

  it("blocks on requested changes even where no approval is asked for, unless by somebody who may not review", () => {
    const outside = { reviews: [review("eve", "changes-requested")], mayReview: new Set<string>() };
    expect(gate("approvals", on(outside)).reason).toBe("0 of 2");
    const objecting = on({ reviews: [review("eve", "changes-requested")] }, 0);
    expect(gate("approvals", objecting)).toMatchObject({ state: "blocked", reason: "`eve` requested changes" });
    expect(shown({ ...objecting, mayReview: new Set() })).toEqual(["hold"]);
    expect(shown(on({ reviews: [review("eve", "approved")] }, 0))).toEqual(["hold"]);
  });

  it("asks for the most that any target asks for, and shows each person", () => {
    const targets = [1, 3].map((approvals) => target({ app: `a${approvals}`, settings: settings({ approvals }) }));
    const result = gate("approvals", facts({ targets, reviews: [review("bob", "approved")] }));
    expect(result).toMatchObject({ state: "blocked", reason: "1 of 3, by `bob`" });
    expect(result.children).toEqual([{ gate: "approvals", label: "bob", state: "passed", reason: "approved" }]);
  });
});

describe("the gate checks", () => {
  const on = (...checks: readonly (readonly [string, "pending" | "passed" | "failed"])[]) =>
    facts({
      targets: [
        target({
          settings: settings({ checks: ["e2e", "scan"] }),
          checks: checks.map(([name, state]) => ({ name, state, url: undefined, completedAt: undefined })),
        }),
      ],
    });

  it("waits for each check, blocks on a failure, and passes", () => {
    expect(gate("checks", on(["other", "failed"]))).toMatchObject({
      state: "waiting",
      reason: "e2e has not reported on the promoted commit and scan has not reported on the promoted commit",
    });
    expect(gate("checks", on(["e2e", "pending"], ["scan", "passed"]))).toMatchObject({
      state: "waiting",
      reason: "e2e has not ended on the promoted commit",
      children: [
        { label: "e2e", state: "waiting" },
        { label: "scan", state: "passed" },
      ],
    });
    expect(gate("checks", on(["e2e", "failed"]))).toMatchObject({
      state: "blocked",
      reason: "e2e failed on the promoted commit",
      who: "fix or rerun it, or anyone with maintain access may `/override checks <reason>`",
    });
    expect(gate("checks", on(["e2e", "passed"], ["scan", "passed"]))).toMatchObject({
      state: "passed",
      reason: "e2e and scan passed on the promoted commit",
    });
  });

  it("counts several that are waited for, or that failed", () => {
    expect(gate("checks", on()).brief).toBe("2 checks");
    expect(gate("checks", on(["e2e", "pending"], ["scan", "passed"])).brief).toBe("the check e2e");
    expect(gate("checks", on(["e2e", "failed"], ["scan", "failed"])).stopped).toBe("2 checks failed");
    expect(gate("checks", on(["e2e", "failed"])).stopped).toBe("the check e2e failed");
  });

  it("needs a check run and a status of one name both", () => {
    expect(gate("checks", on(["e2e", "passed"], ["e2e", "failed"], ["scan", "passed"])).state).toBe("blocked");
  });
});

describe("the gate findings", () => {
  const danger = { key: "k1", severity: "danger", message: "the claim data is deleted" } as const;
  const warning = { key: "k2", severity: "warning", message: "replicas 0" } as const;
  const on = (from: "danger" | "warning" | "none", ...findings: readonly GateFinding[]) =>
    facts({ targets: [target({ settings: settings({ findings: from }), findings })] });

  it("blocks until each grave finding is acknowledged", () => {
    expect(gate("findings", on("danger", danger, warning))).toMatchObject({
      state: "blocked",
      reason: "1 danger not acknowledged: the claim data is deleted",
      who: "anyone with write access comments `/ack k1`, if the danger is meant",
      children: [
        {
          label: "k1",
          state: "blocked",
          reason: "the claim data is deleted",
        },
      ],
    });
    const seen = { ...danger, acknowledgedBy: "bob" };
    expect(gate("findings", on("danger", seen, warning))).toMatchObject({
      state: "passed",
      reason: "1 risk acknowledged by `bob`",
      children: [{ state: "passed", reason: "acknowledged by `bob`: the claim data is deleted" }],
    });
    expect(gate("findings", on("warning", seen, warning))).toMatchObject({
      state: "blocked",
      reason: "1 risk not acknowledged: replicas 0",
    });
  });

  it("counts several, and names each key that acknowledges them once", () => {
    const same = { key: "k2:web", severity: "warning", message: "replicas 0" } as const;
    expect(gate("findings", on("warning", danger, warning, same))).toMatchObject({
      state: "blocked",
      reason: "3 risks not acknowledged",
      brief: "3 acknowledgements",
      who: "anyone with write access comments `/ack k1` and `/ack k2`, if this is meant",
    });
    expect(gate("findings", on("danger", danger, { ...danger, key: "k3" })).reason).toBe("2 dangers not acknowledged");
  });

  it("names those who may promote where a policy says who that is", () => {
    const allow = { teams: ["release"], permission: "write" } as const;
    const gated = facts({
      targets: [target({ settings: settings({ findings: "danger" }), findings: [danger], allow })],
    });
    expect(gate("findings", gated).who).toBe(
      "anyone in release with write access comments `/ack k1`, if the danger is meant",
    );
  });

  it("passes without findings and is left out when it is off", () => {
    expect(gate("findings", on("danger"))).toMatchObject({ state: "passed", reason: "none found in the diff" });
    expect(shown(on("none"))).toEqual(["hold"]);
  });
});

describe("the gate windows", () => {
  const office = {
    allow: { kind: "weekly", days: [1, 2, 3, 4, 5], from: 540, to: 1020 },
    timezone: "Europe/Berlin",
  } as const;
  const freeze = { deny: { kind: "dates", from: "2026-12-20", to: "2027-01-03" }, timezone: "Europe/Berlin" } as const;
  const on = (...windows: Parameters<typeof settings>[0][]) =>
    facts({ targets: windows.map((given) => target({ settings: settings(given) })) });

  it("waits with the time at which it opens, and passes then", () => {
    const opens = Date.parse("2026-11-23T08:00:00Z");
    const evening = Date.parse("2026-11-20T16:00:00Z");
    const gated = on({ windows: [office, freeze] });
    expect(gate("windows", gated, evening - 1)).toMatchObject({
      state: "passed",
      reason: "open until Fri 20 Nov, 17:00 Berlin (16:00 UTC)",
    });
    expect(gate("windows", gated, evening)).toEqual({
      gate: "windows",
      label: "Window",
      brief: "the window (opens Mon 09:00)",
      state: "waiting",
      reason: "Mon to Fri 09:00–17:00 Berlin. Opens Mon 23 Nov, 09:00 Berlin (08:00 UTC)",
      nextAt: opens,
      children: [
        {
          gate: "windows",
          label: "allow Mon to Fri 09:00–17:00 Berlin",
          state: "waiting",
          reason: "from Mon 23 Nov, 09:00 Berlin (08:00 UTC)",
          nextAt: opens,
        },
        {
          gate: "windows",
          label: "deny 2026-12-20 to 2027-01-03 Berlin",
          state: "passed",
          reason: "from Sun 20 Dec, 00:00 Berlin (Sat 23:00 UTC)",
        },
      ],
    });
    expect(gate("windows", gated, opens).state).toBe("passed");
  });

  it("tells the windows of each app where they differ", () => {
    expect(gate("windows", on({ windows: [office] }, { windows: [office] })).reason).toBe(
      "open until Fri 20 Nov, 17:00 Berlin (16:00 UTC)",
    );
    const evening = { ...office, allow: { ...office.allow, from: 1080, to: 1200 } };
    expect(gate("windows", on({ windows: [office] }, { windows: [evening] }, {}))).toMatchObject({
      state: "waiting",
      reason: "1 of 2 apps, web: Mon to Fri 18:00–20:00 Berlin. Opens Fri 20 Nov, 18:00 Berlin (17:00 UTC)",
      nextAt: Date.parse("2026-11-20T17:00:00Z"),
      children: [{ state: "passed" }, { state: "waiting" }],
    });
  });

  it("shows of each window whether it is now, and until when", () => {
    const always = {
      allow: { kind: "weekly", days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 1440 },
      timezone: "UTC",
    } as const;
    const night = { allow: { kind: "weekly", days: [5], from: 1320, to: 1380 }, timezone: "UTC" } as const;
    const today = { deny: { kind: "dates", from: "2026-11-20", to: "2026-11-20" }, timezone: "UTC" } as const;
    const over = { deny: { kind: "dates", from: "2026-11-19", to: "2026-11-19" }, timezone: "UTC" } as const;
    const children = (...windows: readonly Window[]) =>
      gate("windows", on({ windows })).children?.map(({ label, state, reason }) => [label, state, reason]);
    expect(children(always, night, over)).toEqual([
      ["allow daily UTC", "passed", "now"],
      ["allow Fri 22:00–23:00 UTC", "passed", "from Fri 20 Nov, 22:00 UTC"],
      ["deny 2026-11-19 UTC", "passed", "not again"],
    ]);
    expect(children(office, today)).toEqual([
      ["allow Mon to Fri 09:00–17:00 Berlin", "passed", "now, until Fri 20 Nov, 17:00 Berlin (16:00 UTC)"],
      ["deny 2026-11-20 UTC", "waiting", "now, until Sat 21 Nov, 00:00 UTC"],
    ]);
    expect(children(night, { ...today, deny: { ...today.deny, from: "2026-11-21", to: "2026-11-21" } })).toEqual([
      ["allow Fri 22:00–23:00 UTC", "waiting", "from Fri 20 Nov, 22:00 UTC"],
      ["deny 2026-11-21 UTC", "passed", "from Sat 21 Nov, 00:00 UTC"],
    ]);
    expect(children(night, today)?.[0]).toEqual(["allow Fri 22:00–23:00 UTC", "waiting", "from Fri 20 Nov, 22:00 UTC"]);
  });

  it("needs a person when no window opens again", () => {
    const past = { allow: { kind: "dates", from: "2026-01-01", to: "2026-01-02" }, timezone: "UTC" } as const;
    expect(gate("windows", on({ windows: [past] }))).toMatchObject({
      state: "blocked",
      reason: "2026-01-01 to 2026-01-02 UTC. Does not open within 400 days",
      stopped: "no window opens again",
      children: [{ label: "allow 2026-01-01 to 2026-01-02 UTC", state: "blocked", reason: "not again" }],
      who: "anyone with maintain access may `/override windows <reason>`",
    });
  });
});

describe("the gate dependsOn", () => {
  const on = (dependsOn: Parameters<typeof target>[0]) =>
    facts({ targets: [target({ settings: settings({ dependsOn: ["db", "auth"] }), ...dependsOn })] });

  it("waits for each app, and passes", () => {
    const auth = { app: "auth", behind: false, detail: "2.0 in both" };
    expect(gate("dependsOn", on({ dependsOn: [auth] }))).toMatchObject({
      state: "waiting",
      reason: "waits for db: not known in staging and prod",
      brief: "db",
    });
    const behind = { app: "db", behind: true, detail: "1.0 in prod, 1.1 in staging" };
    expect(gate("dependsOn", on({ dependsOn: [auth, behind] }))).toMatchObject({
      state: "waiting",
      reason: "waits for db: 1.0 in prod, 1.1 in staging",
      children: [
        { label: "db", state: "waiting" },
        { label: "auth", state: "passed" },
      ],
    });
    expect(gate("dependsOn", on({ dependsOn: [auth, { ...behind, behind: false }] }))).toMatchObject({
      state: "passed",
      reason: "db and auth up to date in prod",
    });
  });
});

describe("a promotion of several apps", () => {
  const soaking = (app: string, since: number) =>
    target({
      app,
      settings: settings({ healthy: true, soak: 30 * minutes }),
      health: { state: "healthy", since, source: "d" },
    });

  it("shows each app where they differ, and the first time at which something changes", () => {
    const targets = [soaking("api", noon - 40 * minutes), soaking("web", noon - 5 * minutes), soaking("db", noon)];
    const result = gate("soak", facts({ targets }));
    expect(result).toMatchObject({
      state: "waiting",
      reason: "2 of 3 apps, web and db",
      nextAt: noon + 25 * minutes,
      children: [
        { label: "api", state: "passed" },
        { label: "web", state: "waiting", nextAt: noon + 25 * minutes },
        { label: "db", state: "waiting" },
      ],
    });
    expect(gate("soak", facts({ targets }), noon + 26 * minutes).reason).toBe(
      "1 of 3 apps, db: 30 min healthy in staging. Ends at 12:30 UTC if it stays healthy",
    );
    expect(gate("soak", facts({ targets }), noon + 30 * minutes).reason).toBe("30 min healthy in staging");
  });

  it("says of each what it is where all passed in ways of their own", () => {
    const targets = [soaking("api", noon - minutes), soaking("web", noon)];
    expect(gate("healthy", facts({ targets })).reason).toBe(
      "api since 20 Nov, 11:59 UTC (d), web since 20 Nov, 12:00 UTC (d)",
    );
    const over: Hold = {
      ...{ by: "ada", reason: "", since: "2026-11-20T10:00:00Z", until: "2026-11-20T11:00:00Z" },
      ...{ cause: "person", environmentWide: false },
    };
    const held = target({ app: "api", hold: over });
    expect(gate("hold", facts({ targets: [held, target()] })).reason).toBe(
      "api: the hold by `ada` ended 20 Nov, 11:00 UTC, web",
    );
  });

  it("tells what the first that has not passed tells", () => {
    const failed = { state: "failed", reason: "crash loop" } as const;
    const unknown = { state: "unknown", reason: "nothing reports", setUp: "report deployments" } as const;
    const app = (name: string, health: TargetFacts["health"]) =>
      target({ app: name, settings: settings({ healthy: true }), health });
    const fine = soaking("web", noon);
    expect(gate("healthy", facts({ targets: [fine, app("api", unknown)] }))).toMatchObject({
      ...{ gate: "healthy", label: "Healthy in staging", state: "waiting", brief: "health in staging" },
      ...{ setUp: "staging", reason: "1 of 2 apps, api: unknown, nothing reports" },
    });
    const blocked = gate("healthy", facts({ targets: [fine, app("api", unknown), app("db", failed)] }));
    expect(blocked).toMatchObject({ state: "blocked", stopped: "db: it failed in staging" });
    expect(blocked).not.toHaveProperty("setUp");
    expect(blocked).not.toHaveProperty("brief");
  });

  it("asks only those who may act on what is blocked", () => {
    const allow = (team: string) => ({ teams: [team], permission: "write" }) as const;
    const finding = { key: "k1", severity: "danger", message: "gone" } as const;
    const risky = (app: string, team: string, more: object) =>
      target({
        ...{ app, allow: allow(team), settings: settings({ findings: "danger" }), findings: [{ ...finding, ...more }] },
      });
    const targets = [risky("api", "one", {}), risky("web", "two", { acknowledgedBy: "bob" })];
    expect(gate("findings", facts({ targets })).who).toBe(
      "anyone in one with write access comments `/ack k1`, if the danger is meant",
    );
    const both = [...targets, risky("db", "three", {}), risky("mail", "one", {})];
    expect(gate("findings", facts({ targets: both })).who).toBe(
      "anyone in one with write access comments `/ack k1`, if the danger is meant and anyone in three with write access comments `/ack k1`, if the danger is meant",
    );
  });

  it("names the environments where there are several", () => {
    const soaked = soaking("web", noon - 40 * minutes);
    const result = gate("soak", facts({ targets: [soaked, { ...soaking("web", noon), environment: "canary" }] }));
    expect(result.children?.map(({ label }) => label)).toEqual(["web/prod", "web/canary"]);
    expect(result.reason).toMatch(/^1 of 2 apps, web\/canary: 30 min healthy in staging/);
  });

  it("says once what holds for all", () => {
    const result = gate("healthy", facts({ targets: ["a", "b"].map((app) => soaking(app, noon)) }));
    expect(result).toMatchObject({
      state: "passed",
      reason: "since 20 Nov, 12:00 UTC (d)",
    });
    expect(result.children).toBeUndefined();
  });

  it("is blocked when one app is, and names those who may act", () => {
    const failed = target({
      app: "api",
      settings: settings({ healthy: true }),
      health: { state: "failed", reason: "crash loop" },
    });
    const off = target({ app: "off" });
    expect(gate("healthy", facts({ targets: [failed, soaking("web", noon), off] }))).toMatchObject({
      state: "blocked",
      reason: "1 of 2 apps, api: no, crash loop",
      who: "fix it in staging, or anyone with maintain access may `/override healthy <reason>`",
      children: [{ label: "api" }, { label: "web" }],
    });
  });
});

describe("every gate", () => {
  it("has its label", () => {
    const all = settings({
      healthy: true,
      soak: minutes,
      approvals: 1,
      checks: ["ci"],
      findings: "danger",
      windows: [{ allow: { kind: "weekly", days: [1], from: 0, to: 60 }, timezone: "UTC" }],
      dependsOn: ["db"],
    });
    expect(
      evaluateGates(facts({ targets: [target({ settings: all })] }), noon).results.map(({ label }) => label),
    ).toEqual(["Not on hold", "Healthy in staging", "Soak", "Approvals", "Checks", "Risks", "Window", "Depends on"]);
  });
});

describe("the verdict", () => {
  const soak = target({
    settings: settings({ approvals: 1, soak: 30 * minutes }),
    health: { state: "healthy", since: noon, source: "d" },
  });

  it("is blocked before waiting before passed, with the first time of what has not passed", () => {
    const approved = { reviews: [review("bob", "approved")], targets: [soak] };
    const end = noon + 30 * minutes;
    expect(evaluateGates(facts({ targets: [soak] }), noon)).toMatchObject({ state: "blocked", nextAt: end });
    expect(evaluateGates(facts(approved), noon)).toMatchObject({ state: "waiting", nextAt: end });
    const passed = evaluateGates(facts(approved), end);
    expect(passed.state).toBe("passed");
    expect(passed.nextAt).toBeUndefined();
    expect(passed.results.map((result) => result.gate)).toEqual(["hold", "soak", "approvals"]);
  });

  it("lets pass what was overridden, with what it was", () => {
    const overrides = [
      { gate: "soak", by: "ada", reason: "hotfix" },
      { gate: "approvals", by: "eve", reason: "night shift" },
      { gate: "hold", by: "eve", reason: "not needed" },
    ] as const;
    const verdict = evaluateGates(facts({ targets: [soak], overrides }), noon);
    expect(verdict.state).toBe("passed");
    expect(verdict.nextAt).toBeUndefined();
    expect(verdict.results).toMatchObject([
      { gate: "hold", state: "passed", reason: "" },
      {
        gate: "soak",
        state: "overridden",
        reason: 'overridden by `ada`: "hotfix"',
      },
      { gate: "approvals", state: "overridden", reason: 'overridden by `eve`: "night shift"' },
    ]);
  });

  it("names the last who overrode a gate", () => {
    const overrides = [
      { gate: "approvals", by: "ada", reason: "once" },
      { gate: "approvals", by: "eve", reason: "again" },
    ] as const;
    const { reason } = gate("approvals", facts({ targets: [soak], overrides }));
    expect(reason).toBe('overridden by `eve`: "again"');
  });

  it("lets a hold be overridden by those who may", () => {
    const hold: Hold = {
      by: "ada",
      reason: "",
      since: "2026-11-20T10:00:00Z",
      cause: "rollback",
      environmentWide: false,
    };
    const overrides = [{ gate: "hold", by: "eve", reason: "fixed" }] as const;
    expect(evaluateGates(facts({ targets: [target({ hold })], overrides }), noon)).toMatchObject({
      state: "passed",
      results: [{ gate: "hold", state: "overridden" }],
    });
  });

  it("is refused for a promotion of nothing", () => {
    expect(() => evaluateGates(facts({ targets: [] }), noon)).toThrow("without targets");
  });
});

describe("a branch that a person pushed to", () => {
  const has = { state: "has", version: "1.5.0" } as const;
  const pushed = (given: Parameters<typeof settings>[0]) =>
    facts({
      pushed: { by: new Set(["eve"]), changed: true },
      targets: [target({ settings: settings(given), health: { state: "healthy", since: 0, source: "test" } })],
    });

  it("blocks the gates about the version, and those alone, until a person overrides them", () => {
    const gated = pushed({ healthy: true, soak: minutes, current: true });
    const of = { ...gated, targets: gated.targets.map((one) => ({ ...one, current: has })) };
    const labels = { current: "Still in staging", healthy: "Healthy in staging", soak: "Soak" };
    for (const name of ["current", "healthy", "soak"] as const) {
      expect(gate(name, of)).toEqual({
        ...{ gate: name, label: labels[name], state: "blocked", brief: `an override of ${name}` },
        reason: "what was pushed to the branch is not what was verified",
        who: `close this and promote again, or anyone with maintain access may \`/override ${name} <reason>\``,
      });
      const override = { gate: name, by: "mona", reason: "tried by hand" };
      expect(gate(name, { ...of, overrides: [override] }).state).toBe("overridden");
    }
    expect(shown(of)).toEqual(["hold", "current", "healthy", "soak"]);
    expect(gate("hold", of).state).toBe("passed");
    const beside = { ...of, pushed: { by: new Set(["eve"]), changed: false } };
    expect(gate("healthy", beside).state).toBe("passed");
  });

  it("does not count the approval of who pushed, nor of who was not looked at; what they object to counts", () => {
    const reviews = [review("eve", "approved"), review("dan", "approved")];
    const of = { ...pushed({ approvals: 1 }), reviews };
    expect(gate("approvals", { ...of, unasked: new Set(["dan"]) }).reason).toBe(
      "0 of 1. The approval of `eve`, who pushed to this branch, does not count. 1 more approval was not looked at",
    );
    const eve = { label: "eve", state: "waiting", reason: "approved, does not count: pushed to this branch" };
    expect(gate("approvals", { ...of, unasked: new Set(["dan"]) }).children).toMatchObject([eve]);
    const many = [...reviews, review("fay", "approved")];
    expect(gate("approvals", { ...of, reviews: many, unasked: new Set(["dan", "fay"]) }).reason).toMatch(
      /2 more approvals were not looked at$/,
    );
    expect(gate("approvals", of)).toMatchObject({ state: "passed", reason: "1 of 1, by `dan`" });
    const objecting = { ...of, reviews: [review("eve", "changes-requested")] };
    expect(gate("approvals", objecting).reason).toBe("`eve` requested changes");
  });
});
