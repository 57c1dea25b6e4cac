import { z } from "zod";
import type { HealthRule } from "../../model/health.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import { yamlValues } from "../../model/yaml-values.ts";

/** Health rules that were read, and what could not be. */
export interface ArgoRules {
  readonly rules: readonly HealthRule[];
  readonly problem?: string;
}

const mapKey = "resource.customizations";
const healthKey = `${mapKey}.health.`;
const customizations = z.record(z.string(), z.object({ "health.lua": z.string().optional() }).nullish()).nullish();

/**
 * The health scripts of an `argocd-cm` ConfigMap: those of `resource.customizations.health.<group>_<kind>`, and those
 * of `resource.customizations`, whose keys may have wildcards. `useOpenLibs` is not looked at: no script is given
 * libraries that read files or run programs.
 */
export function rulesOfArgoCD(configMap: JsonObject): ArgoRules {
  const data = isJsonObject(configMap.data) ? configMap.data : {};
  const own = Object.entries(data).flatMap(([key, lua]) =>
    key.startsWith(healthKey) && typeof lua === "string" && lua !== ""
      ? [{ ...targetOf(key.slice(healthKey.length).replace("_", "/")), lua }]
      : [],
  );
  const map = data[mapKey];
  const parsed = customizations.safeParse(typeof map === "string" ? yamlValues(map)[0] : undefined);
  if (!parsed.success || (typeof map === "string" && isBroken(map)))
    return { rules: own, problem: `${mapKey} is no map of kinds to their scripts` };
  const others = Object.entries(parsed.data ?? {}).flatMap(([key, value]) => {
    const lua = value?.["health.lua"];
    return lua === undefined || lua === "" ? [] : [{ ...targetOf(key), lua }];
  });
  return { rules: [...own, ...others] };
}

function isBroken(text: string): boolean {
  const values = yamlValues(text);
  return text.trim() !== "" && (values.length !== 1 || values[0] === undefined);
}

/** `group/kind`, or a core kind alone. A lone wildcard is every kind, as Argo CD's own patterns have it. */
function targetOf(key: string): { group: string; kind: string } {
  if (key === "*" || key === "all") return { group: "*", kind: "*" };
  const slash = key.lastIndexOf("/");
  return { group: slash < 0 ? "" : key.slice(0, slash), kind: key.slice(slash + 1) };
}
