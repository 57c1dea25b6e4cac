import type { Finding, ResourceChange, Severity } from "../model/preview.ts";
import { resourceLabel } from "./item.ts";

const severityWeight: Readonly<Record<Severity, number>> = { danger: 3000, warning: 2000, notice: 1000 };
const actionWeight: Readonly<Record<ResourceChange["action"], number>> = {
  removed: 400,
  renamed: 300,
  changed: 200,
  added: 100,
};

/** Kinds that hold data, open doors or run code weigh more than others. */
const kindWeight: Readonly<Record<string, number>> = {
  Namespace: 90,
  CustomResourceDefinition: 90,
  PersistentVolume: 90,
  PersistentVolumeClaim: 90,
  StatefulSet: 80,
  Secret: 70,
  ClusterRoleBinding: 65,
  ClusterRole: 65,
  RoleBinding: 60,
  Role: 60,
  NetworkPolicy: 60,
  Deployment: 50,
  DaemonSet: 50,
  CronJob: 45,
  Job: 45,
  Ingress: 40,
  Service: 40,
};

/** How closely a reviewer should look at a change, given the gravest finding about it: higher is riskier. */
export function riskOf(change: ResourceChange, severity: Severity | undefined): number {
  const finding = severity === undefined ? 0 : severityWeight[severity];
  const kind = Object.hasOwn(kindWeight, change.kind) ? (kindWeight[change.kind] ?? 0) : 10;
  return finding + actionWeight[change.action] + kind;
}

/** The gravest severity by resource label. */
export function severityByResource(findings: readonly Finding[]): ReadonlyMap<string, Severity> {
  const gravest = new Map<string, Severity>();
  for (const { resource, severity } of findings) {
    const known = gravest.get(resource);
    if (known === undefined || severityWeight[severity] > severityWeight[known]) gravest.set(resource, severity);
  }
  return gravest;
}

/** The gravest finding about a change, under its name or the one it had. */
export function severityOf(change: ResourceChange, byResource: ReadonlyMap<string, Severity>): Severity | undefined {
  const now = byResource.get(resourceLabel(change));
  const before = change.from === undefined ? undefined : byResource.get(resourceLabel(change.from));
  if (now === undefined || before === undefined) return now ?? before;
  return severityWeight[now] >= severityWeight[before] ? now : before;
}

/** The changes of one target, the riskiest first; equal risks keep their order. */
export function byRisk(changes: readonly ResourceChange[], findings: readonly Finding[]): readonly ResourceChange[] {
  const byResource = severityByResource(findings);
  const scored = changes.map((change) => ({ change, risk: riskOf(change, severityOf(change, byResource)) }));
  return scored.sort((a, b) => b.risk - a.risk).map(({ change }) => change);
}
