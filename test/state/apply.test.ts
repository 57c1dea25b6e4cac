import { describe, expect, it } from "vitest";
import type { Decision } from "../../src/model/state.ts";
import { applyDecision, applyDeferred, isAboutDeferred } from "../../src/state/apply.ts";
import { EMPTY_DEFERRED, EMPTY_TARGET, type TargetFile } from "../../src/state/files.ts";
import { standingHolds } from "../../src/state/holds.ts";
import { held, NOW, promoted, released, waiting } from "./world.ts";

/** The file of webapp in prod after these decisions. */
function fileAfter(...decisions: Decision[]): TargetFile {
  return decisions.reduce<TargetFile>((file, decision) => {
    if (isAboutDeferred(decision)) throw new Error("not about a target");
    return applyDecision(file, decision, "webapp") ?? file;
  }, EMPTY_TARGET);
}

const back = (id: string, kind: "rolled-back" | "reverted" = "rolled-back") =>
  promoted(id, { kind, reason: "it broke" });

const merged = (id: string) => promoted(id, { kind: "rolled-back", mergeCommit: "d".repeat(40) });

const about = { at: new Date(NOW).toISOString(), by: "sluice", environment: "prod", apps: ["webapp"] };

/** A rollback that Sluice proposes in pull request 7, or in another one. */
const proposed = (id: string, pullRequest = 7): Decision => ({
  ...about,
  id,
  kind: "rollback-proposed",
  pullRequest,
  commit: "c",
  reason: "1.5.0 failed",
});

const ended = (kind: "rollback-declined" | "rollback-dropped", pullRequest = 7): Decision => ({
  ...about,
  id: `e-${pullRequest}`,
  kind,
  pullRequest,
});

/** So many seconds after what the others are about. */
const at = (seconds: number) => ({ at: new Date(NOW + seconds * 1000).toISOString() });

describe("the hold after a decision", () => {
  it.each([
    ["a person's hold", [held("h")], "person"],
    ["a rollback", [back("r")], "rollback"],
    ["a revert", [back("r", "reverted")], "revert"],
    ["a release", [held("h"), released("e")], undefined],
    ["a person's promotion after a rollback", [back("r"), promoted("p", at(1))], undefined],
    ["a person's promotion after a revert", [back("r", "reverted"), promoted("p", at(1))], undefined],
    ["an automatic promotion after a rollback", [back("r"), promoted("p", { ...at(1), by: "sluice" })], "rollback"],
    ["a person's promotion under a person's hold", [held("h"), promoted("p", at(1))], "person"],
    ["a rollback under a person's hold", [held("h"), back("r"), promoted("p", at(1))], "person"],
    ["a rollback under a hold that ends", [held("h", { until: "2030-01-01T00:00:00Z" }), back("r")], "person"],
    ["a rollback that is merged", [back("r"), merged("m")], "rollback"],
    ["a rollback that is merged after its hold was released", [back("r"), released("e"), merged("m")], undefined],
    ["another rollback after a release", [back("r"), released("e"), back("s"), merged("m")], "rollback"],
    ["a hold after a rollback", [back("r"), held("h"), promoted("p", at(1))], "person"],
    ["a promotion before a rollback, written down after it", [back("r"), promoted("p", at(-1))], "rollback"],
    ["a promotion in the second of a rollback", [back("r"), promoted("p")], "rollback"],
    [
      "a promotion in the second of a rollback, of a later pull request",
      [back("r"), promoted("p", { pullRequest: 8 })],
      undefined,
    ],
    ["a proposed rollback", [proposed("p")], "rollback"],
    ["a proposed rollback that is declined", [proposed("p"), ended("rollback-declined")], undefined],
    ["a proposed rollback that is dropped", [proposed("p"), ended("rollback-dropped")], undefined],
    ["another proposal that ends", [proposed("p"), proposed("q", 9), ended("rollback-declined")], "rollback"],
    ["a person's rollback since a proposal", [proposed("p"), back("r"), ended("rollback-dropped")], "rollback"],
    ["a person's hold over a proposal that ends", [held("h"), proposed("p"), ended("rollback-declined")], "person"],
    ["a person's promotion after a proposal", [proposed("p"), promoted("q", at(1))], undefined],
    ["a proposal that is merged", [proposed("p"), merged("m")], "rollback"],
    ["a proposal that is merged after its hold was released", [proposed("p"), released("e"), merged("m")], undefined],
    ["a release before a hold, written down after it", [held("h"), released("e", at(-1))], "person"],
    ["a hold before its release, written down after it", [released("e"), held("h", at(-1))], undefined],
    ["a hold before a later one, written down after it", [held("h"), back("r"), held("i", at(-1))], "person"],
  ] satisfies readonly (readonly [string, Decision[], string | undefined])[])("%s", (_, decisions, cause) => {
    expect(fileAfter(...decisions).hold?.cause).toBe(cause);
  });

  const ends = (hours: number) => ({ until: new Date(NOW + hours * 3_600_000).toISOString() });

  it.each([
    ["one without an end stays under one with an end", [held("h"), held("i", { ...at(1), ...ends(2) })], undefined],
    ["a person's stands over a rollback's", [back("r"), held("i", { ...at(1), ...ends(2) })], ends(2).until],
    ["one that ends later stays", [held("h", ends(4)), held("i", { ...at(1), ...ends(2) })], ends(4).until],
    ["one that ends earlier is replaced", [held("h", ends(2)), held("i", { ...at(1), ...ends(4) })], ends(4).until],
    ["one with an end is replaced by one without", [held("h", ends(2)), held("i", at(1))], undefined],
    ["one without an end, written down late", [held("h", { ...at(1), ...ends(2) }), held("i")], undefined],
  ] satisfies readonly (readonly [string, Decision[], string | undefined])[])("%s", (_, decisions, until) => {
    const { hold, history } = fileAfter(...decisions);
    expect(hold).toBeDefined();
    expect(hold?.until).toBe(until);
    expect(history).toHaveLength(2);
  });

  it.each([
    ["a rollback before it", [back("r"), held("h", { ...at(1), ...ends(2) })], "rollback"],
    ["a rollback after it", [held("h", ends(2)), back("r")], "rollback"],
    ["a revert after it", [held("h", ends(2)), back("r", "reverted")], "revert"],
    ["a longer hold after both", [back("r"), held("h", ends(2)), held("i", { ...at(1), ...ends(4) })], "rollback"],
    ["a rollback and its release", [back("r"), held("h", { ...at(1), ...ends(2) }), released("e", at(2))], undefined],
    ["a rollback and what a person promoted", [held("h", ends(2)), back("r"), promoted("p", at(1))], undefined],
    ["no rollback", [held("h", ends(2))], undefined],
  ] satisfies readonly (readonly [string, Decision[], string | undefined])[])(
    "when a person's hold is over, stands what is beneath it: %s",
    (_, decisions, cause) => {
      const { hold } = fileAfter(...decisions);
      expect(standingHolds(hold, undefined, NOW + 5 * 3_600_000).map((one) => one.cause)).toEqual(cause ? [cause] : []);
    },
  );

  const backAt = (seconds: number) => promoted("r", { kind: "rolled-back", reason: "it broke", ...at(seconds) });

  it.each([
    ["a rollback before a hold", [held("h", ends(2)), backAt(-1)], ["person", "rollback"]],
    ["a hold before a rollback", [backAt(0), held("h", at(-1))], ["person", "rollback"]],
    ["a promotion between a rollback and a hold", [backAt(-2), held("h"), promoted("p", at(-1))], ["person"]],
    ["a release between a rollback and a hold", [backAt(-2), held("h"), released("e", at(-1))], ["person"]],
    ["a release between a hold and a rollback", [held("h", at(-2)), backAt(0), released("e", at(-1))], ["rollback"]],
  ] satisfies readonly (readonly [string, Decision[], string[]])[])(
    "is for a person and for a rollback apart, where a busy queue brings %s last",
    (_, decisions, causes) => {
      expect(standingHolds(fileAfter(...decisions).hold, undefined, NOW).map(({ cause }) => cause)).toEqual(causes);
    },
  );

  it("says who, why, since when and until when", () => {
    const until = "2030-01-01T00:00:00Z";
    expect(fileAfter(held("h", { until })).hold).toEqual({
      by: "alice",
      reason: "it is Friday",
      since: "2026-03-01T12:00:00.000Z",
      until,
      cause: "person",
    });
  });
});

describe("the history after a decision", () => {
  it("has it once, with what is its app's own", () => {
    const versions = {
      webapp: [{ image: "web", from: "1", to: "2" }],
      api: [{ image: "api", from: "3", to: "4" }],
    };
    const decision = promoted("p", { apps: ["webapp", "api"], versions });
    const { history } = fileAfter(decision, decision);
    expect(history).toEqual([
      {
        id: "p",
        kind: "promoted",
        at: "2026-03-01T12:00:00.000Z",
        by: "alice",
        commit: "c".repeat(40),
        pullRequest: 7,
        versions: versions.webapp,
      },
    ]);
  });

  it("keeps the newest 200 and cuts a reason that is a novel", () => {
    const many = Array.from({ length: 250 }, (_, nth) => held(`h-${nth}`, { reason: "x".repeat(5_000) }));
    const { history, hold } = fileAfter(...many);
    expect(history).toHaveLength(200);
    expect(history[0]?.id).toBe("h-50");
    expect(history[0]?.reason).toHaveLength(1_000);
    expect(hold?.reason).toHaveLength(1_000);
  });
});

describe("deferred requests after a decision", () => {
  it("do not grow without end", () => {
    const full = {
      ...EMPTY_DEFERRED,
      waiting: Array.from({ length: 1_000 }, (_, nth) => ({
        id: `${nth}`,
        pullRequest: nth,
        environment: "prod",
        apps: [],
        by: "alice",
        at: "2026-03-01T12:00:00.000Z",
      })),
    };
    const deferred = waiting("w", 5_000);
    if (!isAboutDeferred(deferred)) throw new Error("not a deferred request");
    expect(() => applyDeferred(full, deferred)).toThrow(/1000 promotions wait/);
  });
});
