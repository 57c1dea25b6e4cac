import { describe, expect, it } from "vitest";
import {
  codeMarks,
  fieldPhrase,
  fieldPhrases,
  imagePhrase,
  kindList,
  plainMarks,
  targetPhrase,
} from "../../src/diff/report/changes.ts";
import type { FieldChange, ImageChange, ResourceChange, TargetPreview } from "../../src/model/preview.ts";
import { change, target } from "./support.ts";

const digest = (digit: string) => `@sha256:${digit.repeat(64)}`;

describe("what becomes of an image", () => {
  it.each([
    ["web:1.4.0", "web:1.5.0", "`1.4.0` → `1.5.0`"],
    ["web:1.5.0", "web:1.4.0", "`1.5.0` → `1.4.0` ⬇️ older"],
    ["", "web:1.4.0", "new image `web:1.4.0`"],
    ["web:1.4.0", "", "image `web:1.4.0` removed"],
    ["web:1.4.0", "app:1.4.0", "`web:1.4.0` → `app:1.4.0`"],
    ["web", "web:1.4.0", "`no tag` → `1.4.0`"],
    ["web:1.4.0", "web", "`1.4.0` → `no tag`"],
    [`web:1.4.0${digest("1")}`, `web:1.5.0${digest("2")}`, "`1.4.0` → `1.5.0`"],
    [`web:1.5.0${digest("1")}`, `web:1.4.0${digest("2")}`, "`1.5.0` → `1.4.0` ⬇️ older"],
    [`web:1.4.0${digest("1")}`, `web:1.4.0${digest("2")}`, "`1.4.0@111111111111` → `1.4.0@222222222222`"],
    [`web${digest("1")}`, `web${digest("2")}`, "`111111111111` → `222222222222`"],
    [`web:1.4.0${digest("1")}`, `web${digest("2")}`, "`1.4.0` → `222222222222`"],
    [`a${digest("1")}`, `b${digest("2")}`, "`a@sha256:111111111111…` → `b@sha256:222222222222…`"],
  ])("%s → %s", (from, to, text) => {
    expect(imagePhrase(from, to, codeMarks)).toBe(text);
    expect(fieldPhrase({ name: "image", path: "x.image", from, to }, codeMarks)).toBe(text);
  });
});

const field = (name: string, from = "1", to = "2"): FieldChange => ({ name, path: name, from, to });

describe("what becomes of a field", () => {
  it.each([
    ["replicas", "replicas `1` → `2`"],
    ["memory limit", "memory limit `1` → `2`"],
    ["data.mode", "`data.mode` `1` → `2`"],
    ["[web].tty", "`[web].tty` `1` → `2`"],
  ])("%s is told as a word or as a name", (name, text) => expect(fieldPhrase(field(name), codeMarks)).toBe(text));

  const changed = (...names: readonly string[]) => change("", { fields: names.map((name) => field(name)) });

  it.each<readonly [about: string, changes: readonly ResourceChange[], phrases: readonly string[] | undefined]>([
    ["two values of two resources", [changed("a"), changed("b")], ["a 1 → 2", "b 1 → 2"]],
    ["one value of several resources", [changed("a"), changed("a"), changed("a")], ["a 1 → 2"]],
    ["a value beside labels", [changed("a"), change("", { labelsOnly: true })], ["a 1 → 2"]],
    ["three values", [changed("a", "b"), changed("c")], undefined],
    ["labels alone", [change("", { labelsOnly: true })], undefined],
    ["a value beside more", [changed("a"), change("")], undefined],
    ["a value of what gets another name", [change("", { action: "renamed", fields: [field("a")] })], undefined],
    ["nothing", [], undefined],
  ])("%s", (_, changes, phrases) => expect(fieldPhrases(changes, plainMarks)).toEqual(phrases));
});

describe("what changes in a target, in a few words", () => {
  const v1 = (kind: string, name: string, more: Partial<ResourceChange> = {}) => change("+a", { kind, name, ...more });
  const image = (from: string, to: string): ImageChange => ({ container: "c", from, to });
  const job = v1("Job", "j");
  const removed = v1("Job", "j", { action: "removed" });
  const added = (kind: string) => v1(kind, "n", { action: "added" });
  const hashed = v1("ConfigMap", "c-2g4h6k8m9t", {
    action: "renamed",
    from: { apiVersion: "v1", kind: "ConfigMap", namespace: "", name: "c-7d5f6b8c9t" },
  });

  it.each<readonly [changes: readonly ResourceChange[], more: Partial<TargetPreview>, text: string]>([
    [[job], {}, "Job `j` changes"],
    [[v1("Job", "j", { labelsOnly: true })], {}, "Job `j` changes in version labels"],
    [[v1("Job", "j", { copies: true })], {}, "Job `j` is defined twice"],
    [[removed], {}, "Job `j` is removed"],
    [[added("Job")], {}, "Job `n` is new"],
    [[v1("Job", "j", { action: "renamed" })], {}, "Job `j` is renamed"],
    [[hashed], {}, "ConfigMap `c`, new content"],
    [[job, job], {}, "2 resources changed"],
    [[job, hashed], {}, "2 resources changed"],
    [
      [removed, job, added("Job"), v1("Job", "j", { action: "renamed" })],
      {},
      "1 resource removed, 1 new Job, 1 resource renamed, 1 resource changed",
    ],
    [[added("Job"), added("Job")], {}, "2 new Jobs"],
    [[added("Ingress"), added("Ingress"), job], {}, "2 new Ingresses, 1 resource changed"],
    [[added("Job"), added("Service")], {}, "2 new resources"],
    [[job, job], { images: [image("a:1", "a:2"), image("a:1", "a:2")] }, "`1` → `2`, 2 resources changed"],
    [[job, job], { images: [image("a:1", "a:2"), image("b:3", "b:4")] }, "`1` → `2`, `3` → `4`, 2 resources changed"],
    [
      [job, job],
      { images: [image("a:1", "a:2"), image("b:3", "b:4"), image("c:5", "c:6")] },
      "3 images, 2 resources changed",
    ],
    [[job, job], { images: [image("", "a:2"), image("a:1", "")] }, "2 resources changed"],
    [[v1("Job", "j", { fields: [field("replicas"), field("b")] })], {}, "replicas `1` → `2`, b `1` → `2`"],
    [[], {}, ""],
    [[job], { movedFrom: "old" }, "moved from `old`, Job `j` changes"],
    [[job, job], { movedFrom: "old" }, "moved from `old`, 2 resources changed"],
    [[v1("Job", "j", { fields: [field("b")] })], { movedFrom: "old" }, "moved from `old`, b `1` → `2`"],
    [[job], { chart: { from: "1.0", to: "1.1" } }, "chart `1.0` → `1.1`, 1 resource"],
    [[job, job], { chart: { from: "1", to: "2" }, movedFrom: "old" }, "moved from `old`, chart `1` → `2`, 2 resources"],
  ])("%#: %2$s", (changes, more, text) => {
    expect(targetPhrase(target("a/prod", { changes, ...more }), codeMarks)).toBe(text);
  });
});

describe("a list of kinds", () => {
  it("names each once, and counts those for which there is no room", () => {
    const changes = ["Job", "Job", "Service", "Role"].map((kind) => change("", { kind }));
    expect([1, 2, 3].map((shown) => kindList(changes, shown))).toEqual([
      ...["Job and 2 more", "Job, Service and 1 more", "Job, Service, Role"],
    ]);
  });
});
