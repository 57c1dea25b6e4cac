import { expect, it } from "vitest";
import { runScheduled } from "../../src/wiring/handlers.ts";
import { gates } from "../contract/queue-fixture.ts";
import { memoryQueue } from "../webhooks/fakes.ts";

it("a scheduled job is added at its moment; what may not be scheduled is a bug", async () => {
  const queue = memoryQueue();
  await runScheduled({ type: "scheduled", at: 1, job: gates(7) }, queue);
  expect(queue.jobs).toEqual([gates(7)]);
  for (const job of [undefined, {}, { type: "delivery" }, { type: "scheduled" }, { type: "toString" }]) {
    const stored = Object.assign({ type: "scheduled", at: 1, job: gates(7) } as const, { job });
    await expect(runScheduled(Object(stored), queue)).rejects.toMatchObject({ kind: "bug" });
  }
  expect(queue.jobs).toHaveLength(1);
});
