import { describe, expect, it } from "vitest";
import { fetchFailure } from "../../src/git/failure.ts";
import { Fault, UserError } from "../../src/model/errors.ts";
import type { PreviewJob } from "../../src/model/jobs.ts";
import { followingRenames } from "../../src/wiring/renames.ts";
import { memoryLog, memoryQueue } from "../webhooks/fakes.ts";

const former = { owner: "acme", name: "former" };
const job: PreviewJob = { type: "preview", installationId: 1, repository: former, pullRequest: 7 };
const context = { signal: new AbortController().signal, attempt: 1, lastAttempt: false, firstRun: true };

/** A handler that fails like this, in a world where the repository has this name by now. */
function failing(error: Error, now: string | undefined) {
  const queue = memoryQueue();
  const asked: unknown[] = [];
  const currentName = async (_: number, repository: unknown) => {
    asked.push(repository);
    return now === undefined ? undefined : { owner: "acme", name: now };
  };
  const run = followingRenames({ currentName, queue, log: memoryLog() })(async (_: PreviewJob) => {
    throw error;
  });
  return { queue, asked, run: () => run(job, context) };
}

const refused = new UserError("permission", "there is at least one repository that is not accessible");
const elsewhere = fetchFailure(
  "fatal: unable to access 'https://x/y.git/': The requested URL returned error: 301",
  "https://github.test/acme/shop.git",
);

describe("a job of a repository that was renamed since", () => {
  it.each([
    ["GitHub gives no token for the former name", refused],
    ["git is sent elsewhere", elsewhere],
  ])("goes on under the new name: %s", async (_, error) => {
    const { queue, run } = failing(error, "renamed");
    await run();
    expect(queue.jobs).toEqual([{ ...job, repository: { owner: "acme", name: "renamed" } }]);
  });

  it("fails as it did where the name is the same, or the App reaches it no longer", async () => {
    for (const now of ["Former", undefined]) {
      const { queue, run } = failing(refused, now);
      await expect(run()).rejects.toBe(refused);
      expect(queue.jobs).toEqual([]);
    }
  });

  it("is not asked for after what has nothing to do with names", async () => {
    for (const error of [new Fault("unavailable", "502"), new UserError("refused", "a rule"), new Error("a bug")]) {
      const { asked, run } = failing(error, "renamed");
      await expect(run()).rejects.toBe(error);
      expect(asked).toEqual([]);
    }
  });
});
