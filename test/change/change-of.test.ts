import { describe, expect, it } from "vitest";
import { changeOf } from "../../src/change/text/change-of.ts";

describe("what a commit's message names", () => {
  it.each([
    ["Release 1.5.0 (#14)\n\nmore", "Release 1.5.0", 14],
    ["  Release 1.5.0 (#14) \r\nmore", "Release 1.5.0", 14],
    ["Merge pull request #7 from acme/x\n\nRelease 1.5.0", "Release 1.5.0", 7],
    ["Merge pull request #7 from acme/x\r\n\r\n  \r\n Release 1.5.0 \r\nmore", "Release 1.5.0", 7],
    ["Merge pull request #7 from acme/x", "Merge pull request #7 from acme/x", 7],
    ["See Merge pull request #7 from acme/x", "See Merge pull request #7 from acme/x", undefined],
    [" Fix #3 ", "Fix #3", undefined],
    ["Revert (#3) again", "Revert (#3) again", undefined],
    ["", "", undefined],
  ])("is the pull request, as GitHub writes it: %j", (message, subject, pullRequest) => {
    expect(changeOf(message)).toEqual({ subject, pullRequest });
  });
});
