import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { UserError } from "../../model/errors.ts";
import type { PromotionPair } from "../resolve.ts";

/**
 * A rollback is a promotion of a target from its own past: the source is the target itself, read at an older commit.
 * `apps` in the order of the configuration; one without a target there is a `not-found` UserError.
 */
export function rollbackPairs(
  context: RepositoryContext,
  environment: string,
  apps: readonly string[],
): readonly PromotionPair[] {
  const there = context.targets.targets.filter((target) => target.environment === environment);
  const missing = apps.find((app) => !there.some((target) => target.app === app));
  if (missing !== undefined) {
    const known = there.slice(0, 20).map(({ app }) => `\`${app}\``);
    throw new UserError("not-found", `\`${missing}\` has no target in \`${environment}\``, {
      fix: `the apps there are ${known.join(", ")}`,
    });
  }
  return there
    .filter(({ app }) => apps.includes(app))
    .map((target) => ({
      app: target.app,
      source: target,
      target,
      settings: settingsFor(context.config, target.app, environment).promote,
    }));
}
