import { describe, expect, it } from "vitest";
import { answerOf, keyIn, type Layer, mergedText } from "../../../src/edit/find/value-layers.ts";
import { documentAt, parseYaml } from "../../../src/edit/index.ts";
import type { KeyPath } from "../../../src/edit/splice/index.ts";

const layer = (text: string, prefix: KeyPath = []): Layer => {
  const start = documentAt(parseYaml("v.yaml", Buffer.from(text)), 0);
  if (start === undefined) throw new Error("there is no document");
  return { file: "v.yaml", document: 0, start, prefix, role: "given" };
};
const missing = { kind: "missing" };
const found = (value: string | undefined, line: number) => ({ kind: "found", value, line });

describe("what a layer has at a key", () => {
  const values = layer("a:\n  b: x\n  l: [{ c: z }]\n  n:\n");
  it.each<[string, Layer, KeyPath, object]>([
    ["a text, with its line", values, ["a", "b"], found("x", 2)],
    ["a text in a list", values, ["a", "l", 0, "c"], found("z", 3)],
    ["nothing where the key is missing", values, ["a", "c"], missing],
    ["no text where a map is", values, ["a"], found(undefined, 2)],
    ["no text below a text", values, ["a", "b", "c"], found(undefined, 2)],
    ["no text below a null, which takes away what is below", values, ["a", "n", "c"], found(undefined, 4)],
    ["no text beyond a list's end", values, ["a", "l", 1], found(undefined, 3)],
    ["no text at a key of a list", values, ["a", "l", "c"], found(undefined, 3)],
    ["no text at an index of a text", values, ["a", "b", 0], found(undefined, 2)],
    ["nothing where the file is empty", layer("# none\n"), ["a"], missing],
    ["an included chart's value below its name", layer("b: x\n", ["sub"]), ["sub", "b"], found("x", 1)],
    ["nothing of another chart", layer("b: x\n", ["sub"]), ["other", "b"], missing],
  ])("is %s", (_, one, key, answer) => {
    expect(answerOf(one, key)).toEqual(answer);
  });

  it("is found by the path among the chart's values", () => {
    expect(keyIn(layer("b: x\n", ["sub"]), ["b"])).toEqual(["sub", "b"]);
    expect(
      keyIn({ ...values, start: { kind: "map", path: ["x"], line: 1, entries: [], get: () => undefined } }, ["x", "y"]),
    ).toEqual(["y"]);
  });

  it("is the last one's that has the key", () => {
    const layers = [layer("a: 1\nb: 1\nc: 1\n"), layer("a: 2\nb: {}\n")];
    expect(["a", "b", "c", "d"].map((key) => mergedText(layers, [key]))).toEqual(["2", undefined, "1", undefined]);
  });
});
