import { describe, expect, it } from "vitest";
import { findSettings } from "../../../src/edit/index.ts";
import type { Trace } from "../../../src/model/render.ts";
import type { PlainOptions } from "../../../src/model/target.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { filesBelow, fixtures, lineOf } from "./support/repository.ts";

const tree = memoryTree(filesBelow(fixtures));

/** As the engine does it: a folder of manifests is looked up as a whole. */
async function found(options: PlainOptions) {
  const entry = await tree.at("plain");
  const trace: Trace = [["plain", "tree", entry?.oid ?? ""]];
  return findSettings({ kind: "plain", path: "plain", options }, trace, tree);
}

describe("what sets images in plain manifests", () => {
  it("is found in every kind, in lists, in custom resources and in releases of charts", async () => {
    const { settings, problems } = await found({ exclude: ["skipped/**"] });
    expect(settings.map(lineOf)).toEqual([
      "manifest quay.io/prometheus/prometheus quay.io/prometheus/prometheus:v3.0.0 | plain/custom.yaml:5",
      "manifest ghcr.io/acme/proxy ghcr.io/acme/proxy:1.0.0 | plain/custom.yaml:8",
      "manifest ghcr.io/acme/widget 1.0.0 | plain/custom.yaml:14",
      "manifest ghcr.io/stefanprodan/podinfo 6.5.0 | plain/releases.yaml:11",
      "helm-charts podinfo 6.5.0 | plain/releases.yaml:8",
      "manifest ghcr.io/acme/guestbook 2.0.0 | plain/releases.yaml:23",
      "helm-charts guestbook 1.2.3 | plain/releases.yaml:20",
      "manifest ghcr.io/acme/agent ghcr.io/acme/agent:1.10 | plain/workloads.yaml:9",
      "manifest ghcr.io/acme/one ghcr.io/acme/one@sha256:2… | plain/workloads.yaml:20",
      "manifest busybox busybox | plain/workloads.yaml:23",
    ]);
    expect(problems).toEqual([]);
  });

  it("says whose image it is", async () => {
    const { settings } = await found({});
    expect(settings.find(({ subject }) => subject.name === "busybox")).toMatchObject({
      resource: "Pod/one",
      container: "debug",
      document: 1,
      at: ["items", 0, "spec", "ephemeralContainers", 0],
    });
  });

  it("is looked for in the files that the engine takes", async () => {
    const files = async (options: PlainOptions) => [
      ...new Set((await found(options)).settings.map(({ file }) => file.slice("plain/".length))),
    ];
    expect(await files({})).toEqual(["custom.yaml", "releases.yaml", "skipped/later.yaml", "workloads.yaml"]);
    expect(await files({ recurse: false })).toEqual(["custom.yaml", "releases.yaml", "workloads.yaml"]);
    expect(await files({ include: ["{custom,work*}.yaml", "**/later.*"], exclude: ["custom.*"] })).toEqual([
      "skipped/later.yaml",
      "workloads.yaml",
    ]);
  });
});
