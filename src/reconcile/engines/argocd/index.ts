import { UserError } from "../../../model/errors.ts";
import type { ControllerWork } from "../controller/environment.ts";
import type { DeployEngine } from "../engine.ts";

/** Which Application deploys a target; `application` and `namespace` may hold placeholders. */
export interface ArgocdSettings {
  readonly application: string;
  readonly namespace: string;
  /** Whether syncs that Sluice starts delete what Git no longer has. */
  readonly prune: boolean;
}

/** Has Argo CD deploy targets: pokes the Application of each, and says what Argo CD says of it. */
export function argocdEngine(_work: ControllerWork, _settings: ArgocdSettings): DeployEngine {
  return {
    async step({ environment }) {
      throw new UserError("config", `Sluice cannot deploy ${environment} with \`argocd\` yet`, {
        fix: "Use one of `apply`, `hydrate`; the changelog says when it can.",
      });
    },
  };
}
