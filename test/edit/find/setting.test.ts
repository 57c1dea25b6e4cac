import { describe, expect, it } from "vitest";
import {
  partsOf,
  placeOf,
  type SettingPart,
  settingVersion,
  type VersionSetting,
  wholeImage,
  withParts,
} from "../../../src/edit/find/setting.ts";
import { digestOf } from "./support/repository.ts";

const one = digestOf("1");
const two = digestOf("2");
const part = (value: string, line = 1): SettingPart => ({ path: [value], value, line });
const setting = (parts: Partial<VersionSetting>): VersionSetting => ({
  subject: { kind: "image", name: "web" },
  matches: "web",
  form: "values",
  file: "f.yaml",
  document: 0,
  at: [],
  ...parts,
});

describe("the version that a setting says", () => {
  it.each<[string, Partial<VersionSetting>, string, string]>([
    ["a whole image", { whole: part(`web:1@${one}`) }, "1", one],
    ["a whole image with the digest beside it", { whole: part("web:1"), digest: part(two) }, "1", two],
    ["a whole image with two digests, its own", { whole: part(`web@${one}`), digest: part(two) }, "", one],
    ["a whole image behind another name", { whole: part("app=web:1"), before: "app=" }, "1", ""],
    ["a text that is no image", { whole: part("{{ x }}"), tag: part("2") }, "", ""],
    ["a tag", { tag: part("1") }, "1", ""],
    ["a tag and a digest", { tag: part("1"), digest: part(one) }, "1", one],
    ["a tag that carries a digest", { tag: part(`1@${one}`), digest: part(two) }, "1", one],
    ["a digest", { digest: part(one) }, "", one],
    ["a name alone", { name: part("web") }, "", ""],
  ])("is that of %s", (_, parts, tag, digest) => {
    expect(settingVersion(setting(parts))).toEqual({ tag, digest });
  });

  it("is none of a text with something else before the image", () => {
    expect(wholeImage(setting({ whole: part("web:1=app="), before: "app=" }))).toBeUndefined();
    expect(wholeImage(setting({}))).toBeUndefined();
  });
});

describe("the parts of a setting", () => {
  const parts = {
    name: part("n", 1),
    registry: part("r", 2),
    tag: part("t", 3),
    digest: part("d", 4),
    whole: part("w", 5),
    version: part("v", 6),
  };

  it("are changed one by one", () => {
    expect(partsOf(setting(parts)).map(({ value }) => value)).toEqual(["n", "r", "t", "d", "w", "v"]);
    const { tag: _, ...others } = parts;
    const after = withParts(setting(others), (one) => ({ ...one, line: one.line + 10 }));
    expect(partsOf(after).map(({ line }) => line)).toEqual([11, 12, 14, 15, 16]);
    expect(after).toMatchObject({ file: "f.yaml", name: { value: "n", line: 11 } });
  });

  it.each<[string, readonly (keyof typeof parts)[], string]>([
    ["the whole", ["name", "tag", "digest", "whole"], "f.yaml:5"],
    ["the tag", ["name", "tag", "digest"], "f.yaml:3"],
    ["the digest", ["name", "digest"], "f.yaml:4"],
    ["a chart's version", ["name", "version"], "f.yaml:6"],
    ["the name where there is no version", ["name", "registry"], "f.yaml:1"],
    ["the file where there is nothing", [], "f.yaml"],
  ])("have the place of %s", (_, names, place) => {
    expect(placeOf(setting(Object.fromEntries(names.map((name) => [name, parts[name]]))))).toBe(place);
  });
});
