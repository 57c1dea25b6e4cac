import { UserError } from "../../model/errors.ts";
import type { HealthRule } from "../../model/health.ts";
import { isJsonObject, type Json } from "../../model/json.ts";
import type { Tree } from "../../model/tree.ts";
import { yamlValues } from "../../model/yaml-values.ts";
import { rulesOfArgoCD } from "../health/argocd-rules.ts";
import type { DeploySettings } from "./groups.ts";

type Settings = Pick<Extract<DeploySettings, { engine: "apply" }>, "health" | "argocdHealth">;

const maxBytes = 1024 * 1024;

/**
 * A repository's own rules for health: those of its configuration, then the scripts of the `argocd-cm` that this names.
 * Throws a `config` UserError when that cannot be read: without its rules a deploy would be judged by others.
 */
export async function healthRulesOf({ health, argocdHealth }: Settings, tree: Tree): Promise<readonly HealthRule[]> {
  const own = health.map(({ group, kind, ...cel }): HealthRule => ({ group, kind, cel }));
  if (argocdHealth === undefined) return own;
  const bytes = await tree.read(argocdHealth, maxBytes);
  if (bytes === undefined) throw unusable(argocdHealth, "there is no such file");
  const { rules, problem } = rulesOfArgoCD(configMapIn(new TextDecoder().decode(bytes), argocdHealth));
  if (problem !== undefined) throw unusable(argocdHealth, problem);
  return [...own, ...rules];
}

function configMapIn(text: string, file: string) {
  const values = yamlValues(text).map((value): Json => JSON.parse(JSON.stringify(value ?? null)));
  const found = values.find((value) => isJsonObject(value) && value.kind === "ConfigMap");
  if (found === undefined || !isJsonObject(found)) throw unusable(file, "it has no ConfigMap");
  return found;
}

function unusable(file: string, why: string): UserError {
  const fix = "Name a file with a ConfigMap such as `argocd-cm` in `deploy.argocdHealth`.";
  return new UserError("config", `the health scripts in ${file} cannot be used: ${why}`, { place: { file }, fix });
}
