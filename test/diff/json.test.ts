import { describe, expect, it } from "vitest";
import { previewJson } from "../../src/diff/index.ts";
import { change, drift, finding, preview, target } from "./support.ts";

describe("the JSON of a preview", () => {
  const id = { apiVersion: "v1", kind: "ConfigMap", namespace: "", name: "old" };
  const changed = target("webapp/prod", {
    because: [["base/a.yaml", "apps/webapp/overlays/prod"]],
    changes: [change("-a: 1\n+a: 2", { ...id, name: "new", action: "renamed", from: id })],
    images: [{ container: "Deployment/web: web", from: "a:1", to: "a:2" }],
    restarts: 1,
  });
  const failed = target("webapp/dev", {
    status: "failed",
    error: { message: "no", file: "k.yaml", line: 2, side: "head" },
  });
  const given = preview([changed, failed, target("webapp/test", { status: "unchanged" })], {
    findings: [finding({ file: "k.yaml", line: 3 })],
    notes: ["Helm says `password: hunter2`"],
  });

  it("is one object with exactly the promised keys", () => {
    expect(previewJson(given)).toEqual({
      base: given.base,
      mergeBase: given.mergeBase,
      head: given.head,
      targets: [
        {
          app: "webapp",
          environment: "prod",
          path: "apps/webapp/overlays/prod",
          renderer: "kustomize",
          status: "changed",
          because: [["base/a.yaml", "apps/webapp/overlays/prod"]],
          changes: [
            { action: "renamed", ...id, name: "new", from: id, addedLines: 1, removedLines: 1, diff: "-a: 1\n+a: 2" },
          ],
          images: [{ container: "Deployment/web: web", from: "a:1", to: "a:2" }],
        },
        {
          app: "webapp",
          environment: "dev",
          path: "apps/webapp/overlays/dev",
          renderer: "kustomize",
          status: "failed",
          because: [],
          changes: [],
          images: [],
          error: { message: "no", file: "k.yaml", line: 2 },
        },
      ],
      findings: [
        {
          id: "privileged-container",
          severity: "danger",
          app: "webapp",
          environment: "prod",
          resource: "Deployment/web",
          message: "Container `web` now runs privileged.",
        },
      ],
      notes: [expect.stringMatching(/^Helm says `password: (?!hunter2)/)],
      completeness: { targets: 3, affected: 3, rendered: 2, failed: 1, truncated: 0, hiddenLines: 0, unpinned: [] },
    });
  });

  it("says what is known in part, whose doing a failure is, and nothing where nothing is to be said", () => {
    const error = { message: "no", side: "head", cause: "before" } as const;
    const completeness = { ...given.completeness, partial: 1, unread: ["a.yaml"] };
    const { targets, completeness: counts } = previewJson(
      preview([target("a/prod", { partial: true }), target("b/prod", { status: "failed", error })], { completeness }),
    );
    const rest = { path: expect.any(String), renderer: "kustomize", because: [], changes: [], images: [] };
    expect(targets).toStrictEqual([
      { app: "a", environment: "prod", status: "changed", partial: true, ...rest },
      { app: "b", environment: "prod", status: "failed", error: { message: "no", cause: "before" }, ...rest },
    ]);
    expect(counts).toMatchObject({ partial: 1, unread: ["a.yaml"] });
    const plain = previewJson(preview([target("a/prod", { changes: [change("-a: 1\n+a: 2")] })]));
    expect(plain.targets[0]).not.toHaveProperty("partial");
    expect(plain.targets[0]?.changes[0]).not.toHaveProperty("from");
    expect(plain).not.toHaveProperty("drift");
  });

  it("lists unchanged targets on request", () => {
    expect(previewJson(given, { all: true }).targets.map(({ status }) => status)).toEqual([
      "changed",
      "failed",
      "unchanged",
    ]);
  });

  it("has the environments that are apart where any environment is promoted from another", () => {
    const fields = [
      { resource: "Deployment/web", path: "spec.replicas", here: "5", there: undefined },
      { resource: "Deployment/web", path: "spec.paused", here: undefined, there: "true" },
    ];
    const commits = [{ sha: "c".repeat(40), subject: "Bump", author: "Ada", environment: "prod" }];
    const apart = [drift({ fields, commits, more: 2 })];
    expect(previewJson(preview([changed], { drift: { apart, unchecked: 1 } })).drift).toEqual({
      apart: [
        {
          app: "webapp",
          environment: "prod",
          from: "staging",
          versions: [{ image: "ghcr.io/acme/webapp", here: "1.4.0", there: "1.5.0" }],
          fields: [
            { resource: "Deployment/web", path: "spec.replicas", here: "5", there: null },
            { resource: "Deployment/web", path: "spec.paused", here: null, there: "true" },
          ],
          more: 2,
          byPullRequest: ["staging"],
          commits,
        },
      ],
      unchecked: 1,
    });
  });
});
