import type { OperationReport } from "../../model/deploy.ts";
import type { DeployGroup } from "./groups.ts";

/** Those that others depend on first. Of a circle, in which all wait for each other, in any order. */
export function inOrder(groups: readonly DeployGroup[]): readonly DeployGroup[] {
  const left = new Set(groups);
  const ordered: DeployGroup[] = [];
  while (left.size > 0) {
    const waitedFor = (group: DeployGroup) =>
      [...left].some(
        (other) => other !== group && other.targets.some(({ app }) => dependenciesOf(group).includes(app)),
      );
    const free = [...left].filter((group) => !waitedFor(group));
    for (const group of free.length > 0 ? free : left) {
      left.delete(group);
      ordered.push(group);
    }
  }
  return ordered;
}

/**
 * Whether everything that a group depends on is live, by the reports of this step. `wait`: it must not be deployed yet,
 * because of the reason; without one somebody else is at work there, and says it.
 */
export function readiness(
  group: DeployGroup,
  groups: readonly DeployGroup[],
  reports: readonly OperationReport[],
): { readonly kind: "ready" } | { readonly kind: "wait"; readonly reason?: string } {
  const states = new Map(reports.map(({ operation, status }) => [operation.app, status.state]));
  const deployed = new Set(groups.flatMap(({ targets }) => targets.map(({ app }) => app)));
  for (const app of dependenciesOf(group)) {
    const state = states.get(app);
    if (state === "live") continue;
    if (state === "failed") return { kind: "wait", reason: `it depends on ${app}, which failed` };
    if (state !== undefined) return { kind: "wait", reason: `it depends on ${app}, which is not live yet` };
    if (deployed.has(app)) return { kind: "wait" };
    return { kind: "wait", reason: `it depends on ${app}, which Sluice does not deploy here` };
  }
  return { kind: "ready" };
}

function dependenciesOf({ settings }: DeployGroup): readonly string[] {
  return settings.engine === "apply" ? settings.dependsOn : [];
}
