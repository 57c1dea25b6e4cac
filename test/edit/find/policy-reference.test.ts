import { describe, expect, it } from "vitest";
import { printMarker, readMarker } from "../../../src/edit/find/policy-reference.ts";

const policy = { namespace: "flux-system", name: "web.app-1" };
const reference = "flux-system:web.app-1";
const shape = "is not `namespace:name`, alone or followed by `:name`, `:tag` or `:digest`";

describe("what follows the # of a comment", () => {
  it.each([
    ["whole", reference],
    ["name", `${reference}:name`],
    ["tag", `${reference}:tag`],
    ["digest", `${reference}:digest`],
  ] as const)("is a marker for the %s of an image", (part, text) => {
    for (const comment of [` {"$imagepolicy": "${text}"}`, `# {"$imagepolicy":"${text}", "x": "y"} \t`]) {
      expect(readMarker(comment)).toEqual({ policy, part });
    }
    expect(printMarker({ policy, part })).toBe(text);
  });

  it.each(["", "$imagepolicy", '"$imagepolicy"', "null", "[1]", "{}", '{"other": "a:b"}', "{ $imagepolicy"])(
    "is for people: %j",
    (comment) => {
      const broken = comment.includes("{ $") ? { malformed: "the whole comment has to be a JSON object" } : undefined;
      expect(readMarker(comment)).toEqual(broken);
    },
  );

  it.each(["", "a", "a:", ":b", "A:b", "a:B", "a:-b", "a:b:", "a:b:repo", "a:b:tag:x"])(
    "is no marker of the policy %j",
    (text) => {
      expect(readMarker(`{"$imagepolicy": "${text}"}`)).toEqual({ malformed: `\`${text}\` ${shape}` });
    },
  );

  it("is no marker where it is not only texts, or more than them", () => {
    const texts = { malformed: "the values of its object have to be texts" };
    expect(readMarker('{"$imagepolicy": 1}')).toEqual(texts);
    expect(readMarker('{"$imagepolicy": "a:b", "x": 1}')).toEqual(texts);
    const whole = { malformed: "the whole comment has to be a JSON object" };
    expect(readMarker('see {"$imagepolicy": "a:b"}')).toEqual(whole);
    const long = "x".repeat(150);
    expect(readMarker(`{"$imagepolicy": "${long}"}`)).toEqual({ malformed: `\`${long.slice(50)}\` ${shape}` });
  });
});
