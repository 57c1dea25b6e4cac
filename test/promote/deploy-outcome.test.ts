import { expect, it } from "vitest";
import type { DeploymentStatus } from "../../src/model/github-repository.ts";
import { deployOutcome } from "../../src/promote/deploy-outcome.ts";

const begin = Date.UTC(2026, 10, 23, 9);

/** Statuses, each so many minutes after the Deployment was made. */
function outcome(...said: readonly (readonly [number, DeploymentStatus["state"], string?])[]) {
  const statuses = said.map(([minutes, state, description = "web 1.5.0: bad: worse"]) => ({
    ...{ state, description, at: new Date(begin + minutes * 60_000).toISOString(), url: "u", byApp: true },
  }));
  return deployOutcome(new Date(begin).toISOString(), statuses);
}

const minute = (count: number) => begin + count * 60_000;
const bad = { text: "bad: worse", url: "u" };

it.each([
  ["nothing was said", [], { state: "under-way" }],
  [
    "it is under way",
    [
      [0, "queued"],
      [1, "in_progress"],
    ],
    { state: "under-way" },
  ],
  [
    "it failed",
    [
      [1, "in_progress"],
      [9, "failure"],
    ],
    { state: "failed", ...bad, ms: 540_000 },
  ],
  [
    "it said so twice",
    [
      [9, "failure", "x: y"],
      [11, "failure"],
    ],
    { state: "failed", ...bad, ms: 540_000 },
  ],
  [
    "it was live at once",
    [
      [1, "in_progress"],
      [2, "success"],
      [5, "success"],
    ],
    { state: "live", since: minute(2) },
  ],
  [
    "another one came",
    [
      [2, "success"],
      [7, "inactive"],
    ],
    { state: "live", since: minute(2) },
  ],
  [
    "it degraded",
    [
      [2, "success"],
      [7, "failure"],
    ],
    { state: "degraded", ...bad, since: minute(2), at: minute(7) },
  ],
  [
    "it degraded and said more",
    [
      [2, "success"],
      [3, "success"],
      [7, "error"],
      [8, "error"],
    ],
    { state: "degraded", ...bad, since: minute(2), at: minute(7) },
  ],
  [
    "another attempt failed",
    [
      [2, "success"],
      [60, "in_progress"],
      [61, "failure"],
    ],
    { state: "degraded", ...bad, since: minute(2), at: minute(61) },
  ],
  [
    "another attempt went well",
    [
      [2, "failure"],
      [3, "in_progress"],
      [4, "success"],
    ],
    { state: "live", since: minute(4) },
  ],
] as const)("tells how a deploy went where %s", (_, said, expected) => {
  expect(outcome(...said)).toEqual(expected);
});
