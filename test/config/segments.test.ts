import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchSegment } from "../../src/config/values/segments.ts";

/** What a regular expression says, which may take for ever and so is asked about short names only. */
function expected(part: string, app: string | undefined, name: string): { app: string | undefined } | undefined {
  let named = app !== undefined;
  const source = part.split(/(\{app\}|\*+)/).map((piece) => {
    if (piece.startsWith("*")) return ".*";
    if (piece !== "{app}") return RegExp.escape(piece);
    if (app !== undefined) return RegExp.escape(app);
    if (named) return "\\k<app>";
    named = true;
    return "(?<app>.+)";
  });
  const match = new RegExp(`^${source.join("")}$`, "su").exec(name);
  return match === null ? undefined : { app: match.groups?.app };
}

const piece = fc.constantFrom("a", "b", "ab", "-", "*", "**", "😀");
const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));
const name = fc.array(fc.constantFrom("a", "b", "-", "*", "😀"), { maxLength: 8 }).map((units) => units.join(""));

describe("a name of a pattern", () => {
  it.each([
    ["*", undefined, "web", {}],
    ["we*", undefined, "web", {}],
    ["{app}", undefined, "web", { app: "web" }],
    ["{app}", undefined, "", undefined],
    ["{app}-prod", undefined, "web-prod", { app: "web" }],
    ["{app}-prod", undefined, "-prod", undefined],
    ["{app}-*", undefined, "web-api-prod", { app: "web-api" }],
    ["*-{app}", undefined, "team-web-api", { app: "api" }],
    ["{app}-{app}", undefined, "web-web", { app: "web" }],
    ["{app}-{app}", undefined, "web-api", undefined],
    ["{app}-prod", "web", "web-prod", {}],
    ["{app}-prod", "api", "web-prod", undefined],
    ["*{app}*", "a*", "xa*y", {}],
    ["*{app}*", "a*", "xaby", undefined],
  ])("%s, the app being %s, with %s: %o", (part, app, given, match) => {
    expect(matchSegment(part, app, given)).toEqual(match === undefined ? undefined : { app: undefined, ...match });
  });

  it("matches as the regular expression would, with stars on one side of the app at a time and with a known app", () => {
    const none = fc.constant("");
    const star = fc
      .tuple(text, text)
      .map(([before, after]) => `${before.replaceAll("*", "")}*${after.replaceAll("*", "")}`);
    const plain = text.map((one) => one.replaceAll("*", ""));
    const around = fc.oneof(fc.tuple(star, plain), fc.tuple(plain, star), fc.tuple(star, star), fc.tuple(none, text));
    fc.assert(
      fc.property(around, name, ([left, right], given) => {
        expect(matchSegment(`${left}{app}${right}`, undefined, given)).toEqual(
          expected(`${left}{app}${right}`, undefined, given),
        );
        expect(matchSegment(`${left}{app}${right}`, "ab", given)).toEqual(
          expected(`${left}{app}${right}`, "ab", given),
        );
        expect(matchSegment(left, undefined, given)).toEqual(expected(left, undefined, given));
      }),
      { numRuns: 2_000 },
    );
  });

  it("matches wherever the regular expression would, with any stars", () => {
    fc.assert(
      fc.property(text, text, name, (left, right, given) => {
        const part = `${left}{app}${right}`;
        expect(matchSegment(part, undefined, given) === undefined).toBe(expected(part, undefined, given) === undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it("repeats the app as the regular expression would", () => {
    const plain = text.map((one) => one.replaceAll("*", ""));
    fc.assert(
      fc.property(plain, plain, plain, name, (left, between, right, given) => {
        const part = `${left}{app}${between}{app}${right}`;
        expect(matchSegment(part, undefined, given)).toEqual(expected(part, undefined, given));
      }),
    );
  });

  it("is matched at once, however many stars and however long the name", () => {
    const long = "a".repeat(100_000);
    for (const part of [`${"*a".repeat(300)}{app}${"*a".repeat(300)}b`, `${"*a".repeat(300)}b{app}`, "{app}-{app}"]) {
      expect(matchSegment(part, undefined, long)).toBeUndefined();
    }
    expect(matchSegment(`${"*a".repeat(300)}{app}${"a*".repeat(300)}`, undefined, long)?.app).toHaveLength(1);
  });
});
