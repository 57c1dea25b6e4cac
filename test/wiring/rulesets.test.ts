import { describe, expect, it } from "vitest";
import type { BranchRules } from "../../src/model/github.ts";
import { openRepositories, tellOpenRepositories } from "../../src/wiring/rulesets.ts";
import { memoryLog } from "../webhooks/fakes.ts";

const webUrl = "https://github.test";
const signal = new AbortController().signal;
const all = new Set(["creation", "update", "deletion", "non_fast_forward"]);

function world(names: readonly string[], branchRules: BranchRules) {
  async function* installedRepositories() {
    for (const name of names) yield { installationId: 1, repository: { owner: "acme", name }, defaultBranch: "main" };
  }
  return { installedRepositories, branchRules, webUrl };
}

describe("a repository without a ruleset for Sluice's branches", () => {
  it("is told with the branches that are open, and the page where to close them", async () => {
    const rules: BranchRules = async ({ repository: { name } }, branch) => {
      if (name === "safe") return { rules: all };
      if (name === "half") return { rules: branch === "sluice-state" ? all : new Set(["deletion"]) };
      return { rules: new Set() };
    };
    const found = await Array.fromAsync(openRepositories(world(["safe", "half", "open"], rules), signal));
    expect(found).toMatchObject([
      {
        repository: "acme/half",
        message: "no ruleset keeps people from writing to sluice/**/* in acme/half",
        fix: expect.stringContaining("https://github.test/acme/half/settings/rules"),
      },
      { message: "no ruleset keeps people from writing to sluice-state and sluice/**/* in acme/open" },
    ]);
  });

  it("is told as one whose plan has no rulesets where GitHub says so", async () => {
    const rules: BranchRules = async () => ({ refused: "Upgrade to GitHub Pro to enable this feature." });
    const found = await Array.fromAsync(openRepositories(world(["private"], rules), signal));
    expect(found).toMatchObject([
      {
        message: "the rulesets of acme/private cannot be read: Upgrade to GitHub Pro to enable this feature.",
        fix: expect.stringContaining("plan"),
      },
    ]);
  });

  it("is said once, also when the look had to begin again, and not without end", async () => {
    const log = memoryLog();
    let asked = 0;
    const failing: BranchRules = async () => {
      asked += 1;
      if (asked === 3) throw new Error("GitHub is away");
      return { rules: new Set() };
    };
    const many = Array.from({ length: 60 }, (_, at) => `app-${at}`);
    const tell = tellOpenRepositories(world(many, failing), log);
    await expect(tell(signal)).rejects.toThrow("away");
    await tell(signal);
    expect(log.lines.filter((line) => line.includes("acme/app-0"))).toHaveLength(1);
    expect(log.lines).toHaveLength(51);
    expect(log.lines.at(-1)).toContain("10 more repositories");
  });
});
