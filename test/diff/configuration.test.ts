import { describe, expect, it } from "vitest";
import { plainMarks } from "../../src/diff/report/changes.ts";
import {
  configurationLines,
  configurationPage,
  configurationText,
  validTitles,
} from "../../src/diff/report/configuration.ts";
import type { EnvironmentEffect } from "../../src/model/preview.ts";
import { preview, target } from "./support.ts";

const effect = (environment: string, before: number, after: number, more: Partial<EnvironmentEffect> = {}) => ({
  ...{ environment, before, after, more: [], fewer: [], other: [], ...more },
});
const configuration = (...effects: readonly EnvironmentEffect[]) => ({
  ...{ isRemoved: false, apps: 3, environments: ["prod", "default", "dev"], effects },
});
const removed = { ...configuration(), isRemoved: true };
const still = [target("a/prod", { status: "unchanged" })];
const all = effect("prod", 4, 3, { more: ["n_m"], fewer: ["g", "h"], other: ["o"] });
const valid = "The file is valid. Manifests do not change.\n\n";

describe("what a new configuration does", () => {
  const within = (budget: number) => ({ budget, measure: (text: string) => text.length, elsewhere: "" });
  const text = (effects: readonly EnvironmentEffect[], budget = 10_000) =>
    configurationText(preview(still, { configuration: configuration(...effects) }), within(budget));

  it("is a sentence for one environment, a table for more", () => {
    expect(text([])).toBe(valid);
    expect(text([all])).toBe(
      `After the merge, prod has 2 apps fewer: g, h; 1 app more: n&#95;m; 1 app rendered differently: o.\n\n${valid}`,
    );
    expect(text([effect("default", 0, 1, { more: ["a"] })])).toBe(
      `After the merge there is 1 app more: a.\n\n${valid}`,
    );
    expect(text([effect("default", 1, 1, { more: ["a"], fewer: ["b", "c"] })])).toMatch(
      /^After the merge there are 2 apps fewer: b, c; 1 app more: a\./,
    );
    expect(text([all, effect("d_v", 0, 1, { more: ["a"] })])).toBe(
      `| Where | After the merge |\n|---|---|\n| **prod** | 2 apps fewer: g, h; 1 app more: n&#95;m; 1 app rendered differently: o |\n| **d&#95;v** | 1 app more: a |\n\n${valid}`,
    );
  });

  it("names five environments where there is no room for more, or none", () => {
    const many = Array.from({ length: 9 }, (_, index) => effect(`e${index}`, 0, 1, { more: ["a"] }));
    const rows = (budget: number) => text(many, budget).match(/\*\*e\d\*\*/g)?.length ?? 0;
    const [long, short] = [text(many).length, text(many.slice(0, 5)).length];
    expect([rows(long), rows(long - 1), rows(short), rows(short - 1)]).toEqual([9, 5, 5, 0]);
    expect(text(many, short - 1)).toBe(valid);
  });

  it("says whether manifests change, and what goes with the file", () => {
    const of = (more: object, targets = still) => configurationText(preview(targets, more), within(1000));
    expect(of({ configuration: configuration() }, [target("a/prod")])).toBe("The file is valid.\n\n");
    expect(of({ configuration: configuration() }, [...still, target("a/dev", { status: "failed" })])).toBe(
      "The file is valid.\n\n",
    );
    const failed = { ...preview(still).completeness, failed: 1 };
    expect(of({ configuration: configuration(), completeness: failed })).toBe("The file is valid.\n\n");
    expect(of({ configuration: removed })).toBe(
      "`.sluice.yaml` is removed: apps will be found by their folders. Promotions and image updates stop.\n\n",
    );
    expect(of({})).toBe("");
  });

  it("is said line by line on a terminal", () => {
    expect(configurationLines({})).toEqual([]);
    expect(configurationLines({ configuration: removed })).toEqual([
      ".sluice.yaml is removed: apps will be found by their folders. Promotions and image updates stop",
    ]);
    expect(configurationLines({ configuration: configuration(all, effect("dev", 1, 0, { fewer: ["a"] })) })).toEqual([
      "After the merge, prod has 2 apps fewer: g, h; 1 app more: n_m; 1 app rendered differently: o.",
      "After the merge, dev has 1 app fewer: a.",
    ]);
  });

  it("is a title, shorter where there is less room", () => {
    const titles = (environments: readonly string[]) =>
      validTitles({ ...configuration(), environments }, plainMarks).map((title) => title());
    expect(titles(["prod", "default", "dev"])).toEqual([
      ".sluice.yaml is valid: 3 apps in prod, dev",
      ".sluice.yaml is valid: 3 apps in 2 environments",
      ".sluice.yaml is valid: 3 apps",
    ]);
    expect(titles(["prod"])).toEqual([".sluice.yaml is valid: 3 apps in prod", ".sluice.yaml is valid: 3 apps"]);
    expect(titles(["default"])).toEqual([".sluice.yaml is valid: 3 apps"]);
    expect(validTitles(removed, plainMarks).map((title) => title())).toEqual([".sluice.yaml is removed"]);
  });
});

describe("the check's page about a configuration", () => {
  const page = (...effects: readonly EnvironmentEffect[]) =>
    configurationPage(preview([], { configuration: configuration(...effects) }), "Link.");

  it.each<readonly [effect: EnvironmentEffect, line: string, lost: string]>([
    [effect("prod", 2, 2, { other: ["a"] }), "2 apps (a is rendered differently)", ""],
    [effect("prod", 2, 2, { other: ["a", "b"] }), "2 apps (a, b are rendered differently)", ""],
    [effect("prod", 0, 1, { more: ["a"] }), "1 app (a is new)", ""],
    [effect("prod", 1, 3, { more: ["a_b", "c"] }), "1 app → 3 (a&#95;b, c are new)", ""],
    [all, "4 apps → 3 (g, h are gone; n&#95;m is new; o is rendered differently)", ""],
    [effect("prod", 2, 1, { fewer: ["a"] }), "2 apps → 1 (a is gone)", ""],
    [effect("prod", 1, 0, { fewer: ["a"] }), "1 app → none (a)", ", and prod has no app then"],
    [effect("prod", 1, 0, { fewer: ["a"], isUnmatched: true }), "1 app → none (a)", ", and prod matches no folder"],
    [effect("prod", 0, 0, { other: ["a"], isUnmatched: true }), "0 apps (a is rendered differently)", ""],
  ])("counts the apps of each environment: %#", (one, line, lost) => {
    expect(page(one)).toBe(`**The file is valid${lost}.** Link.\n\n- **prod:** ${line}\n\n`);
  });

  it("names all environments that lose their apps", () => {
    const two = [effect("prod", 1, 0, { fewer: ["a"] }), effect("dev", 1, 0, { fewer: ["a"] })];
    expect(page(...two)).toBe(
      "**The file is valid, and prod has no app then, and dev has no app then.** Link.\n\n- **prod:** 1 app → none (a)\n- **dev:** 1 app → none (a)\n\n",
    );
    expect(page()).toBe("**The file is valid.** Link.\n\n");
  });

  it("is none where the file is not touched, or removed", () => {
    expect(configurationPage(preview([]), "Link.")).toBe("");
    expect(configurationPage(preview([], { configuration: removed }), "Link.")).toBe("");
  });
});
