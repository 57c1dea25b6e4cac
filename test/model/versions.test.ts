import fc from "fast-check";
import semver from "semver";
import { describe, expect, it } from "vitest";
import {
  compareDigits,
  compareNatural,
  compareSemver,
  orderOf,
  readSemver,
  type SemanticVersion,
} from "../../src/model/versions.ts";

const small = fc.nat({ max: 3 });
const identifier = fc.stringMatching(/^(?:0|[1-9][0-9]{0,3}|[a-z][a-z0-9-]{0,3})$/);
/** Semantic versions with pre-releases and build metadata. */
const text = fc
  .tuple(fc.tuple(small, small, small), fc.array(identifier, { maxLength: 2 }), fc.array(identifier, { maxLength: 2 }))
  .map(([numbers, before, build]) =>
    [
      numbers.join("."),
      before.length > 0 ? `-${before.join(".")}` : "",
      build.length > 0 ? `+${build.join(".")}` : "",
    ].join(""),
  );

/** Holds for every comparer that sorts: turned around it says the opposite, and it never goes in circles. */
function expectTotal<T>(compare: (a: T, b: T) => number, [a, b, c]: readonly [T, T, T]): void {
  expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
  if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
}

describe("semantic versions", () => {
  it("are read and compared as node-semver does", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [one, other] = [readSemver(a), readSemver(b)];
        if (one === undefined || other === undefined) throw new Error(`${a} or ${b} is not read`);
        expect(Math.sign(compareSemver(one, other))).toBe(semver.compareBuild(a, b));
      }),
    );
  });

  it("are read exactly where node-semver reads them", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ maxLength: 12 }), fc.stringMatching(/^v?[0-9.]{1,24}$/)), (one) => {
        const plus = one.includes("+") ? one : one.replace("_", "+");
        expect(readSemver(one) === undefined).toBe(semver.parse(plus) === null);
      }),
    );
  });

  it("are in one order, whichever way they are asked", () => {
    const version = text.map((one): SemanticVersion => readSemver(one) ?? { major: 0, minor: 0, patch: 0 });
    fc.assert(fc.property(version, version, version, (...three) => expectTotal(compareSemver, three)));
  });
});

describe("orders of texts", () => {
  it("compare digits as numbers of any length", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n }), fc.bigInt({ min: 0n }), fc.nat({ max: 3 }), (a, b, zeros) => {
        expect(Math.sign(compareDigits(`${"0".repeat(zeros)}${a}`, String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it("are total: the same whichever way they are asked, and equal only for equal texts", () => {
    const texts = fc.stringMatching(/^[a0-2.-]{0,6}$/);
    fc.assert(
      fc.property(texts, texts, texts, (a, b, c) => {
        expect(Math.sign(compareNatural(a, b))).toBe(-Math.sign(compareNatural(b, a)) + 0);
        expect(compareNatural(a, b) === 0).toBe(a === b);
        if (compareNatural(a, b) < 0 && compareNatural(b, c) < 0) expect(compareNatural(a, c)).toBeLessThan(0);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the order of versions", () => {
  it.each([
    ["1.2.3", "1.10.0", "older"],
    ["v2", "v1.9", "newer"],
    ["1.4.0-rc.1", "1.4.0", "older"],
    ["1.4.0-rc.2", "1.4.0-rc.10", "older"],
    ["1.4.0-alpha", "1.4.0-alpha.1", "older"],
    ["1.4.0-1", "1.4.0-beta", "older"],
    ["1.3.0@sha256:aa", "1.4.0@sha256:bb", "older"],
    ["1.4.0", "1.4.0", "same"],
    ["1.4.0@sha256:aa", "1.4.0@sha256:bb", "unknown"],
    ["main-7f3a2c1", "main-0b1c2d3", "unknown"],
    ["latest", "1.0.0", "unknown"],
    ["20240101", "20250101", "older"],
  ])("%s against %s is %s", (version, other, order) => {
    expect(orderOf(version, other)).toBe(order);
  });

  it("is one order for all versions of a kind", () => {
    const sign = { older: -1, newer: 1, same: 0, unknown: 0 };
    const dotted = fc
      .tuple(
        fc.constantFrom("", "v"),
        fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom("", "-1", "-rc.1", "-rc.2", "-rc.10", "-rc"),
      )
      .map(([v, numbers, before]) => `${v}${numbers.join(".")}${before}`);
    fc.assert(
      fc.property(dotted, dotted, dotted, (...three) => expectTotal((a, b) => sign[orderOf(a, b)], three)),
      { numRuns: 1_000 },
    );
  });

  it("is that of semantic versions where both are such", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const order = semver.compare(a, b);
        expect(orderOf(a, b)).toBe(a === b ? "same" : order === 0 ? "unknown" : order < 0 ? "older" : "newer");
      }),
    );
  });
});
