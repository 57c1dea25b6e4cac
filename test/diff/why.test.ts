import { describe, expect, it } from "vitest";
import { whySection } from "../../src/diff/report/why.ts";
import type { TargetPreview } from "../../src/model/preview.ts";
import { change, preview, target } from "./support.ts";

const environments = ["dev", "staging", "prod"];
const changed = (name: string, files: readonly string[], more: Partial<TargetPreview> = {}) =>
  target(name, {
    because: files.map((file) => [file, "x"]),
    changes: [change(`+a: ${name}`, { name: name.replace("/", "-") })],
    ...more,
  });
const section = (targets: readonly TargetPreview[], budget = 100_000) =>
  whySection(preview(targets, { environments }), { budget, measure: (text) => text.length, elsewhere: "" });
const folded = (title: string, ...lines: readonly string[]) =>
  `<details><summary>Why ${title}</summary>\n\n${lines.join("\n")}\n\n</details>\n\n`;

describe("why places are affected", () => {
  it("is said of each changed file, the one of most places first, production first", () => {
    expect(
      section([
        changed("a/dev", ["one.yaml", "all.yaml"]),
        changed("a/prod", ["all.yaml", "two.yaml"]),
        changed("b_c/default", ["all.yaml", "two.yaml"]),
        changed("d/prod", ["other.yaml"], { status: "unchanged" }),
      ]),
    ).toBe(
      folded(
        "these 3",
        "- `all.yaml` is part of all 3",
        "- `two.yaml` is part of a in prod, b&#95;c",
        "- `one.yaml` is part of a in dev",
      ),
    );
  });

  it("names the first six apps of a file, and counts what did not change among the places", () => {
    const apps = [..."abcdefgh"].map((app) => changed(`${app}/prod`, ["k.yaml"]));
    const failed = target("z/prod", { status: "failed", because: [["k.yaml", "x"]] });
    expect(section([...apps, failed])).toBe(
      folded(
        "these 8",
        "- `k.yaml` is part of a in prod, b in prod, c in prod, d in prod, e in prod, f in prod and 3 more",
      ),
    );
    expect(section([changed("a/prod", ["k.yaml"]), failed])).toBe(
      folded("this one", "- `k.yaml` is part of a in prod, z in prod"),
    );
  });

  it("is not said of one row, nor where no file is known", () => {
    expect(section([changed("a/prod", ["k.yaml"])])).toBe("");
    expect(section([changed("a/prod", []), changed("a/dev", [])])).toBe("");
  });

  it("names twenty files where there is no room for all, then three, then none", () => {
    const files = Array.from({ length: 30 }, (_, index) => `f${index}.yaml`);
    const targets = [changed("a/prod", files), changed("a/dev", files.slice(0, 1))];
    const all = section(targets);
    expect(all.match(/^- `/gm)).toHaveLength(30);
    const twenty = section(targets, all.length - 1);
    expect(twenty).toMatch(/- `f19\.yaml` is part of a in prod\n- and 10 more files\n\n<\/details>\n\n$/);
    const three = section(targets, twenty.length - 1);
    expect(three).toMatch(/- `f2\.yaml` is part of a in prod\n- and 27 more files\n\n<\/details>\n\n$/);
    expect(section(targets, three.length - 1)).toBe("");
    expect(section([changed("a/prod", files.slice(0, 4)), changed("b/prod", [])])).not.toContain("more file");
  });
});
