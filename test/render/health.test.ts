import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Health, HealthRule } from "../../src/model/health.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { LiveObject } from "../../src/model/kube.ts";
import { createRenderer, type EngineRenderer } from "../../src/render/renderer.ts";
import { tempDir } from "../support/temp-git.ts";
import { misbehavingEngine, patient, realEngine } from "./support/engines.ts";

function live(apiVersion: string, kind: string, rest: JsonObject = {}): LiveObject {
  return { object: { apiVersion, kind, metadata: { name: "it", namespace: "prod" }, ...rest } };
}

function judgeOn(engine: EngineRenderer) {
  return (objects: readonly LiveObject[], rules: readonly HealthRule[] = []): Promise<readonly Health[]> =>
    engine.health(objects, rules, AbortSignal.timeout(600_000));
}

describe("the health of live objects", () => {
  const engine = createRenderer({ binary: realEngine(), limits: patient, workers: 1 });
  const judge = judgeOn(engine);
  afterAll(() => engine.close());

  it("is told for each object, in their order, with the rule that decided", async () => {
    const answers = await judge([
      live("v1", "ConfigMap"),
      live("apps/v1", "Deployment", { spec: { replicas: 3 }, status: { replicas: 1 } }),
      live("batch/v1", "Job", { status: { startTime: "2026-01-01T00:00:00Z", active: 1 } }),
      live("example.com/v1", "Widget", {
        status: { conditions: [{ type: "Stalled", status: "True", message: "no" }] },
      }),
    ]);
    expect(answers).toEqual([
      { status: "healthy", message: "Resource is always ready", rule: "kstatus" },
      { status: "progressing", message: "Replicas: 1/3", rule: "kstatus" },
      { status: "progressing", message: "Job in progress. success: 0, active: 1, failed: 0", rule: "core" },
      { status: "degraded", message: "no", rule: "kstatus" },
    ]);
  });

  it("is told by Argo CD's scripts, of Argo Rollouts too", async () => {
    const rollout = (status: JsonObject): LiveObject => live("argoproj.io/v1alpha1", "Rollout", { spec: {}, status });
    const seen = { observedGeneration: "x" };
    const answers = await judge([
      rollout({ ...seen, phase: "Paused", message: "CanaryPauseStep" }),
      rollout({ ...seen, phase: "Degraded", message: "RolloutAborted: Rollout aborted update to revision 2" }),
      rollout({ ...seen, phase: "Healthy" }),
    ]);
    const rule = { rule: "argocd", name: "argoproj.io/Rollout" };
    expect(answers).toEqual([
      { status: "suspended", message: "CanaryPauseStep", ...rule },
      { status: "degraded", message: "RolloutAborted: Rollout aborted update to revision 2", ...rule },
      { status: "healthy", message: "", ...rule },
    ]);
  });

  it("is told by the repository's rules over all others, in Lua and in CEL", async () => {
    const rules: HealthRule[] = [
      { group: "apps", kind: "Deployment", lua: 'return {status = "Suspended", message = "as " .. obj.metadata.name}' },
      { group: "example.com", kind: "*", cel: { current: "status.ready", failed: "status.broken" } },
    ];
    const answers = await judge(
      [
        live("apps/v1", "Deployment"),
        live("example.com/v1", "Widget", { status: { ready: true, broken: false } }),
        live("example.com/v1", "Widget", { status: { ready: true, broken: true } }),
      ],
      rules,
    );
    expect(answers).toMatchObject([
      { status: "suspended", message: "as it", rule: "repository", name: "apps/Deployment" },
      { status: "healthy", rule: "repository", name: "example.com/*" },
      { status: "degraded", rule: "repository", name: "example.com/*" },
    ]);
  });

  it("is unknown where the rule fails, and nowhere else", async () => {
    const rules = [{ group: "example.com", kind: "Loop", lua: "while true do end" }];
    const answers = await judge(
      [live("v1", "ConfigMap"), live("example.com/v1", "Loop"), live("v1", "ConfigMap")],
      rules,
    );
    expect(answers.map(({ status }) => status)).toEqual(["healthy", "unknown", "healthy"]);
    expect(answers[1]?.message).toContain("it takes more than 500000 steps");
  });

  it("shows no rule what a Secret holds, nor who manages fields", async () => {
    const lua = `
      local seen = {}
      for key in pairs(obj) do table.insert(seen, key) end
      for key in pairs(obj.metadata) do table.insert(seen, key) end
      for key in pairs(obj.metadata.annotations) do table.insert(seen, key) end
      table.sort(seen)
      return {status = "Healthy", message = table.concat(seen, " ")}`;
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "hunter2", team: "a" };
    const metadata = { name: "it", managedFields: [{ manager: "x" }], annotations };
    const secret = live("v1", "Secret", { metadata, data: { password: "aHVudGVyMg==" }, stringData: { a: "b" } });
    const config = live("v1", "ConfigMap", { metadata, data: { color: "blue" } });
    const answers = await judge([secret, config], [{ group: "", kind: "*", lua }]);
    expect(answers.map(({ message }) => message)).toEqual([
      "annotations apiVersion kind metadata name team",
      "annotations apiVersion data kind metadata name team",
    ]);
  });

  it("is told of more objects than one request takes, and of none", async () => {
    const objects = Array.from({ length: 2_001 }, (_, at) => live("v1", at % 2 === 0 ? "ConfigMap" : "Pod"));
    const answers = await judge(objects);
    expect(answers.map(({ status }) => status)).toEqual(
      objects.map((_, at) => (at % 2 === 0 ? "healthy" : "progressing")),
    );
    expect(await judge([])).toEqual([]);
  });

  it("is not told once nobody wants to know", async () => {
    await expect(engine.health([live("v1", "Pod")], [], AbortSignal.abort(new Error("enough")))).rejects.toThrow(
      "enough",
    );
  });
});

describe("objects that break the engine", () => {
  let folder: string;
  let engine: EngineRenderer;

  beforeEach(() => {
    folder = tempDir();
    engine = createRenderer({ binary: misbehavingEngine(folder), limits: patient, workers: 1 });
  });
  afterEach(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const statuses = async (...kinds: string[]): Promise<string[]> =>
    (await judgeOn(engine)(kinds.map((kind) => live("example.com/v1", kind)))).map(({ status }) => status);

  it("are unknown, and those before and after them keep their answers", async () => {
    expect(await statuses("Good", "Stuck", "Good", "Large", "Good")).toEqual([
      "healthy",
      "unknown",
      "healthy",
      "unknown",
      "healthy",
    ]);
  });

  it("are not blamed for the time that all of them took", async () => {
    expect(await statuses("Good", "Good", "Late", "Good")).toEqual(["healthy", "healthy", "unknown", "healthy"]);
  });

  it("are found where the process ended without a word", async () => {
    expect(await statuses("Good", "Good", "Crash", "Good")).toEqual(["healthy", "healthy", "unknown", "healthy"]);
  });

  it("cost only so many processes", async () => {
    const answers = await statuses(...Array.from({ length: 30 }, () => "Stuck"), "Good");
    expect(answers.every((status) => status === "unknown")).toBe(true);
  });
});
