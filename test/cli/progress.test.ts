import { describe, expect, it } from "vitest";
import { progressOn } from "../../src/cli/progress.ts";

function watch(options: { isTTY: boolean; plain: boolean }) {
  let now = 0;
  let text = "";
  const output = {
    isTTY: options.isTTY,
    write: (more: string) => {
      text += more;
    },
  };
  const progress = progressOn(output, { plain: options.plain, now: () => now });
  for (let done = 0; done < 100; done++) {
    progress.update("Rendering", done, 100);
    now += 50;
  }
  progress.clear();
  return text;
}

describe("progress", () => {
  it("is silent in a pipe", () => {
    expect(watch({ isTTY: false, plain: false })).toBe("");
  });

  it("rewrites one line on a terminal and takes it away", () => {
    const text = watch({ isTTY: true, plain: false });
    expect(text).not.toContain("\n");
    expect(text).toContain("\r\u001b[KRendering 0/100");
    expect(text.endsWith("\r\u001b[K")).toBe(true);
  });

  it("writes a plain line now and then when asked to", () => {
    expect(watch({ isTTY: false, plain: true })).toBe("Rendering 0/100\nRendering 40/100\nRendering 80/100\n");
  });
});
