import { describe, expect, it } from "vitest";
import { openContext } from "../../../src/change/repository-context.ts";
import type { ContestedField, ObjectDrift } from "../../../src/model/deploy.ts";
import { reportDrift } from "../../../src/reconcile/run/drift-report.ts";
import { where } from "../../support/memory-world.ts";
import { memoryEvents } from "../../webhooks/fakes.ts";
import { drift, logLevel, replicas } from "../text/drifts.ts";
import { reportWorld } from "./world.ts";

function driftWorld() {
  const world = reportWorld(["webapp", "orders"]);
  const events = memoryEvents();
  const { github, ports } = world;
  return {
    github,
    kinds: () => events.received.map(({ kind }) => kind),
    issues: () => (github.issues.get("drift-prod") ?? []).map(({ title, state }) => `${state}: ${title}`),
    comments: () => [...github.comments].map(([key, text]) => `${key.split("/")[0]} ${text.split(".**")[0]}`),
    /** Reports, and gives what was asked of GitHub. */
    async find(
      objects: readonly ObjectDrift[],
      undone: readonly ObjectDrift[] = [],
      contested: readonly ContestedField[] = [],
      undoneAt = 1,
    ): Promise<readonly string[]> {
      const context = await openContext(ports, where, "main", new AbortController().signal);
      const from = github.calls.length;
      await reportDrift({ ...ports, events }, context, { drift: drift(objects), undone, undoneAt, contested });
      return github.calls.slice(from);
    },
    async wipe() {
      for (const { id } of await ports.records.find("drift-report", { limit: 9 }))
        await ports.records.remove("drift-report", id);
    },
  };
}

describe("the one issue of an environment that differs from Git", () => {
  it("is opened, updated in place and closed, and costs nothing while nothing changes", async () => {
    const world = driftWorld();
    expect(await world.find([])).toEqual(["ownIssue"]);
    expect(await world.find([])).toEqual([]);
    await world.find([replicas]);
    expect(world.issues()).toEqual(["open: prod differs from Git: 1 resource"]);
    expect(await world.find([replicas])).toEqual([]);
    await world.find([replicas, logLevel]);
    expect(world.issues()).toEqual(["open: prod differs from Git: 2 resources"]);
    await world.wipe();
    expect(await world.find([replicas, logLevel])).toEqual(["ownIssue"]);
    await world.find([]);
    expect(world.issues()).toEqual(["closed: prod differs from Git: 2 resources"]);
    expect(world.comments()).toEqual(["1001 **Closed: prod matches Git again** since 23 Nov, 09:00 UTC.\n"]);
    expect(world.kinds()).toEqual(["drift.found", "drift.found", "drift.closed"]);
  });

  it("is opened again when it differs again, even in the same", async () => {
    const world = driftWorld();
    await world.find([replicas]);
    await world.find([]);
    await world.find([replicas]);
    expect(world.issues()).toEqual(["open: prod differs from Git: 1 resource"]);
  });

  it("that a person closed stays closed until something else differs", async () => {
    const world = driftWorld();
    await world.find([replicas]);
    const [issue] = world.github.issues.get("drift-prod") ?? [];
    if (issue !== undefined) world.github.issues.set("drift-prod", [{ ...issue, state: "closed" }]);
    await world.wipe();
    await world.find([replicas]);
    expect(world.issues()).toEqual(["closed: prod differs from Git: 1 resource"]);
    await world.find([replicas, logLevel]);
    expect(world.issues()).toEqual(["open: prod differs from Git: 2 resources"]);
  });

  it("says what was set back to whoever changed it, and is closed", async () => {
    const world = driftWorld();
    await world.find([], [replicas]);
    expect(world.issues()).toEqual(["closed: prod differs from Git: 1 resource"]);
    expect(world.comments()).toEqual(["1001 **Undone: Deployment `webapp` has 3 replicas again"]);
    expect(await world.find([])).toEqual([]);
    expect(world.kinds()).toEqual(["drift.found", "drift.healed"]);
  });

  it("stays open for what still differs when something else was set back", async () => {
    const world = driftWorld();
    await world.find([replicas, logLevel]);
    await world.find([logLevel], [replicas]);
    expect(world.issues()).toEqual(["open: prod differs from Git: 1 resource"]);
    expect(world.comments()).toEqual(["1001 **Undone: Deployment `webapp` has 3 replicas again"]);
    expect(world.kinds()).toEqual(["drift.found", "drift.healed", "drift.found"]);
  });

  it("says what was set back once, however often that is reported, and again when it is set back again", async () => {
    const world = driftWorld();
    for (const undoneAt of [1, 1, 2]) await world.find([], [replicas], [], undoneAt);
    expect(world.comments()).toHaveLength(2);
  });

  it("says what is left as it is, and why", async () => {
    const world = driftWorld();
    await world.find([replicas]);
    const field = { app: "webapp", kind: "Deployment", name: "webapp", path: "spec.replicas", by: "keda" };
    await world.find([replicas], [], [field]);
    const [issue] = world.github.issues.get("drift-prod") ?? [];
    expect(issue?.body).toContain("- Deployment `webapp`: `spec.replicas` is changed by `keda`");
    expect(issue?.body).toContain("until somebody comments `/reconcile prod webapp`, or Git changes there.");
    expect(await world.find([replicas], [], [field])).toEqual([]);
  });
});
