import { afterAll, describe, expect, it } from "vitest";
import type { HealthRule } from "../../src/model/health.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { LiveObject } from "../../src/model/kube.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { patient, realEngine } from "./support/engines.ts";

const engine = createRenderer({ binary: realEngine(), limits: patient, workers: 1 });
const judge = (objects: readonly LiveObject[], rules: readonly HealthRule[] = []) =>
  engine.health(objects, rules, AbortSignal.timeout(600_000));

function live(apiVersion: string, kind: string, rest: JsonObject = {}): LiveObject {
  return { object: { apiVersion, kind, metadata: { name: "it", namespace: "prod" }, ...rest } };
}

describe("the health of live objects", () => {
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
});
