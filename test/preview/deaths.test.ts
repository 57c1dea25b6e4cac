import { expect, it } from "vitest";
import { runPreview } from "../../src/preview/run.ts";
import { appFiles, worldConfig } from "../promote/support/memory-world.ts";
import { atEachWrite } from "../support/deaths.ts";
import { type MemoryWorld, memoryWorld, where } from "../support/memory-world.ts";

function world(): MemoryWorld {
  return memoryWorld({
    files: {
      ".sluice.yaml": worldConfig(""),
      ...appFiles("web", "staging", "1.4.0"),
      ...appFiles("web", "prod", "1.4.0"),
    },
    pushed: [],
    async run(job, ports, context) {
      const settings = { fingerprintKey: ports.fingerprintKey, forks: false };
      if (job.type === "preview") await runPreview(job, ports, settings, context);
    },
  });
}

it("a worker that dies at any write of a preview leaves one comment and one check, which the next one completes", async () => {
  const { names } = await atEachWrite(
    world,
    async (now) => {
      const { number } = await now.propose(appFiles("web", "staging", "1.4.0", 4));
      await now.run({ type: "preview", ...where, pullRequest: number });
    },
    async ({ github, pulls }, died) => {
      const [pull] = pulls("change-");
      const [[key = "", said = ""] = [], ...more] = github.comments;
      expect([key, more], died).toEqual([`${pull?.number}/preview`, []]);
      expect(said, died).toContain("replicas: 4");
      const { checkReports } = github;
      expect(new Set(checkReports.map(({ name, headSha }) => `${name} ${headSha}`)), died).toEqual(
        new Set([`Sluice preview ${pull?.head.sha}`]),
      );
      expect(checkReports.at(-1), died).toMatchObject({ status: "completed", conclusion: "success" });
    },
  );
  expect(names).toEqual(["upsertCheck", "upsertComment", "upsertCheck", "end"]);
});
