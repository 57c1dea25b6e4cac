import { describe, expect, it } from "vitest";
import { mergeRefusal } from "../../src/github/merge-words.ts";

describe("what GitHub says when it does not merge", () => {
  it.each([
    ["Base branch was modified. Review and try the merge again.", "retry"],
    ["Merge already in progress", "retry"],
    ["Repository is in an unstable state. Please wait and try again.", "retry"],
    ["Head branch was modified. Review and try the merge again.", "moved"],
    ["Head sha didn't match: expected a but was b", "moved"],
    ["The head of the pull request does not match the expectedHeadOid", "moved"],
    ["Merge conflict", "conflict"],
    ["This branch can't be rebased", "conflict"],
    ["Repository rule violations found: Changes must be made through the merge queue", "queue"],
    ["This repository uses a merge queue.", "queue"],
    ["Pull Request is not mergeable", "unclear"],
    ["Pull request is already merged", "unclear"],
    ["Pull Request is still a draft", "unclear"],
    ['Required status check "build" is expected.', "refused"],
    ["At least 1 approving review is required by reviewers with write access.", "refused"],
    ["Merge commits are not allowed on this repository.", "refused"],
    ["You're not authorized to push to this branch.", "refused"],
    ["This branch must not contain merge commits.", "refused"],
    ["whatever comes next", "refused"],
  ])("%s means %s", (text, meaning) => {
    expect(mergeRefusal(text)).toBe(meaning);
  });

  it.each([
    'Required status check "merge queue" is expected.',
    'Required status check "Base branch was modified" is expected.',
    "Required status check “conflict” is expected.",
  ])("is not read from what people named: %s", (text) => {
    expect(mergeRefusal(text)).toBe("refused");
  });
});
