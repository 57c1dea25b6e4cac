import { expect, it } from "vitest";
import { UserError } from "../../../../src/model/errors.ts";
import { descentOf } from "../../../../src/reconcile/engines/controller/descent.ts";

const [a, b, c] = ["a", "b", "c"].map((digit) => digit.repeat(40));

/** `b` comes after `a`; `c` is on its own. */
const history = {
  async isAncestor(ancestor: string, commit: string) {
    for (const one of [ancestor, commit])
      if (![a, b, c].includes(one)) throw new UserError("not-found", `there is no ${one}`);
    return ancestor === commit || (ancestor === a && commit === b);
  },
};

it.each([
  ["the commit itself", a, a, "same"],
  ["one that came after it", b, a, "ahead"],
  ["one before it", a, b, "behind"],
  ["one of another line", c, a, "apart"],
  ["one that the repository does not have", "d".repeat(40), a, "unknown"],
  ["the name of a branch", "main", a, "unknown"],
  ["an option", "--all", a, "unknown"],
  ["nothing", "", a, "unknown"],
])("%s stands so to a commit", async (_, revision, commit, wanted) => {
  expect(await descentOf(history, revision ?? "", commit ?? "")).toBe(wanted);
});

it("takes no failure of git for an answer", async () => {
  const broken = { isAncestor: async () => Promise.reject(new Error("git is broken")) };
  await expect(descentOf(broken, a ?? "", b ?? "")).rejects.toThrow("git is broken");
});
