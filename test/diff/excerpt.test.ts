import { describe, expect, it } from "vitest";
import { excerpts } from "../../src/diff/excerpt.ts";

const pad = (count: number) => "x".repeat(count);
/** The texts of the excerpts of two lines, and the words of the only place. */
const of = (base: string, head: string) => {
  const { lines, words, places } = excerpts("p", base, head);
  return {
    lines: lines.map(({ position, text }) => (position === undefined ? text : `${position}: ${text}`)),
    words,
    places,
  };
};

describe("the excerpts of a long line", () => {
  it("have forty characters on each side, and say where more is", () => {
    const line = (word: string, around: number) => `${pad(around - 1)}.${word}.${pad(around - 1)}`;
    expect(of(line("one", 40), line("two", 40)).lines).toEqual([`41: -${line("one", 40)}`, `+${line("two", 40)}`]);
    expect(of(line("one", 41), line("two", 41)).lines).toEqual([
      `42: -… ${line("one", 40)} …`,
      `+… ${line("two", 40)} …`,
    ]);
  });

  it("are one where changes are at most forty characters apart", () => {
    const line = (word: string, between: number) => `${word}.${pad(between - 2)}.${word}`;
    expect(of(line("one", 40), line("two", 40)).places).toBe(1);
    expect(of(line("one", 41), line("two", 41)).places).toBe(2);
    expect(of(line("one", 41), line("two", 41)).words).toBeUndefined();
  });

  it.each<readonly [from: string, to: string, words: object | undefined]>([
    ["a", "b", { from: "a", to: "b" }],
    [pad(60), "b", { from: pad(60), to: "b" }],
    ["b", pad(60), { from: "b", to: pad(60) }],
    [pad(61), "b", undefined],
    ["b", pad(61), undefined],
    ["", "b", undefined],
    ["b", "", undefined],
    ["\t", "\n", { from: "\\t", to: "\\n" }],
  ])("have the words of the only place where they are short: %#", (from, to, words) => {
    expect(of(`(${from})`, `(${to})`).words).toEqual(words);
  });

  it("show what comes or goes at its place", () => {
    expect(of("a b", "a c b").lines).toEqual(["3: -a b", "+a c b"]);
    expect(of("a b", "a b.").lines).toEqual(["4: -a b", "+a b."]);
    expect(of("same", "same")).toEqual({ lines: [], words: undefined, places: 0 });
  });

  it("show the ends of a part of more than 240 characters", () => {
    expect(of(pad(240), "b").lines[0]).toBe(`1: -${pad(240)}`);
    expect(of(pad(241), "b").lines[0]).toBe(`1: -${pad(120)} …‹1 characters›… ${pad(120)}`);
  });

  it("escape what would break the line, and have no half characters", () => {
    expect(of("\r\n\ta", "\r\n\tb").lines).toEqual(["4: -\\r\\n\\ta", "+\\r\\n\\tb"]);
    const emoji = (word: string) => `😀${pad(38)}.${word}.${pad(38)}😀`;
    expect(of(emoji("a"), emoji("b")).lines[0]).toBe(`42: -… ${pad(38)}.a.${pad(38)} …`);
  });
});
