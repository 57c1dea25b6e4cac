import { describe, expect, it } from "vitest";
import { bareEntry, sameEntry } from "../../src/change/entries.ts";
import {
  already,
  doesNotRender,
  planned,
  refused,
  refusedBy,
  unexplained,
  wouldTouch,
} from "../../src/change/results.ts";
import { UserError } from "../../src/model/errors.ts";
import { isAtOrBelow } from "../../src/model/paths.ts";
import type { Target } from "../../src/model/target.ts";
import { count } from "../../src/model/text/lists.ts";
import type { NamedEntry, TreeEntry } from "../../src/model/tree.ts";

const target: Target = {
  id: "web/prod",
  app: "web",
  environment: "prod",
  render: { kind: "plain", path: "web/prod", options: {} },
};
const about = { app: "web", environment: "prod", path: "web/prod" };
const images = [{ image: "acme/web", from: "1", to: "2" }];
const listed = (length: number) =>
  many(length)
    .map((app) => `${app} in eu`)
    .join(", ");
const many = (length: number) => Array.from({ length }, (_, index) => `n${index}`);

describe("what becomes of a target", () => {
  it("is planned with what it does, or already there", () => {
    const edits = [{ file: "a", line: 1, before: "1", after: "2" }];
    expect(planned(target, { images, edits, notes: ["One."] })).toEqual({
      ...about,
      outcome: "planned",
      images,
      edits,
      notes: ["One."],
    });
    expect(already(target, ["One."])).toEqual({ ...about, outcome: "already", images: [], edits: [], notes: ["One."] });
  });

  it("is refused with the reason, the fix where there is one, and what was asked for", () => {
    const nothing = { ...about, outcome: "refused", images: [], edits: [], notes: [] };
    expect(refused(target, { reason: "It is." })).toEqual({ ...nothing, reason: "It is." });
    expect(Object.keys(refused(target, { reason: "It is.", fix: undefined }))).not.toContain("fix");
    expect(refused(target, { reason: "It is.", fix: "Do." }, images)).toEqual({
      ...nothing,
      images,
      reason: "It is.",
      fix: "Do.",
    });
  });

  it.each([
    ["it is broken", undefined, "it is broken"],
    ["it is broken", { file: "a.yaml" }, "it is broken (a.yaml)"],
    ["it is broken", { file: "a.yaml", line: 3 }, "it is broken (a.yaml:3)"],
    ["a.yaml is broken", { file: "a.yaml", line: 3 }, "a.yaml is broken"],
  ])("is refused by an error that says %j at %o", (message, place, reason) => {
    const error = new UserError("refused", message, place === undefined ? {} : { place, fix: "Do." });
    expect(refusedBy(target, error, images)).toMatchObject({ outcome: "refused", reason, images });
    expect(refusedBy(target, error).images).toEqual([]);
    expect(refusedBy(target, new UserError("refused", message, { fix: "Do." }))).toMatchObject({ fix: "Do." });
  });
});

describe("a refusal", () => {
  it("of a target that does not render has the renderer's words, and the place where it is known", () => {
    const refusal = (place: { file?: string; line?: number }) =>
      doesNotRender("web does not render", { kind: "input", message: "no base", ...place });
    expect(refusal({})).toMatchObject({ kind: "refused", message: "web does not render: no base", place: undefined });
    expect(refusal({ line: 3 }).place).toBeUndefined();
    expect(refusal({ file: "a.yaml" }).place).toEqual({ file: "a.yaml" });
    expect(refusal({ file: "a.yaml", line: 3 }).place).toEqual({ file: "a.yaml", line: 3 });
  });

  it.each([
    [1, "`n0`"],
    [10, "`n0`, `n1`, `n2`, `n3`, `n4`, `n5`, `n6`, `n7`, `n8`, `n9`"],
    [13, "`n0`, `n1`, `n2`, `n3`, `n4`, `n5`, `n6`, `n7`, `n8`, `n9` and 3 more"],
  ])("of %i unexplained fields lists ten", (length, list) => {
    expect(unexplained(many(length))).toMatchObject({
      kind: "refused",
      message: `the edit would change more in the render than the version: ${list}`,
      fix: "Make that change by a pull request of its own first, or carry the values by the strategy `paths`.",
    });
  });

  it.each([
    [1, "n0 in eu"],
    [10, listed(10)],
    [12, `${listed(10)} and 2 more`],
  ])("of an edit that would change %i other targets lists ten", (length, list) => {
    const others = many(length).map((app) => ({ ...target, app, environment: "eu" }));
    expect(wouldTouch(["a", "b"], others)).toMatchObject({
      kind: "refused",
      message: `editing \`a\`, \`b\` would also change ${list}`,
      fix: "Set the version in a file that only this environment reads.",
    });
  });
});

describe("words", () => {
  it("count things", () => {
    expect([count(0, "file"), count(1, "file"), count(2, "file")]).toEqual(["0 files", "1 file", "2 files"]);
  });

  it.each([
    ["a/b", "", true],
    ["a/b", "a/b", true],
    ["a/b/c", "a/b", true],
    ["a/bc", "a/b", false],
    ["a", "a/b", false],
  ])("say whether %s is at or below %j", (path, folder, is) => {
    expect(isAtOrBelow(path, folder)).toBe(is);
  });
});

describe("entries of a tree", () => {
  const file = (oid: string, executable = false): TreeEntry => ({ kind: "file", oid, executable });
  const dir: TreeEntry = { kind: "dir", oid: "a" };

  it.each([
    [undefined, undefined, true],
    [file("a"), undefined, false],
    [undefined, file("a"), false],
    [file("a"), file("a"), true],
    [file("a", true), file("a", true), true],
    [file("a"), file("b"), false],
    [file("a"), file("a", true), false],
    [file("a"), dir, false],
    [dir, dir, true],
    [{ kind: "link", oid: "a" }, dir, false],
  ] as const)("%o and %o are the same: %s", (a, b, same) => {
    expect(sameEntry(a, b)).toBe(same);
  });

  it("lose the name that a list gives them", () => {
    const named: readonly NamedEntry[] = [
      { kind: "file", oid: "a", executable: true, name: "x" },
      { kind: "dir", oid: "a", name: "y" },
    ];
    expect(named.map(bareEntry)).toEqual([file("a", true), dir]);
  });
});
