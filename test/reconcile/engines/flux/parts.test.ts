import { describe, expect, it } from "vitest";
import { parseEntry } from "../../../../src/reconcile/engines/flux/inventory.ts";
import { isTaken, readRequest, requestToken } from "../../../../src/reconcile/engines/flux/request.ts";
import { commitOf, followsBranch, referenceText } from "../../../../src/reconcile/engines/flux/revision.ts";
import { problemsIn, saysApplied, withoutApplied } from "../../../../src/reconcile/engines/flux/words.ts";

const [sha1, sha256] = ["a1".repeat(20), "b2".repeat(32)];

describe("the revision of a Git source", () => {
  it.each([
    [`main@sha1:${sha1}`, sha1],
    [`feature/a@b@sha1:${sha1}`, sha1],
    [`v1.0.0@sha1:${sha1}`, sha1],
    [`sha1:${sha1}`, sha1],
    [`<unknown>:${sha256}`, sha256],
    [`main@<unknown>:${sha256}`, sha256],
    ["", undefined],
    ["main", undefined],
    [sha1, undefined],
    [`main/${sha1}`, undefined],
    [`sha1:${sha1}x`, undefined],
    [`sha1:${sha1.slice(1)}`, undefined],
    [`${"@".repeat(100_000)}sha1:`, undefined],
  ])("%.60s names a commit, or none", (revision, commit) => {
    expect(commitOf(revision)).toBe(commit);
  });

  it.each([
    [{ branch: "main" }, true, "branch main"],
    [{}, false, "branch master"],
    [{ name: "refs/heads/main", branch: "other" }, true, "refs/heads/main"],
    [{ name: "refs/pull/7/head" }, false, "refs/pull/7/head"],
    [{ branch: "main", tag: "v1" }, false, "tag v1"],
    [{ branch: "main", semver: "1.x" }, false, "tags 1.x"],
    [{ branch: "main", commit: sha1 }, false, "commit a1a1a1a"],
  ])("%o follows main, or not", (reference, follows, text) => {
    expect([followsBranch(reference, "main"), referenceText(reference)]).toEqual([follows, text]);
  });
});

describe("what asks Flux to reconcile", () => {
  const at = Date.UTC(2026, 0, 1, 8);

  it("names the time and the head, and is known again", () => {
    expect(readRequest(requestToken(sha1, at))).toEqual({ at, head: sha1 });
  });

  it.each([
    ["2026-01-01T08:00:00.123456789Z", at + 123],
    ["2026-01-01T09:00:00+01:00", at],
    ["2026-01-01 08:00:00.123456789 +0000 UTC m=+5.000000001", at + 123],
    ["2026-01-01 10:00:00 +0200 CEST", at],
    ["", undefined],
    ["now", undefined],
    ["1767254400", undefined],
    [`2026-01-01T08:00:00Z/sluice/${sha1.slice(1)}`, undefined],
  ])("is also read of others: %s", (value, time) => {
    expect(readRequest(value)).toEqual({ at: time, head: undefined });
  });

  it("is taken up when the newest request was, and was not made before the person's", () => {
    const [early, late] = [requestToken(sha1, at - 1), requestToken(sha1, at)];
    expect(isTaken({ requestedAt: late, handledAt: late }, at)).toBe(true);
    expect(isTaken({ requestedAt: late, handledAt: early }, at)).toBe(false);
    expect(isTaken({ requestedAt: early, handledAt: early }, at)).toBe(false);
    expect(isTaken({ requestedAt: "x", handledAt: "x" }, at)).toBe(false);
    expect(isTaken({ requestedAt: late, handledAt: "" }, undefined)).toBe(true);
  });
});

describe("an object in the list of what Flux applied", () => {
  it.each([
    ["shop_web_apps_Deployment", { namespace: "shop", name: "web", group: "apps", kind: "Deployment" }],
    ["shop_web__ConfigMap", { namespace: "shop", name: "web", group: "", kind: "ConfigMap" }],
    [
      "_system__admin_rbac.authorization.k8s.io_ClusterRole",
      { namespace: "", name: "system:admin", group: "rbac.authorization.k8s.io", kind: "ClusterRole" },
    ],
    ["__ConfigMap", undefined],
    ["shop_web", undefined],
    ["", undefined],
  ])("%s", (id, object) => {
    expect(parseEntry(id, "v1")).toEqual(object && { ...object, version: "v1" });
  });
});

describe("what the kustomize-controller says of objects", () => {
  const inventory = [{ namespace: "shop", name: "web", group: "apps", kind: "Deployment", version: "v1" }];

  it("is found where the API server refused one", () => {
    const message = 'Deployment/shop/web dry-run failed (Invalid): Deployment.apps "web" is invalid: spec.replicas: -1';
    expect(problemsIn(message, inventory)).toEqual([
      {
        object: { apiVersion: "apps/v1", kind: "Deployment", name: "web", namespace: "shop" },
        reason: "Invalid",
        message: 'Deployment.apps "web" is invalid: spec.replicas: -1',
      },
    ]);
  });

  it("is found where some are not healthy, with a version only of what is known", () => {
    const message =
      "health check failed after 30s: timeout waiting for: [Deployment/shop/web status: 'InProgress', Job/shop/x status: 'Failed']";
    expect(
      problemsIn(message, inventory).map(({ object, reason }) => [object.kind, object.apiVersion, reason]),
    ).toEqual([
      ["Deployment", "apps/v1", "InProgress"],
      ["Job", "", "Failed"],
    ]);
    expect(problemsIn("something else", inventory)).toEqual([]);
    expect(problemsIn("A/".repeat(100_000), inventory)).toEqual([]);
  });

  it("tells whether something was applied before it failed", () => {
    const message = "Widget/shop/w dry-run failed: no matches\nNamespace/shop created\nConfigMap/shop/a configured\n";
    expect(saysApplied(message)).toBe(true);
    expect(withoutApplied(message)).toBe("Widget/shop/w dry-run failed: no matches\n");
    expect(saysApplied("Widget/shop/w dry-run failed: it was created")).toBe(false);
  });
});
