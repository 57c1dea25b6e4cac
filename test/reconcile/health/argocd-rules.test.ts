import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { rulesOfArgoCD } from "../../../src/reconcile/health/argocd-rules.ts";

const configMap = (data: JsonObject): JsonObject => ({ apiVersion: "v1", kind: "ConfigMap", data });

describe("the health rules of an argocd-cm", () => {
  it("are those of its keys by group and kind, and of core kinds", () => {
    const data = {
      "resource.customizations.health.cert-manager.io_Certificate": "return hs",
      "resource.customizations.health.PersistentVolumeClaim": "return pvc",
      "resource.customizations.health.all": "return all",
      "resource.customizations.actions.apps_Deployment": "no health",
      "resource.customizations.health.empty.io_Thing": "",
      url: "https://argocd.example.com",
    };
    expect(rulesOfArgoCD(configMap(data))).toEqual({
      rules: [
        { group: "cert-manager.io", kind: "Certificate", lua: "return hs" },
        { group: "", kind: "PersistentVolumeClaim", lua: "return pvc" },
        { group: "*", kind: "*", lua: "return all" },
      ],
    });
  });

  it("are those of its map too, with wildcards, after the keys", () => {
    const map = [
      '"*.aws.crossplane.io/*":',
      "  health.lua: return wild",
      "apps/Deployment:",
      "  health.lua: return map",
      "  ignoreDifferences: 'x'",
      "Service:",
      "  actions: y",
      "",
    ].join("\n");
    const data = {
      "resource.customizations": map,
      "resource.customizations.health.apps_Deployment": "return key",
    };
    expect(rulesOfArgoCD(configMap(data))).toEqual({
      rules: [
        { group: "apps", kind: "Deployment", lua: "return key" },
        { group: "*.aws.crossplane.io", kind: "*", lua: "return wild" },
        { group: "apps", kind: "Deployment", lua: "return map" },
      ],
    });
  });

  it.each(["[1, 2]", "a: [", "just words", "apps/Deployment: {health.lua: 7}", "a: 1\n---\nb: 2"])(
    "are told to be broken in a map such as %j, and the keys stay",
    (map) => {
      const data = { "resource.customizations": map, "resource.customizations.health.Pod": "return pod" };
      expect(rulesOfArgoCD(configMap(data))).toEqual({
        rules: [{ group: "", kind: "Pod", lua: "return pod" }],
        problem: "resource.customizations is no map of kinds to their scripts",
      });
    },
  );

  it("are none where there are none", () => {
    expect(rulesOfArgoCD({})).toEqual({ rules: [] });
    expect(rulesOfArgoCD(configMap({ "resource.customizations": "" }))).toEqual({ rules: [] });
  });
});
