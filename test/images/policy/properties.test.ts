import fc from "fast-check";
import semver from "semver";
import { describe, expect, it } from "vitest";
import { type ImagePolicy, isRefusal, readSemverRange } from "../../../src/config/index.ts";
import { firstOf } from "../../../src/images/policy/first-of.ts";
import { isIn } from "../../../src/images/policy/versions.ts";
import { compareSemver, readSemver } from "../../../src/model/versions.ts";
import { decide, digestOf, has, now } from "./support.ts";

const small = fc.nat({ max: 4 });
const version = fc
  .tuple(
    fc.constantFrom("", "v"),
    small,
    small,
    small,
    fc.constantFrom("", "-rc.1", "-rc.2", "-alpine", "_b.2", "_b.10"),
  )
  .map(([v, major, minor, patch, rest]) => `${v}${major}.${minor}.${patch}${rest}`);
const tag = fc.oneof(
  { weight: 4, arbitrary: version },
  fc.tuple(small, small).map(([major, minor]) => `${major}.${minor}`),
  fc.tuple(fc.constantFrom("main", "next"), fc.nat({ max: 40 })).map(([branch, build]) => `${branch}-${build}`),
  fc.nat({ max: 50 }).map(String),
  fc.constantFrom("latest", "stable", "2024.05.01", `sha256-${"0".repeat(64)}.sig`),
);
const order = fc.constantFrom("asc", "desc");
const policy: fc.Arbitrary<ImagePolicy> = fc.oneof(
  fc.record({ semver: fc.constantFrom("*", "^1.0", "~2.1.0", ">=1 <3", ">=2.0.0-rc.1"), prerelease: fc.boolean() }),
  fc.record({ numerical: order }),
  fc.record({ alphabetical: order }),
  fc.record({ newest: fc.constant<true>(true) }),
  fc.record({ regex: fc.constantFrom("^main-[0-9]+$", "^v?[0-9]+\\.[0-9]+\\.[0-9]+$") }),
  fc.record({ regex: fc.constant("^(?:main|next)-(?<n>[0-9]+)$"), capture: fc.constant("$n"), numerical: order }),
);
const tags = fc.uniqueArray(tag, { maxLength: 30 });
/** What as many targets have. */
const current = fc
  .array(tag, { minLength: 1, maxLength: 3 })
  .map((all) => all.map((one, index) => has(one, { target: `app-${index} in staging` })));

/** Each tag its own time, so that `newest` has something to order. */
function timesOf(names: readonly string[]): Record<string, { readonly created: string }> {
  const at = (name: string): number =>
    now - (1 + ([...name].reduce((sum, one) => sum * 31 + one.charCodeAt(0), 7) % 1_000)) * 86_400_000;
  return Object.fromEntries(names.map((name) => [name, { created: new Date(at(name)).toISOString() }]));
}

describe("whatever the policy, the tags and what targets have", () => {
  it("no target that moved moves back, and after a move all is done", async () => {
    await fc.assert(
      fc.asyncProperty(policy, tags, current, async (rule, names, targets) => {
        const facts = timesOf([...names, ...targets.map((one) => one.tag)]);
        const first = await decide(rule, names, targets, { facts });
        if (first.chosen === undefined) return;
        const { tag: chosen } = first.chosen;
        const after = first.targets.map(({ moves, from, target }) => has(moves ? chosen : from.tag, { target }));
        const second = await decide(rule, names, after, { facts });
        expect(second.chosen).toBeUndefined();
        const back = await decide(
          rule,
          targets.map((one) => one.tag),
          [chosen],
          { facts },
        );
        for (const { moves, from } of first.targets) if (moves) expect(back.chosen?.tag).not.toBe(from.tag);
      }),
      { numRuns: 300 },
    );
  });

  it("a semantic version only rises", async () => {
    await fc.assert(
      fc.asyncProperty(tags, current, async (names, targets) => {
        const { chosen, targets: told } = await decide({ semver: "*", prerelease: true }, names, targets);
        for (const { moves, from } of told) {
          const [was, is] = [readSemver(from.tag), readSemver(chosen?.tag ?? "")];
          if (moves && was !== undefined && is !== undefined) expect(compareSemver(is, was)).toBeGreaterThan(0);
        }
      }),
    );
  });

  it("the order of the tags and of the targets does not matter", async () => {
    const shuffled = fc
      .tuple(tags, current)
      .chain(([names, targets]) =>
        fc.tuple(
          fc.constant([names, targets] as const),
          fc.shuffledSubarray(names, { minLength: names.length }),
          fc.shuffledSubarray(targets, { minLength: targets.length }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(policy, shuffled, async (rule, [[names, targets], otherNames, otherTargets]) => {
        const facts = timesOf([...names, ...targets.map((one) => one.tag)]);
        const one = await decide(rule, names, targets, { facts });
        const other = await decide(rule, otherNames, otherTargets, { facts });
        expect(other.chosen).toEqual(one.chosen);
        expect(other.skipped).toEqual(one.skipped);
        expect(new Set(other.verdicts.map(({ tag: name }) => name))).toEqual(
          new Set(one.verdicts.map(({ tag: name }) => name)),
        );
      }),
    );
  });

  it("an ignored tag is never chosen, never skipped, and the rest is decided as if it were not there", async () => {
    const some = tags.chain((names) =>
      fc.tuple(fc.constant(names), fc.subarray(names, { minLength: Math.min(1, names.length) })),
    );
    await fc.assert(
      fc.asyncProperty(policy, some, current, async (rule, [names, ignore], targets) => {
        const facts = timesOf([...names, ...targets.map((one) => one.tag)]);
        const ignoring = await decide({ ...rule, ignore }, names, targets, { facts });
        const without = await decide(
          rule,
          names.filter((name) => !ignore.includes(name)),
          targets,
          { facts },
        );
        expect(ignoring.chosen).toEqual(without.chosen);
        expect(ignoring.skipped).toEqual(without.skipped);
        expect(ignore).not.toContain(ignoring.chosen?.tag);
      }),
    );
  });

  it("every tag of a small registry has its sentence, and the sentence is about it", async () => {
    await fc.assert(
      fc.asyncProperty(policy, tags, current, async (rule, names, targets) => {
        const { verdicts } = await decide(rule, names, targets, { facts: timesOf(names) });
        expect(verdicts.map(({ tag: name }) => name).sort()).toEqual(
          [...new Set([...names, ...targets.map((one) => one.tag)])].sort(),
        );
        for (const { reason, tag: name } of verdicts) {
          expect(reason).toContain(name);
          expect(reason).not.toMatch(/undefined|\.$|\n/);
        }
      }),
    );
  });

  it("what was rolled back does not come again, nor what is before it", async () => {
    await fc.assert(
      fc.asyncProperty(policy, tags, tag, async (rule, names, target) => {
        const facts = timesOf([...names, target]);
        const first = await decide(rule, names, [target], { facts });
        if (first.chosen === undefined) return;
        const held = { tag: first.chosen.tag, digest: "" };
        expect((await decide(rule, names, [has(target, { held })], { facts })).chosen).toBeUndefined();
      }),
    );
  });

  it("a digest that is written is that of the tag", async () => {
    await fc.assert(
      fc.asyncProperty(
        policy,
        tags,
        tag,
        fc.constantFrom("both" as const, "digest" as const),
        async (rule, names, target, pin) => {
          const facts = timesOf([...names, target]);
          const first = await decide(rule, names, [target], { facts, pin });
          if (first.chosen === undefined) return;
          expect(first.chosen.facts.digest).toBe(digestOf(first.chosen.tag));
          const after = has(
            pin === "both" ? `${first.chosen.tag}@${first.chosen.facts.digest}` : `@${first.chosen.facts.digest}`,
          );
          expect((await decide(rule, names, [after], { facts, pin })).chosen).toBeUndefined();
        },
      ),
    );
  });
});

describe("versions", () => {
  const identifier = fc.stringMatching(/^(?:0|[1-9][0-9]{0,3}|[a-z][a-z0-9-]{0,3})$/);
  const text = fc
    .tuple(
      fc.tuple(small, small, small),
      fc.array(identifier, { maxLength: 2 }),
      fc.array(identifier, { maxLength: 2 }),
    )
    .map(([numbers, before, build]) =>
      [
        numbers.join("."),
        before.length > 0 ? `-${before.join(".")}` : "",
        build.length > 0 ? `+${build.join(".")}` : "",
      ].join(""),
    );

  it.each([">", ">=", "<", "<=", "="])("are %s a version or a pre-release as in node-semver", (operator) => {
    for (const bound of ["1.2.0", "1.2.0-rc.1"]) {
      const range = new semver.Range(`${operator}${bound}`, { includePrerelease: true });
      for (const name of ["1.1.9", "1.2.0-rc.0", "1.2.0-rc.1", "1.2.0", "1.2.1"]) {
        const parsed = readSemver(name);
        expect(parsed && isIn(parsed, range), `${name} in ${range.raw}`).toBe(range.test(name));
      }
    }
  });

  it("are in a range exactly where node-semver finds them", () => {
    const bound = fc
      .tuple(fc.constantFrom("^", "~", ">", ">=", "<", "<=", "", "="), text)
      .map((parts) => parts.join(""));
    const range = fc.oneof(
      bound,
      fc.tuple(bound, bound).map((both) => both.join(" ")),
      fc.tuple(bound, bound).map((both) => both.join(" || ")),
      fc.constantFrom("*", "1.x", "1", "^2", "1.0 - 2.1"),
    );
    fc.assert(
      fc.property(range, text, fc.boolean(), (one, name, prerelease) => {
        const read = readSemverRange(one, prerelease);
        const parsed = readSemver(name);
        if (isRefusal(read) || parsed === undefined) return;
        expect(isIn(parsed, read)).toBe(semver.satisfies(name, one, { includePrerelease: prerelease }));
      }),
      { numRuns: 500 },
    );
  });
});

describe("orders of texts", () => {
  it("give the first of a list as sorting does, equal ones in their order", () => {
    const items = fc.array(fc.nat({ max: 20 })).map((keys) => keys.map((key, index) => ({ key, index })));
    fc.assert(
      fc.property(items, fc.nat({ max: 12 }), (list, most) => {
        const compare = (a: { readonly key: number }, b: { readonly key: number }): number => a.key - b.key;
        expect(firstOf(list, most, compare)).toEqual(list.toSorted(compare).slice(0, most));
      }),
    );
  });
});
