import { stripTypeScriptTypes } from "node:module";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { instrument } from "../../scripts/mutate/instrument.ts";
import { mutantsOf } from "../../scripts/mutate/mutants.ts";

/** The mutants of a text, as `original → mutated`. */
function mutants(source: string): readonly string[] {
  return mutantsOf("src/a.ts", source, 1).map(({ original, mutated }) => `${original} → ${mutated}`);
}

describe("the mutants of", () => {
  it.each([
    ["a condition", "if (ready) go;", ["ready → true", "ready → false"]],
    ["a loop's condition, which must end", "while (ready) ready = next;", ["ready → false"]],
    ["an equality", "const a = b === c;", ["b === c → b !== c"]],
    ["an equality that is a whole condition", "if (b === c) go;", ["b === c → true", "b === c → false"]],
    ["a comparison", "const a = b < c;", ["b < c → b >= c", "b < c → b <= c"]],
    ["a question for emptiness", "const a = b.length > 0;", ["b.length > 0 → b.length <= 0"]],
    ["and, or", "const a = b && c || d;", ["b && c || d → b && c && d", "b && c → b || c"]],
    ["a fallback", "const a = b ?? c;", ["b ?? c → b", "b ?? c → c"]],
    ["a negation", "const a = !b;", ["!b → !!(b)"]],
    ["arithmetic", "const a = b + c * 2;", ["b + c * 2 → b - c * 2", "c * 2 → c / 2"]],
    ["texts put together", 'const a = b + ": ";', ['": " → ""']],
    ["a sum that grows", "n += 1;", ["n += 1 → n -= 1"]],
    ["a loop's step", "for (;; n++) go;", []],
    ["a call for its effect", "store(x);", ["store(x); → "]],
    ["an awaited call for its effect", "await store(x);", ["await store(x); → "]],
    ["a method with an opposite", "const a = b.some(c);", ["some → every"]],
    ["a method that can be left away", "const a = b.toSorted(c);", [".toSorted(c) → "]],
    ["an optional chain", "const a = b?.c.d;", ["?. → ."]],
    ["an optional call", "const a = b?.(c);", ["?. → "]],
    ["a text", 'const a = "b";', ['"b" → ""']],
    ["an empty text", 'const a = "";', ['"" → "mutant"']],
    ["a template", `const a = \`\${b}/\${c}\`;`, [`\`\${b}/\${c}\` → ""`]],
    ["booleans", "const a = true;", ["true → false"]],
    ["a list", "const a = [b];", ["[b] → []"]],
    ["an object", "const a = { b };", ["{ b } → {}"]],
    ["a result", "function a() { return b; }", ["b → undefined"]],
    ["a boolean result", "function a(): boolean { return b(); }", ["b() → true", "b() → false"]],
    ["an arrow function", "const a = () => b;", ["b → undefined"]],
    ["a body of several statements", "function a() { let b; b = c; }", ["{ let b; b = c; } … } → {}"]],
  ])("%s", (_, source, expected) => {
    expect(mutants(source).toSorted()).toEqual(expected.toSorted());
  });

  it.each([
    ["types", 'let a: "b" | true; interface B { readonly c: "d" } type E = [F];'],
    ["imports", 'import a from "b"; export * from "c"; export { d } from "e";'],
    ["names of fields", "const { a, 'b': c } = d;"],
    ["regular expressions and numbers", "const a = /b/; const c = 5;"],
    ["logs and metrics", 'log.warn({ error }, "b"); ports.metrics.count("c");'],
    ["the text of errors", 'throw new Error(a ? "b" : "c"); const e = new UserError("input", "d");'],
    ["messages", `const a = "not a number"; const b = \`\${c} and more\`;`],
  ])("%s are none", (_, source) => {
    expect(mutants(source)).toEqual([]);
  });

  it("a condition and a case leave alone what they compare with", () => {
    const found = mutants('if (a !== "b") go; switch (c) { case "d": }');
    expect(found).toEqual(['a !== "b" → true', 'a !== "b" → false']);
  });

  it("a type that wraps an expression are those of the expression", () => {
    expect(mutants('const a = ["b"] as const satisfies B;')).toEqual(['["b"] → []', '"b" → ""']);
  });

  it("a file have its lines, and ids from the first that is given", () => {
    const [first, second] = mutantsOf("src/a.ts", 'let a;\n\n  a = ["b"];\n', 7);
    expect(first).toMatchObject({ id: 7, file: "src/a.ts", line: 3, column: 7, context: 'a = ["b"];' });
    expect(second).toMatchObject({ id: 8, line: 3, column: 8 });
  });

  it("a file that does not parse are an error with its name", () => {
    expect(() => mutantsOf("src/a.ts", "const = 1;", 1)).toThrow("src/a.ts does not parse");
  });
});

describe("instrumented code", () => {
  /** What the code leaves in `out`, with one mutant on; 0 for none. */
  function run(source: string, on: number): unknown {
    const code = stripTypeScriptTypes(instrument(source, mutantsOf("src/a.ts", source, 1)));
    const scope = { out: undefined, __mutant: (id: number) => id === on };
    runInNewContext(code, scope);
    return scope.out;
  }

  const source = `
    function sizes(texts: readonly (string | undefined)[]): number[] {
      const found: number[] = [];
      for (const text of texts) {
        const size = text?.trim().length ?? -1;
        if (size >= 0 && size !== 3) found.push(size * 2);
      }
      return found.toSorted((a, b) => a - b);
    }
    out = sizes([" four ", undefined, "abc", "x"]).join();
  `;

  it("does what the file does while no mutant is on", () => {
    expect(run(source, 0)).toBe("2,8");
  });

  it("does what each mutant says, one at a time, also inside others", () => {
    const results = mutantsOf("src/a.ts", source, 1).map(({ id, original, mutated }) => {
      try {
        return `${original} → ${mutated}: ${run(source, id)}`;
      } catch {
        return `${original} → ${mutated}: an error`;
      }
    });
    expect(results).toContain("size !== 3 → size === 3: 6");
    expect(results).toContain("size * 2 → size / 2: 0.5,2");
    expect(results).toContain("?. → .: an error");
    expect(results).toContain(".toSorted((a, b) => a - b) → : 8,2");
    expect(results).toContain("found.push(size * 2); → : ");
  });
});
