import type { CheckReport, PullRequest } from "../../../src/model/github.ts";
import { runPreview } from "../../../src/preview/run.ts";
import { sharedRenderer } from "../../render/support/engines.ts";
import { type MemoryWorld, memoryWorld, where } from "../../support/memory-world.ts";

/** Previews of one repository in memory, rendered by the real engine. */
export interface PreviewWorld extends MemoryWorld {
  /** Previews the pull request; gives its completed check and its comment. */
  answer(pull: PullRequest): Promise<{ readonly check: CheckReport; readonly comment: { readonly body: string } }>;
}

/** Makes one with these files on `main`. */
export function previewWorld(files: Readonly<Record<string, string>>): PreviewWorld {
  const world = memoryWorld({
    files,
    pushed: [],
    renderer: sharedRenderer(),
    async run(job, ports, context) {
      const settings = { fingerprintKey: ports.fingerprintKey, forks: false };
      if (job.type === "preview") await runPreview(job, ports, settings, context);
    },
  });
  return {
    ...world,
    async answer(pull) {
      await world.run({ type: "preview", ...where, pullRequest: pull.number });
      const check = await world.report(pull, "Sluice preview");
      if (check?.status !== "completed") throw new Error("the check is not completed");
      return { check, comment: { body: world.comments(pull).get("preview") ?? "" } };
    },
  };
}
