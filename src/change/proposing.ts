import { settingsFor } from "../config/index.ts";
import type { RepositoryContext } from "./repository-context.ts";

/** Names of the environments in which Sluice proposes the rollback of what it deployed and what failed. */
export function proposingEnvironments({
  config,
  targets,
}: Pick<RepositoryContext, "config" | "targets">): readonly string[] {
  const proposes = targets.targets.filter(({ app, environment }) => {
    const { deploy, rollback } = settingsFor(config, app, environment);
    return deploy !== undefined && rollback.propose;
  });
  return [...new Set(proposes.map(({ environment }) => environment))];
}
