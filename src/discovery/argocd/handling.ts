import type { Handling } from "../../model/declaration.ts";
import type { Application } from "./schema.ts";

/** What Argo CD does with an Application: only what `automated` says, and nothing where it is told to skip it. */
export function handlingOf({ metadata, spec }: Application): Handling {
  const { automated, syncOptions = [] } = spec.syncPolicy ?? {};
  const isAutomated = Boolean(automated) && automated?.enabled !== false;
  const skipped = metadata.annotations?.["argocd.argoproj.io/skip-reconcile"] === "true";
  return {
    ...(skipped && { suspended: true }),
    automated: isAutomated,
    ...(isAutomated && { prune: automated?.prune === true, selfHeal: automated?.selfHeal === true }),
    ...(syncOptions.length > 0 && { syncOptions }),
  };
}
