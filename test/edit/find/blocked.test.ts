import { describe, expect, it } from "vitest";
import { findSettings, type VersionSetting, versionEdits } from "../../../src/edit/find/index.ts";
import { applyEdits } from "../../../src/edit/splice/index.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { memoryTree } from "../../support/memory-tree.ts";

const spec: RenderSpec = { kind: "helm", path: "chart", options: { releaseName: "it" } };
const wanted = { tag: "2.0.0", digest: "" };

async function settingsOf(values: string): Promise<readonly VersionSetting[]> {
  const tree = memoryTree({ "chart/Chart.yaml": "name: chart\n", "chart/values.yaml": values });
  return (await findSettings(spec, [["chart", "tree", tree.oid]], tree)).settings;
}

async function refusalOf(values: string, index = 0): Promise<string> {
  const setting = (await settingsOf(values))[index];
  const edits = setting === undefined ? [] : versionEdits(setting, wanted);
  return "refused" in edits ? edits.refused : "not refused";
}

describe("a value that cannot be changed where it stands", () => {
  it.each([
    ["an alias", "t: &t '1'\nimage:\n  repository: web\n  tag: *t\n", "chart/values.yaml:4: the value is an alias"],
    [
      "an anchor that is used",
      "image:\n  repository: web\n  tag: &t '1'\nt: *t\n",
      "chart/values.yaml:3: the value has an anchor",
    ],
    [
      "in a map that is used elsewhere",
      "image: &i\n  repository: web\n  tag: '1'\nother: *i\n",
      "chart/values.yaml:3: the value has an anchor",
    ],
    [
      "behind a merge key",
      "d: &d { tag: '1' }\nimage:\n  repository: web\n  <<: *d\n",
      "chart/values.yaml:1: the value comes through a merge key",
    ],
    [
      "encrypted",
      "image:\n  repository: web\n  tag: ENC[AES256_GCM,data:x]\n",
      "chart/values.yaml:3: the value is encrypted",
    ],
    [
      "a template",
      "image:\n  repository: web\n  tag: '{{ .Values.t }}'\n",
      "chart/values.yaml:3: the value is a template",
    ],
    [
      "a block of text",
      "image:\n  repository: web\n  tag: >-\n    1.0.0\n",
      "chart/values.yaml:3: the value is a block of text",
    ],
  ])("is refused with its line: %s", async (_, values, reason) => {
    expect(await refusalOf(values)).toContain(reason);
  });

  it.each([
    ["is an alias", "r: &r web\nimage:\n  repository: *r\n  tag: '1' # now\n"],
    ["is a template", "image:\n  repository: '{{ .Values.r }}/web'\n  tag: '1' # now\n"],
    ["has an anchor", "image:\n  repository: &r web\n  tag: '1' # now\nr: *r\n"],
  ])("does not keep the tag beside a name that %s", async (_, values) => {
    const setting = (await settingsOf(values)).find(({ tag }) => tag !== undefined);
    const edits = setting === undefined ? [] : versionEdits(setting, wanted);
    if ("refused" in edits) throw new Error(edits.refused);
    const { bytes } = applyEdits("chart/values.yaml", Buffer.from(values), edits);
    expect(Buffer.from(bytes).toString()).toBe(values.replace("'1' # now", "'2.0.0' # now"));
  });

  it("is no anchor that nobody uses", async () => {
    expect(await refusalOf("image:\n  repository: web\n  tag: &t '1'\n")).toBe("not refused");
  });
});
