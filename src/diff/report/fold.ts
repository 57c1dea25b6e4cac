import type { Preview, ResourceChange, Severity } from "../../model/preview.ts";
import { hashSuffix } from "../generated-names.ts";
import { resourceLabel } from "../item.ts";
import { riskOf, severityByResource, severityOf } from "../risk.ts";
import { targetName } from "./phrases.ts";

/** One resource of one target in a group of equal changes. */
export interface Member {
  readonly target: string;
  readonly label: string;
  readonly namespace: string;
  /** The name without what tells environments and contents apart: the environment's own name, a content hash. */
  readonly stem: string;
}

/** One change, and everywhere the very same lines change. */
export interface ChangeGroup {
  /** The change as the first member has it. */
  readonly change: ResourceChange;
  readonly members: readonly Member[];
  readonly severity: Severity | undefined;
  /** Targets in which a resource of the same kind and name changes in another way. */
  readonly differing: readonly string[];
}

interface Growing {
  change: ResourceChange;
  members: Member[];
  severity: Severity | undefined;
  risk: number;
}

/**
 * The changes of all targets, equal ones as one, the riskiest first. Two changes are equal when they add and remove the
 * same lines at the same paths; the namespace of a whole resource does not count.
 */
export function foldChanges(preview: Preview): readonly ChangeGroup[] {
  const groups = collect(preview);
  const sorted = [...groups].sort((a, b) => weight(b) - weight(a));
  const differing = differingTargets(sorted);
  return sorted.map(({ change, members, severity }, index) => ({
    change,
    members,
    severity,
    differing: differing[index] ?? [],
  }));
}

/** A change in many targets is worth an earlier place among those of like risk: one diff tells of them all. */
function weight({ risk, members }: Growing): number {
  return risk + Math.min(90, 10 * Math.log2(members.length));
}

function collect(preview: Preview): readonly Growing[] {
  const findings = Map.groupBy(preview.findings, targetName);
  const signatures = new Map<string, string>();
  const groups = new Map<string, Growing>();
  for (const target of preview.targets) {
    const name = targetName(target);
    const bySeverity = severityByResource(findings.get(name) ?? []);
    for (const change of target.changes) {
      const severity = severityOf(change, bySeverity);
      const member = {
        target: name,
        label: resourceLabel(change),
        namespace: change.namespace,
        stem: stemOf(change, target.environment),
      };
      add(groups, keyOf(change, signatures), member, change, severity);
    }
  }
  return [...groups.values()];
}

function stemOf({ kind, name }: ResourceChange, environment: string): string {
  const hashless = kind === "ConfigMap" || kind === "Secret" ? name.replace(hashSuffix, "") : name;
  return environment === "" ? hashless : hashless.replaceAll(environment, "*");
}

function add(
  groups: Map<string, Growing>,
  key: string,
  member: Member,
  change: ResourceChange,
  severity: Severity | undefined,
): void {
  const risk = riskOf(change, severity);
  const group = groups.get(key);
  if (group === undefined) {
    groups.set(key, { change, members: [member], severity, risk });
    return;
  }
  group.members.push(member);
  if (risk > group.risk) {
    group.risk = risk;
    group.severity = severity;
  }
}

function keyOf(change: ResourceChange, signatures: Map<string, string>): string {
  const known = signatures.get(change.diff);
  const signature = known ?? changedLines(withoutNamespace(change));
  if (known === undefined) signatures.set(change.diff, signature);
  return [change.apiVersion, change.kind, change.action, signature].join("\n");
}

/**
 * A whole resource without the line that says its namespace, which each environment has its own of. In YAML of ours
 * metadata come before what else may have such a line.
 */
function withoutNamespace({ action, namespace, diff }: ResourceChange): string {
  if (namespace === "" || (action !== "added" && action !== "removed")) return diff;
  return diff.replace(/^[-+] {2}namespace: .*\n/m, "");
}

function changedLines(diff: string): string {
  return diff
    .split("\n")
    .filter((line) => !line.startsWith(" "))
    .join("\n");
}

/** For groups that stand in several targets: where else a resource of that kind and stem changes, but differently. */
function differingTargets(groups: readonly Growing[]): readonly (readonly string[])[] {
  const byStem = new Map<string, Set<string>>();
  const keysOf = ({ change, members }: Growing) => new Set(members.map(({ stem }) => `${change.kind}\n${stem}`));
  for (const { change, members } of groups) {
    for (const { target, stem } of members) {
      const key = `${change.kind}\n${stem}`;
      const targets = byStem.get(key) ?? new Set();
      byStem.set(key, targets.add(target));
    }
  }
  return groups.map((group) => {
    const [key, ...others] = keysOf(group);
    if (group.members.length < 2 || key === undefined || others.length > 0) return [];
    const own = new Set(group.members.map(({ target }) => target));
    return [...(byStem.get(key) ?? [])].filter((target) => !own.has(target));
  });
}
