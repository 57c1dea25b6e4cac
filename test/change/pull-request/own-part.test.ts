import { describe, expect, it } from "vitest";
import { asOwnPart, withOwnPart } from "../../../src/change/pull-request/own-part.ts";

const begin = "<!-- sluice:note:v1 x -->";
const end = "<!-- /sluice: what you write above or below these marks stays -->";
const own = `${begin}\nnew\n${end}\n`;

describe("Sluice's part of a description", () => {
  it("ends with a mark, after which people may write", () => {
    expect(asOwnPart(`  ${begin}\nnew\n\n`)).toBe(`  ${own}`);
  });

  it.each([
    ["nothing else is there", "", own],
    ["nothing but space is there", " \n\n", own],
    ["its part is gone: after what is there now", "Above.\n\n\n", `Above.\n\n${own}`],
    ["it begins the description", `${begin}\nold\n${end}\nBelow.\n`, `${own}Below.\n`],
    ["people wrote around it", `Above.\n\n${begin}\nold\n${end}\n\nBelow.\n`, `Above.\n\n${own}\nBelow.\n`],
    ["it came back with other line ends", `Above.\r\n${begin}\r\nold\r\n${end}\r\nBelow.`, `Above.\n${own}Below.`],
    ["its end is gone: to the end", `Above.\n${begin}\nold\nBelow.\n`, `Above.\n${own}`],
    ["only an end stands before it", `${end}\nAbove.\n${begin}\nold\n`, `${end}\nAbove.\n${own}`],
    ["it quotes its end: to the last", `${begin}\nold\n${end}\nquoted\n${end}\nBelow.\n`, `${own}Below.\n`],
  ])("is renewed where %s", (_, description, expected) => {
    expect(withOwnPart(description, `${begin}\nnew\n`)).toBe(expected);
  });
});
