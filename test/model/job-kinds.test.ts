import { describe, expect, expectTypeOf, it } from "vitest";
import { JOB_TYPES, type Job, type JobOf, type JobType, jobKey, jobKind } from "../../src/model/job-kinds.ts";
import type { Handlers } from "../../src/model/queue.ts";

const where = { installationId: 1, repository: { owner: "acme", name: "shop" } };
const at = { ...where, pullRequest: 7 };
const unit = { ...where, defaultBranch: "main", unit: "web" };

/** One job of each kind, in the table's order. */
const samples: readonly Job[] = [
  { type: "delivery", id: "guid", event: "push", payload: "{}" },
  { type: "preview", ...at },
  { type: "command", ...at, commentId: 100, actor: "ada", body: "/help", at: 1 },
  { type: "promotions", ...where, defaultBranch: "main" },
  { type: "gates", ...at },
  { type: "rollback", ...where, defaultBranch: "main", environment: "prod/eu" },
  { type: "status-comment", ...at },
  { type: "registry", id: "event", hook: "hook", source: "harbor", at: 1, pushes: [] },
  { type: "watch", ...where },
  { type: "image", ...unit },
  { type: "image-pull", ...at },
  { type: "reconcile", ...where, defaultBranch: "main", environment: "prod/eu" },
  { type: "drift", ...where, defaultBranch: "main", environment: "prod/eu" },
  { type: "scheduled", at: 5, job: { type: "gates", ...at } },
];

describe("the table of job kinds", () => {
  it("gives every type about jobs: a kind without a handler or of another type's job does not compile", () => {
    expectTypeOf<keyof Handlers>().toEqualTypeOf<JobType>();
    expectTypeOf<Job["type"]>().toEqualTypeOf<JobType>();
    expectTypeOf<{ [T in JobType]: JobOf<T>["type"] }>().toEqualTypeOf<{ [T in JobType]: T }>();
  });

  it.each(JOB_TYPES)("says of %s how it is told apart, how long it may run and how many at once", (type) => {
    const { sameness, deadlineMs, concurrency } = jobKind(type);
    expect(["once", "collapse"]).toContain(sameness);
    expect(deadlineMs).toBeGreaterThanOrEqual(30_000);
    expect(concurrency === "setting" || concurrency > 0).toBe(true);
  });

  it("lets only what collapses be scheduled: what is known by its key would not run a second time", () => {
    const schedulable = JOB_TYPES.filter((type) => jobKind(type).schedulable === true);
    expect(schedulable).toEqual([
      "preview",
      "promotions",
      "gates",
      "rollback",
      "image",
      "image-pull",
      "reconcile",
      "drift",
    ]);
    expect(schedulable.filter((type) => jobKind(type).sameness === "once")).toEqual([]);
  });
});

describe("the key of a job", () => {
  it("is what the same work has in common", () => {
    expect(samples.map((job) => jobKey(job))).toEqual([
      "guid",
      "preview/acme/shop/7",
      "command/acme/shop/100",
      "promotions/acme/shop",
      "gates/acme/shop/7",
      "rollback/acme/shop/prod%2Feu",
      "status-comment/acme/shop/7",
      "registry/hook/event",
      "watch/acme/shop",
      "image/acme/shop/web",
      "image-pull/acme/shop/7",
      "reconcile/acme/shop/prod%2Feu",
      "drift/acme/shop/prod%2Feu",
      "scheduled/5/gates/acme/shop/7",
    ]);
    expect(samples.map(({ type }) => type)).toEqual(JOB_TYPES);
  });

  it("is the repository's where no environment is named", () => {
    expect(jobKey({ type: "reconcile", ...where, defaultBranch: "main" })).toBe("reconcile/acme/shop/");
  });

  it("tells that a pull request ended from everything else about it, so that it is not lost", () => {
    const address = { installationId: 1, repository: { owner: "acme", name: "shop" }, pullRequest: 7 };
    expect(jobKey({ type: "gates", ...address, ended: true })).toBe("gates/acme/shop/7/ended");
    expect(jobKey({ type: "image-pull", ...address, ended: true })).toBe("image-pull/acme/shop/7/ended");
  });
});
