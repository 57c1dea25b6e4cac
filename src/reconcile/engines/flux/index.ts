import { UserError } from "../../../model/errors.ts";
import type { ControllerWork } from "../controller/environment.ts";
import type { DeployEngine } from "../engine.ts";

/** Which object of Flux deploys a target; `object` and `namespace` may hold placeholders. */
export interface FluxSettings {
  readonly kind: "Kustomization" | "HelmRelease";
  readonly object: string;
  readonly namespace: string;
}

/** Has Flux deploy targets: pokes the object of each, and says what Flux says of it. */
export function fluxEngine(_work: ControllerWork, _settings: FluxSettings): DeployEngine {
  return {
    async step({ environment }) {
      throw new UserError("config", `Sluice cannot deploy ${environment} with \`flux\` yet`, {
        fix: "Use one of `apply`, `hydrate`; the changelog says when it can.",
      });
    },
  };
}
