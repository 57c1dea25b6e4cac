import { describe, expect, it } from "vitest";
import { decide, digestOf, has, now, why } from "./support.ts";

const day = 86_400_000;
const ago = (milliseconds: number): { readonly created: string } => ({
  created: new Date(now - milliseconds).toISOString(),
});
const semver = { semver: "^1.0" };

describe("a decision", () => {
  it("asks only for the best, and for nothing when nothing is newer", async () => {
    expect((await decide(semver, ["1.0.0", "1.1.0", "1.2.0"], ["1.0.0"])).asked).toEqual(["1.2.0"]);
    expect((await decide(semver, ["1.0.0", "1.1.0"], ["1.1.0"])).asked).toEqual([]);
  });

  it("passes over what the registry lists and does not have", async () => {
    const decision = await decide(semver, ["1.1.0", "1.2.0"], ["1.0.0"], { facts: { "1.2.0": undefined } });
    expect(decision.chosen?.tag).toBe("1.1.0");
    expect(decision.asked).toEqual(["1.2.0", "1.1.0"]);
    expect(why(decision, "1.2.0")).toBe("1.2.0 was listed or pushed, but the registry has no image of that name");
  });

  it("takes a tag that was pushed and is not listed yet", async () => {
    expect((await decide(semver, ["1.1.0"], ["1.0.0"], { pushed: ["1.2.0"] })).chosen?.tag).toBe("1.2.0");
  });

  it("gives the error of a registry that cannot be asked", async () => {
    const facts = new Proxy(
      {},
      {
        has: () => {
          throw new Error("no answer");
        },
      },
    );
    await expect(decide(semver, ["1.1.0"], ["1.0.0"], { facts })).rejects.toThrow("no answer");
  });

  it("gives up after so many that are not complete, and says so", async () => {
    const tags = Array.from({ length: 30 }, (_, index) => `1.${index}.0`);
    const decision = await decide(semver, tags, ["1.0.0"], { platforms: ["linux/s390x"], limits: { facts: 10 } });
    expect(decision.chosen).toBeUndefined();
    expect(decision.asked).toEqual(tags.slice(20).reverse());
    expect(why(decision, "1.5.0")).toBe("1.5.0 was not asked for: too many better tags were passed over");
  });

  it("does not say that it gave up when it asked for every better tag", async () => {
    const tags = ["1.1.0", "1.2.0", "1.3.0"];
    const decision = await decide(semver, tags, ["1.1.0"], { platforms: ["linux/s390x"], limits: { facts: 2 } });
    expect(decision.asked).toEqual(["1.3.0", "1.2.0"]);
    expect(why(decision, "1.1.0")).toBe("1.1.0 is what webapp in staging has");
    const none = await decide(semver, tags, [], { platforms: ["linux/s390x"], pushed: ["x"], limits: { facts: 9 } });
    expect(none.chosen).toBeUndefined();
    expect(none.summary).toMatch(/and 2 more were passed over$/);
  });

  it("is about the best that can be taken, not about a better one that is passed over", async () => {
    const newer = has("1.7.0", { target: "newer" });
    const facts = { "1.6.0": undefined };
    const taken = await decide(semver, ["1.5.0", "1.6.0"], ["1.4.0", newer], { facts });
    expect(taken.targets.map(({ reason }) => reason)).toEqual([
      "1.4.0 is lower than 1.5.0",
      "1.5.0 is lower than 1.7.0, and nothing goes backwards",
    ]);
    const none = await decide(semver, ["1.6.0"], ["1.4.0", newer], { facts });
    expect(none.targets.map(({ reason }) => reason)).toEqual([
      "1.6.0 was listed or pushed, but the registry has no image of that name",
      "1.6.0 is lower than 1.7.0, and nothing goes backwards",
    ]);
  });

  it("of one tag alone says where that stands among the others", async () => {
    const tags = ["1.4.0", "1.5.0", "1.6.0"];
    const set = await decide(semver, tags, ["1.4.0"], { only: "1.5.0" });
    expect(set).toMatchObject({ chosen: { tag: "1.5.0" }, targets: [{ moves: true }], asked: ["1.5.0"] });
    expect(why(set, "1.6.0")).toBe("no target moves to 1.6.0 now");
    const missing = await decide(semver, tags, ["1.4.0"], { only: "1.5.0", facts: { "1.5.0": undefined } });
    expect(missing).toMatchObject({ targets: [{ moves: false, reason: why(missing, "1.5.0") }], asked: ["1.5.0"] });
    expect(why(missing, "1.6.0")).toBe("no target moves to 1.6.0 now");
    const back = await decide(semver, tags, ["1.5.0"], { only: "1.4.0" });
    expect(back.targets[0]?.reason).toBe("1.4.0 is lower than 1.5.0, and nothing goes backwards");
  });

  it("says what came of it", async () => {
    const summary = async (...input: Parameters<typeof decide>): Promise<string> => (await decide(...input)).summary;
    expect(await summary(semver, ["1.1.0"], ["1.0.0"])).toBe(
      "1.1.0 takes the place of 1.0.0: it is the highest version in `^1.0`",
    );
    expect(await summary(semver, ["1.1.0"], ["1.1.0"])).toBe(
      "Nothing changes: 1.1.0 is the highest version in `^1.0`, and webapp in staging has 1.1.0",
    );
    expect(
      await summary(semver, ["1.1.0"], ["1.1.0", has("1.1.0", { target: "b" }), has("1.1.0", { target: "c" })]),
    ).toBe("Nothing changes: 1.1.0 is the highest version in `^1.0`, and webapp in staging and 2 more has 1.1.0");
    expect(await summary(semver, ["1.1.0"], [])).toBe("1.1.0 is the highest version in `^1.0`");
    expect(await summary(semver, ["2.0.0", "latest"], ["1.0.0"])).toBe(
      "The policy takes none of the 2 tags of the registry",
    );
    expect((await decide(semver, ["2.0.0"], ["1.0.0"])).targets).toMatchObject([
      { moves: false, reason: "the policy takes no tag of the registry" },
    ]);
    expect(await summary(semver, ["2.0.0"], ["1.0.0"])).toBe("The policy takes not the only tag of the registry");
    expect(await summary(semver, [], ["1.0.0"])).toBe("The registry lists no tags");
    expect(await summary({ digest: "main" }, [], [""])).toBe(
      "main takes the place of an image without a tag: it is the tag that the policy follows",
    );
    expect(await summary(semver, ["1.1.0"], ["1.0.0"], { platforms: ["linux/s390x"] })).toBe(
      "Nothing changes now: 1.1.0 lacks linux/s390x (it has linux/amd64, linux/arm64): the rest may still be on its way",
    );
  });
});

describe("a minimum age", () => {
  const facts = { "1.3.0": ago(day / 2), "1.2.0": ago(2 * day), "1.1.0": ago(9 * day) };
  const tags = ["1.1.0", "1.2.0", "1.3.0"];

  it("takes the best that is old enough, and says when the younger is", async () => {
    const decision = await decide(semver, tags, ["1.0.0"], { facts, minimumAge: day });
    expect(decision.chosen?.tag).toBe("1.2.0");
    expect(decision.waitUntil).toBe(now + day / 2);
    expect(why(decision, "1.3.0")).toBe("1.3.0 is not old enough until 2026-08-02 00:00:00 UTC");
    expect(why(decision, "1.2.0")).toBe(
      "1.2.0 is the highest version in `^1.0` of those that can be taken now; 1 better passed over",
    );
  });

  it("waits when all that is newer is too young", async () => {
    const decision = await decide(semver, tags, ["1.2.0"], { facts, minimumAge: day });
    expect(decision).toMatchObject({ waitUntil: now + day / 2 });
    expect(decision.chosen).toBeUndefined();
    expect(decision.targets[0]?.reason).toBe("1.3.0 is not old enough until 2026-08-02 00:00:00 UTC");
    expect(decision.summary).toBe("Nothing changes now: 1.3.0 is not old enough until 2026-08-02 00:00:00 UTC");
  });

  it("is said of the next one when the best lacks something else", async () => {
    const partly = { ...facts, "1.3.0": { platforms: ["linux/arm64"] }, "1.2.0": ago(day / 2) };
    const decision = await decide(semver, tags, ["1.1.0"], {
      facts: partly,
      minimumAge: day,
      platforms: ["linux/amd64"],
    });
    expect(decision.summary).toBe(
      "Nothing changes now: 1.3.0 lacks linux/amd64 (it has linux/arm64): the rest may still be on its way, and 1 more were passed over; the next is old enough at 2026-08-02 00:00:00 UTC",
    );
  });

  it("is over at that very moment", async () => {
    const decision = await decide(semver, tags, ["1.2.0"], { facts, minimumAge: day, now: now + day / 2 });
    expect(decision.chosen?.tag).toBe("1.3.0");
    expect(decision.waitUntil).toBeUndefined();
  });

  it("of nothing takes an image of unknown age", async () => {
    const decision = await decide(semver, ["1.3.0"], ["1.0.0"], { facts: { "1.3.0": { created: undefined } } });
    expect(decision.chosen?.tag).toBe("1.3.0");
  });

  it("waits for the first of several", async () => {
    const two = { ...facts, "1.2.0": ago(day / 4) };
    expect((await decide(semver, tags, ["1.1.0"], { facts: two, minimumAge: day })).waitUntil).toBe(now + day / 2);
  });

  it("counts from when Sluice heard of an image that does not say when it was built", async () => {
    const unknown = { "1.3.0": { created: undefined } };
    const alone = await decide(semver, ["1.3.0"], ["1.0.0"], { facts: unknown, minimumAge: day });
    expect(why(alone, "1.3.0")).toBe("the build time of 1.3.0 is not known, so its age is not either");
    expect(alone.waitUntil).toBeUndefined();
    const seen = { facts: unknown, minimumAge: day, firstSeen: new Map([["1.3.0", now - day / 4]]) };
    expect(await decide(semver, ["1.3.0"], ["1.0.0"], seen)).toMatchObject({ waitUntil: now + (3 * day) / 4 });
    const later = { ...seen, now: now + day };
    expect((await decide(semver, ["1.3.0"], ["1.0.0"], later)).chosen?.tag).toBe("1.3.0");
  });

  it("does not believe an image of the future", async () => {
    const decision = await decide(semver, ["1.3.0"], ["1.0.0"], { facts: { "1.3.0": ago(-9 * day) }, minimumAge: day });
    expect(why(decision, "1.3.0")).toBe("the build time of 1.3.0 is not known, so its age is not either");
  });
});

describe("required platforms", () => {
  it.each([
    [["linux/amd64"], ["linux/amd64"], true],
    [["linux/amd64", "linux/arm64"], ["linux/amd64"], false],
    [["linux/arm64"], ["linux/arm64/v8"], true],
    [["linux/arm64/v8"], ["linux/arm64"], true],
    [["linux/arm"], ["linux/arm/v7"], true],
    [["linux/arm"], ["linux/amd64", "linux/arm/v7"], true],
    [["linux/arm/v6"], ["linux/arm/v7"], false],
    [["linux/amd64"], ["linux/amd64/v3"], false],
    [["linux/amd64"], ["linux/amd64/v1"], true],
    [["linux/amd64"], [], false],
    [["Linux/AMD64"], ["linux/amd64"], true],
    [["linux/amd64"], ["linux/AMD64/V1"], true],
  ])("%j of %j: %s", async (platforms, found, taken) => {
    const decision = await decide(semver, ["1.1.0"], ["1.0.0"], {
      platforms,
      facts: { "1.1.0": { platforms: found } },
    });
    expect(decision.chosen !== undefined).toBe(taken);
  });

  it("pass over a tag that came in part only", async () => {
    const decision = await decide(semver, ["1.1.0", "1.2.0"], ["1.0.0"], {
      platforms: ["linux/amd64", "linux/arm64"],
      facts: { "1.2.0": { platforms: ["linux/amd64"] } },
    });
    expect(decision.chosen?.tag).toBe("1.1.0");
    expect(why(decision, "1.2.0")).toBe(
      "1.2.0 lacks linux/arm64 (it has linux/amd64): the rest may still be on its way",
    );
    const silent = { platforms: ["linux/amd64"], facts: { "1.1.0": { platforms: [] } } };
    expect(why(await decide(semver, ["1.1.0"], ["1.0.0"], silent), "1.1.0")).toBe(
      "1.1.0 lacks linux/amd64 (it says none): the rest may still be on its way",
    );
  });
});

describe("the digest of a moving tag", () => {
  const main = { digest: "main" };
  const both = { pin: "both" as const };

  it("is taken whenever it is another, without a list of tags", async () => {
    const decision = await decide(main, [], [has(`main@${digestOf("old")}`)], both);
    expect(decision).toMatchObject({ chosen: { tag: "main", facts: { digest: digestOf("main") } }, asked: ["main"] });
    expect(decision.targets[0]?.reason).toBe("main has another digest now");
  });

  it("changes nothing when it is the same", async () => {
    const decision = await decide(main, [], [has(`main@${digestOf("main")}`)], both);
    expect(decision.chosen).toBeUndefined();
    expect(decision.summary).toBe(
      "Nothing changes: main is the tag that the policy follows, and webapp in staging has main with its digest",
    );
    const alone = await decide(main, [], [has(`@${digestOf("main")}`)], { pin: "digest" });
    expect(alone.targets).toMatchObject([{ moves: false, reason: "it has the digest of main already" }]);
  });

  it("is pinned where there is none or another tag", async () => {
    for (const current of ["main", "latest", "1.4.0", `@${digestOf("old")}`, ""]) {
      expect((await decide(main, [], [has(current)], both)).chosen?.tag).toBe("main");
    }
  });

  it("says of other tags that they do not matter", async () => {
    const decision = await decide(main, [], ["main"], { ...both, pushed: ["1.4.0"] });
    expect(why(decision, "1.4.0")).toBe("1.4.0 is not the tag that the policy follows, which is main");
  });

  it("asks for no other tag to find what a target has", async () => {
    const decision = await decide(main, [], [has(`@${digestOf("old")}`)], { pin: "digest" });
    expect(decision).toMatchObject({ chosen: { tag: "main" }, asked: ["main"] });
    expect((await decide(semver, ["1.1.0"], [""], { pin: "digest" })).asked).toEqual(["1.1.0"]);
  });

  it("does not come back after it was rolled back", async () => {
    const held = { tag: "main", digest: digestOf("main") };
    const current = has(`main@${digestOf("old")}`, { held });
    expect((await decide(main, [], [current], both)).targets).toMatchObject([
      { moves: false, reason: "main was rolled back here and stays away until there is a newer one" },
    ]);
    const next = { ...both, facts: { main: { digest: digestOf("next") } } };
    expect((await decide(main, [], [current], next)).chosen?.facts.digest).toBe(digestOf("next"));
  });
});

describe("digests beside versions", () => {
  it("are written where they are missing or the tag was pushed again", async () => {
    const pushed = await decide(semver, ["1.1.0"], [has(`1.1.0@${digestOf("x")}`)], { pin: "both" });
    expect(pushed.targets).toMatchObject([{ moves: true, reason: "1.1.0 has another digest now" }]);
    const missing = await decide(semver, ["1.1.0"], ["1.1.0"], { pin: "both" });
    expect(missing.targets).toMatchObject([{ moves: true, reason: "1.1.0 is pinned by its digest" }]);
    const same = await decide(semver, ["1.1.0"], [has(`1.1.0@${digestOf("1.1.0")}`)], { pin: "both" });
    expect(same.chosen).toBeUndefined();
  });

  it("tell the version of a target that has no tag", async () => {
    const tags = ["1.0.0", "1.1.0", "1.2.0"];
    const pin = "digest";
    const older = await decide(semver, tags, [has(`@${digestOf("1.1.0")}`)], { pin });
    expect(older).toMatchObject({ chosen: { tag: "1.2.0" }, asked: ["1.2.0", "1.1.0"] });
    const same = await decide(semver, tags, [has(`@${digestOf("1.2.0")}`)], { pin });
    expect(same).toMatchObject({ targets: [{ moves: false }], asked: ["1.2.0"] });
    // The tag in the file is not what runs when only the digest is written.
    const stale = await decide(semver, tags, [has(`1.0.0@${digestOf("1.2.0")}`)], { pin });
    expect(stale.chosen).toBeUndefined();
    const ahead = await decide(semver, tags, [has(`1.9.0@${digestOf("1.1.0")}`)], { pin });
    expect(ahead.chosen?.tag).toBe("1.2.0");
    expect((await decide(semver, tags, ["1.9.0"], { pin })).chosen).toBeUndefined();
  });

  it.each([
    ["another image of its tag", "1.4.0", "pushed-before", "1.4.0 is lower than 1.5.0", true],
    ["the image of a worse tag", "1.5.0", "1.4.0", "1.5.0 has another digest now", true],
    [
      "the image of a better tag",
      "1.4.0",
      "1.7.0",
      "1.5.0 is lower than 1.7.0, which the digest beside 1.4.0 is, and nothing goes backwards",
      false,
    ],
    [
      "the image of a better tag beside a word",
      "latest",
      "1.7.0",
      "1.5.0 is lower than 1.7.0, which the digest beside latest is, and nothing goes backwards",
      false,
    ],
  ])("are what runs beside a tag: %s", async (_, tag, of, reason, moves) => {
    const current = has(`${tag}@${digestOf(of)}`);
    const facts = { "1.8.0": undefined };
    const tags = ["1.4.0", "1.5.0", "1.7.0", "1.8.0"];
    const decision = await decide(semver, tags, [current], { pin: "both", only: "1.5.0", facts });
    expect(decision.targets).toMatchObject([{ moves, reason }]);
  });

  it("need no search where they are those of the tag, or the tag is gone", async () => {
    const tags = ["1.4.0", "1.5.0", "1.6.0"];
    const same = await decide(semver, tags, [has(`1.4.0@${digestOf("1.4.0")}`)], { pin: "both" });
    expect(same.asked).toEqual(["1.4.0", "1.6.0"]);
    const gone = { pin: "both", facts: { "1.3.0": undefined } } as const;
    expect((await decide(semver, tags, [has(`1.3.0@${digestOf("1.3.0")}`)], gone)).asked).toEqual(["1.3.0", "1.6.0"]);
  });

  it("are searched for among so many of the best tags", async () => {
    const tags = Array.from({ length: 9 }, (_, index) => `1.${index}.0`);
    const current = has(`@${digestOf("1.5.0")}`);
    const decision = await decide(semver, tags, [current], { pin: "digest", limits: { facts: 3 } });
    expect(decision.asked).toEqual(["1.8.0", "1.7.0", "1.6.0", digestOf("1.5.0")]);
    expect(decision.verdicts.map(({ tag }) => tag)).not.toContain("");
  });

  it("that no tag has are told by when they were built", async () => {
    const gone = digestOf("gone");
    const later = await decide(semver, ["1.2.0"], [has(`@${gone}`)], { pin: "digest", facts: { [gone]: ago(day) } });
    expect(later.targets).toMatchObject([
      { moves: false, reason: `1.2.0 was built before ${gone.slice(0, 19)}, and nothing goes backwards` },
    ]);
    const earlier = { [gone]: ago(900 * day) };
    expect((await decide(semver, ["1.2.0"], [has(`@${gone}`)], { pin: "digest", facts: earlier })).chosen?.tag).toBe(
      "1.2.0",
    );
    const unknown = { [gone]: undefined };
    expect((await decide(semver, ["1.2.0"], [has(`@${gone}`)], { pin: "digest", facts: unknown })).chosen?.tag).toBe(
      "1.2.0",
    );
  });
});

describe("the newest build", () => {
  const facts = { a: ago(3 * day), b: ago(day), c: ago(2 * day) };
  const newest = { newest: true } as const;

  it("is the one that was built last, whatever its name", async () => {
    const decision = await decide(newest, ["a", "b", "c", "latest"], ["a"], { facts });
    expect(decision.chosen?.tag).toBe("b");
    expect(decision.skipped).toEqual(["c"]);
    expect(why(decision, "c")).toBe("c was not built after b");
    expect(why(decision, "latest")).toBe("latest is no version, since it moves; the policy `digest` can follow it");
    expect((await decide(newest, ["a", "b", "c"], ["b"], { facts })).chosen).toBeUndefined();
  });

  it("does not come from a target whose build is later, even when its tag is gone", async () => {
    expect((await decide(newest, ["a", "c"], ["b"], { facts })).chosen).toBeUndefined();
    expect((await decide(newest, ["a", "c"], ["gone"], { facts: { ...facts, gone: undefined } })).chosen?.tag).toBe(
      "c",
    );
  });

  it("does not come from a moving tag that the policy ignores and whose build is later", async () => {
    const later = { ...facts, latest: ago(day / 2) };
    expect((await decide(newest, ["a", "b", "latest"], ["latest"], { facts: later })).chosen).toBeUndefined();
  });

  it("believes clocks that are an hour ahead, and no more", async () => {
    const hour = 3_600_000;
    const decision = await decide(newest, ["a", "b", "c"], ["a"], {
      facts: { a: ago(day), b: ago(-hour), c: ago(-hour - 1) },
    });
    expect(decision.chosen?.tag).toBe("b");
  });

  it("names the build that a moving tag stands for", async () => {
    const same = { ...facts, latest: { ...ago(day), digest: digestOf("b") } };
    expect((await decide(newest, ["a", "b", "latest"], ["latest"], { facts: same })).chosen?.tag).toBe("b");
  });

  it("is looked for among so many, those that were pushed first", async () => {
    const tags = Array.from({ length: 30 }, (_, index) => `build-${index}`);
    const pushed = { facts: { "build-3": ago(day) }, pushed: ["build-3"], limits: { builds: 5 } };
    const decision = await decide(newest, tags, ["build-1"], pushed);
    expect(decision.chosen?.tag).toBe("build-3");
    expect(new Set(decision.asked)).toEqual(
      new Set(["build-3", "build-29", "build-28", "build-27", "build-26", "build-1"]),
    );
    expect(why(decision, "build-25")).toBe(
      "build-25 was not asked for: more than 5 tags match; narrow them with `regex`",
    );
  });

  it("is asked for of no tag that the policy does not take", async () => {
    const decision = await decide({ newest: true, regex: "^main" }, ["main-1", "main-2", "pr-3"], ["main-1"]);
    expect(decision.asked.toSorted()).toEqual(["main-1", "main-2"]);
  });

  it("is none of the future and none that does not say", async () => {
    const odd = { a: ago(3 * day), b: ago(-3 * day), c: { created: undefined } };
    const decision = await decide(newest, ["a", "b", "c"], ["x"], { facts: { ...odd, x: ago(9 * day) } });
    expect(decision.chosen?.tag).toBe("a");
    expect(why(decision, "b")).toBe("the build time of b is not known, or is in the future");
  });

  it("does not come back after it was rolled back", async () => {
    const held = { tag: "b", digest: "" };
    expect((await decide(newest, ["a", "b", "c"], [has("a", { held })], { facts })).chosen).toBeUndefined();
    const next = { ...facts, d: ago(day / 2) };
    expect((await decide(newest, ["a", "b", "c", "d"], [has("a", { held })], { facts: next })).chosen?.tag).toBe("d");
  });
});

describe("what was rolled back", () => {
  it("stays away with all before it, until there is a newer one", async () => {
    const current = has("1.4.0", { held: { tag: "1.5.0", digest: "" } });
    const decision = await decide(semver, ["1.4.0", "1.4.9", "1.5.0"], [current]);
    expect(decision.targets).toMatchObject([
      { moves: false, reason: "1.5.0 was rolled back here and stays away until there is a newer one" },
    ]);
    expect(why(decision, "1.4.9")).toBe(
      "1.4.9 is not newer than 1.5.0, which was rolled back here (webapp in staging)",
    );
    expect(decision.asked).toEqual([]);
    expect((await decide(semver, ["1.4.0", "1.5.0", "1.5.1"], [current])).chosen?.tag).toBe("1.5.1");
  });

  it("stays away when it is pushed again", async () => {
    const held = { tag: "1.5.0", digest: digestOf("first") };
    const current = has(`1.4.0@${digestOf("1.4.0")}`, { held });
    expect((await decide(semver, ["1.4.0", "1.5.0"], [current], { pin: "both" })).chosen).toBeUndefined();
  });

  it("stays away under another name of the same version, but not for ever under a moving tag", async () => {
    const same = await decide(semver, ["1.5.0"], [has("1.4.0", { held: { tag: "v1.5.0", digest: "" } })]);
    expect(same.targets[0]?.reason).toBe("1.5.0 is not newer than v1.5.0, which was rolled back here");
    const moving = has("main", { held: { tag: "main", digest: digestOf("old") } });
    expect((await decide({ digest: "main" }, [], [moving], { pin: "both" })).chosen?.tag).toBe("main");
    const unknown = has("main", { held: { tag: "main", digest: "" } });
    expect((await decide({ digest: "main" }, [], [unknown], { pin: "both" })).chosen).toBeUndefined();
  });

  it("stays away under another name of the same image", async () => {
    const held = { tag: "x", digest: digestOf("1.5.0") };
    expect((await decide(semver, ["1.5.0"], [has("1.4.0", { held })])).chosen).toBeUndefined();
  });

  it("holds only the target in which it was", async () => {
    const staging = has("1.4.0", { held: { tag: "1.5.0", digest: "" } });
    const decision = await decide(semver, ["1.4.0", "1.5.0"], [staging, has("1.4.0", { target: "webapp in test" })]);
    expect(decision.chosen?.tag).toBe("1.5.0");
    expect(decision.targets.map(({ moves }) => moves)).toEqual([false, true]);
  });
});

describe("skipped tags", () => {
  it("are those of targets that move, not of those that stay", async () => {
    const held = has("1.0.0", { held: { tag: "1.3.0", digest: "" }, target: "held" });
    const decision = await decide(semver, ["1.0.0", "1.1.0", "1.2.0", "1.3.0"], [held, has("1.1.0")]);
    expect(decision.chosen?.tag).toBe("1.3.0");
    expect(decision.skipped).toEqual(["1.2.0"]);
  });
});

describe("several targets", () => {
  it("move to the same version, those that have a better one stay", async () => {
    const decision = await decide(
      semver,
      ["1.1.0", "1.2.0", "1.3.0"],
      [
        has("1.1.0", { target: "one" }),
        has("1.9.0", { target: "two" }),
        has("latest", { target: "three" }),
        has("1.3.0", { target: "four" }),
      ],
    );
    expect(decision.chosen?.tag).toBe("1.3.0");
    expect(decision.targets).toMatchObject([
      { target: "one", from: { tag: "1.1.0", digest: "" }, moves: true, reason: "1.1.0 is lower than 1.3.0" },
      { target: "two", moves: false, reason: "1.3.0 is lower than 1.9.0, and nothing goes backwards" },
      { target: "three", moves: true, reason: "latest has no place in the policy's order and gives way to 1.3.0" },
      { target: "four", moves: false, reason: "it has 1.3.0 already" },
    ]);
    expect(decision.skipped).toEqual(["1.2.0"]);
    expect(decision.summary).toBe("1.3.0 takes the place of 1.1.0, latest: it is the highest version in `^1.0`");
  });
});

describe("verdicts", () => {
  it("count the targets that have a tag, and compare the rest with what is chosen", async () => {
    const targets = ["one", "two", "three"].map((target, index) => has(`1.${5 - index}.0`, { target }));
    const decision = await decide(semver, ["1.4.0", "1.5.0", "1.6.0"], [...targets, has("1.4.0", { target: "four" })]);
    expect(decision.verdicts.map(({ reason }) => reason)).toEqual([
      "1.6.0 is the highest version in `^1.0`",
      "1.5.0 is what one has",
      "1.4.0 is what two and 1 more has",
      "1.3.0 is what three has; it is not listed by the registry",
    ]);
    const behind = await decide(semver, ["1.4.5", "1.6.0"], targets);
    expect(why(behind, "1.4.5")).toBe("1.4.5 is lower than 1.6.0");
  });

  it("are no more than what is asked for, and leave a third to the tags that the policy does not take", async () => {
    const tags = Array.from({ length: 20 }, (_, index) => [`1.${index}.0`, `odd-${index}`]).flat();
    const given = (verdicts: number) => decide(semver, tags, ["1.0.0"], { limits: { verdicts } });
    expect((await given(1)).verdicts).toHaveLength(1);
    const seven = (await given(7)).verdicts.map(({ tag }) => tag);
    expect(seven).toEqual(["1.19.0", "1.0.0", "1.18.0", "1.17.0", "1.16.0", "1.15.0", "odd-19"]);
  });

  it("are so many, the most interesting first", async () => {
    const tags = Array.from({ length: 500 }, (_, index) => [`1.${index}.0`, `odd-${index}`]).flat();
    const decision = await decide(semver, tags, ["1.3.0"], { pushed: ["odd-7"], limits: { verdicts: 12 } });
    expect(decision.verdicts).toHaveLength(12);
    expect(decision.verdicts.map(({ tag }) => tag)).toEqual([
      "1.499.0",
      "1.3.0",
      "odd-7",
      "1.498.0",
      "1.497.0",
      "1.496.0",
      "1.495.0",
      "1.494.0",
      "1.493.0",
      "odd-499",
      "odd-498",
      "odd-497",
    ]);
    expect(decision.verdicts.map(({ outcome }) => outcome).slice(0, 3)).toEqual(["chosen", "current", "not-chosen"]);
    expect(decision.skipped).toHaveLength(100);
    expect(decision.skipped.slice(0, 2)).toEqual(["1.498.0", "1.497.0"]);
  });

  it("say of a current tag that the policy does not take it", async () => {
    const decision = await decide(semver, ["latest", "1.0.0"], ["latest"]);
    expect(why(decision, "latest")).toBe("latest is what webapp in staging has; it is no semantic version");
  });
});
