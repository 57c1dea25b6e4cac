import { describe, expect, it } from "vitest";
import { withoutSchemas } from "../../../src/edit/find/schemas.ts";
import { parseYaml } from "../../../src/edit/splice/index.ts";
import { settingLines } from "./support/setting-lines.ts";
import { plain, targetsOf } from "./support/target.ts";

const { target } = targetsOf();
const definition = (name: string) =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: ${name}.example.com }\nspec:\n  group: example.com\n  image: not/an:image\n`;
const pod = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec:\n  containers:\n    - name: p\n      image: ${name}:1 # é\n`;
const without = (text: string) => Buffer.from(withoutSchemas(Buffer.from(text))).toString();

describe("a stream without its definitions", () => {
  it.each([
    ["first", `${definition("a")}---\n${pod("p")}`],
    ["between", `${pod("p")}---\n${definition("a")}---\n${definition("b")}---\n${pod("q")}`],
    ["after a mark", `---\n${definition("a")}---\n${pod("p")}`],
    ["with a comment before", `# first\n${definition("a")}---\n# second\n${pod("p")}`],
    ["with a byte order mark", `\uFEFF${definition("a")}---\n${pod("p")}`],
    ["last", `${pod("p")}\n---\n${definition("a")}`],
  ])("has as many documents and lines: definitions %s", (_, text) => {
    for (const written of [text, text.replaceAll("\n", "\r\n")]) {
      const left = without(written);
      expect(left).not.toContain("not/an:image");
      expect(left.split("\n")).toHaveLength(written.split("\n").length);
      expect(parseYaml("a.yaml", Buffer.from(left)).documents).toBe(
        parseYaml("a.yaml", Buffer.from(written)).documents,
      );
    }
  });

  it.each([
    ["has none", pod("p")],
    ["has one in the text of another object", `kind: ConfigMap\ndata:\n  a: |\n    kind: CustomResourceDefinition\n`],
    ["ends its documents with dots", `${definition("a")}...\n${pod("p")}`],
  ])("is the same where it %s", (_, text) => {
    expect(without(text)).toBe(text);
  });

  it("keeps bytes that are no UTF-8 for the error that they deserve", () => {
    const bytes = Buffer.concat([Buffer.from(`${definition("a")}---\na: `), Buffer.from([0xff]), Buffer.from("\n")]);
    expect(Buffer.from(withoutSchemas(bytes)).includes(0xff)).toBe(true);
  });

  it("gives settings their documents and lines", async () => {
    const text = `${definition("a")}---\n${pod("p")}---\n${definition("b")}---\n${pod("q")}`;
    const { found } = await target({ "all.yaml": text }, plain(""));
    expect(settingLines(found.settings)).toEqual(["all.yaml manifest p: whole=p:1", "all.yaml manifest q: whole=q:1"]);
    const lines = text.split("\n");
    expect(found.settings.map(({ document, whole }) => [document, lines[(whole?.line ?? 0) - 1]])).toEqual([
      [1, "      image: p:1 # é"],
      [3, "      image: q:1 # é"],
    ]);
  });
});
