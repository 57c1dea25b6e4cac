import type { Preview, ResourceChange, Severity } from "../../model/preview.ts";
import { byContent } from "../generated-names.ts";
import { riskOf, severityByResource, severityOf } from "../risk.ts";
import { type EnvironmentOrder, environmentOrder } from "./environments.ts";
import { targetName } from "./phrases.ts";

/** One resource of one target in a group of equal changes. */
export interface Member {
  readonly target: string;
  readonly app: string;
  readonly environment: string;
  readonly name: string;
  readonly namespace: string;
}

/** One change, and everywhere the very same lines change. */
export interface ChangeGroup {
  /** The change as the first member has it. */
  readonly change: ResourceChange;
  readonly members: readonly Member[];
  readonly severity: Severity | undefined;
  /** Whole resources of one place that come or go together; `change` holds all their diffs. */
  readonly combined?: readonly ResourceChange[];
}

interface Growing {
  change: ResourceChange;
  members: Member[];
  severity: Severity | undefined;
  risk: number;
}

/**
 * The changes of all targets, equal ones as one, the riskiest first. Two changes are equal when they add and remove the
 * same lines at the same paths; the namespace of a whole resource, and its environment's name in labels, do not count.
 */
export function foldChanges(preview: Preview): readonly ChangeGroup[] {
  const groups = collect(preview);
  const order = environmentOrder(preview);
  const place = ({ members }: Growing) => inOrder(members, order)[0]?.environment ?? "";
  const sorted = [...groups].sort((a, b) => weight(b) - weight(a) || order(place(a), place(b)));
  const folded = sorted.map(({ change, members, severity }) => {
    const names = new Set(members.map(({ name }) => name));
    const [first] = members;
    const diff = names.size > 1 && first !== undefined ? anonymous(change.diff, first.name, first.app) : change.diff;
    return { change: { ...change, diff }, members: inOrder(members, order), severity };
  });
  return combineWhole(folded);
}

/** Fewer lines are shown one resource after the other. */
const minCombined = 20;
/** More does not fit a page. */
const maxCombined = 20_000;

/** What comes or goes whole, several resources of one place and nothing to say about any: one block for all. */
function combineWhole(groups: readonly ChangeGroup[]): readonly ChangeGroup[] {
  const whole = groups.filter(
    ({ change, members, severity }) =>
      (change.action === "added" || change.action === "removed") && members.length === 1 && severity === undefined,
  );
  const combined = new Map<ChangeGroup, ChangeGroup | undefined>();
  for (const group of Map.groupBy(whole, ({ change, members }) => `${change.action}\n${members[0]?.target}`).values()) {
    const joined = join(group);
    if (joined !== undefined)
      for (const [index, one] of group.entries()) combined.set(one, index === 0 ? joined : undefined);
  }
  return groups.flatMap((group) => {
    if (!combined.has(group)) return [group];
    const joined = combined.get(group);
    return joined === undefined ? [] : [joined];
  });
}

function join(groups: readonly ChangeGroup[]): ChangeGroup | undefined {
  const changes = groups.map(({ change }) => change);
  const [first] = changes;
  const sum = (key: "addedLines" | "removedLines") => changes.reduce((total, change) => total + change[key], 0);
  const size = changes.reduce((total, { diff }) => total + diff.length, 0);
  if (
    first === undefined ||
    changes.length < 2 ||
    sum("addedLines") + sum("removedLines") <= minCombined ||
    size > maxCombined
  )
    return undefined;
  const diff = changes.map((change) => change.diff).join(first.action === "added" ? "\n+---\n" : "\n----\n");
  const change = { ...first, diff, addedLines: sum("addedLines"), removedLines: sum("removedLines") };
  return { change, members: groups.flatMap(({ members }) => members), severity: undefined, combined: changes };
}

function inOrder(members: readonly Member[], order: EnvironmentOrder): readonly Member[] {
  return members.length < 2 ? members : members.toSorted((a, b) => order(a.environment, b.environment));
}

/** A change in many targets is worth an earlier place among those of like risk: one diff tells of them all. */
function weight({ change, risk, members }: Growing): number {
  if (change.labelsOnly === true) return 0;
  return risk + Math.min(90, 10 * Math.log2(members.length));
}

function collect(preview: Preview): readonly Growing[] {
  const findings = Map.groupBy(preview.findings, targetName);
  const signatures = new Map<string, string>();
  const groups = new Map<string, Growing>();
  for (const target of preview.targets) {
    const name = targetName(target);
    const bySeverity = severityByResource(findings.get(name) ?? []);
    for (const original of target.changes) {
      const severity = severityOf(original, bySeverity);
      const change = byContent(original);
      const member = {
        target: name,
        app: target.app,
        environment: target.environment,
        name: change.name,
        namespace: change.namespace,
      };
      add(groups, keyOf(change, target, signatures), member, change, severity);
    }
  }
  return [...groups.values()];
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

function keyOf(
  change: ResourceChange,
  { app, environment }: { readonly app: string; readonly environment: string },
  signatures: Map<string, string>,
): string {
  const about = `${app}\n${environment}\n${change.name}\n${change.diff}`;
  const known = signatures.get(about);
  const diff = withoutEnvironment(change, environment);
  const signature = known ?? changedLines(anonymous(diff, change.name, app));
  if (known === undefined) signatures.set(about, signature);
  const { apiVersion, kind, action, labelsOnly, copies } = change;
  return [apiVersion, kind, action, labelsOnly === true, copies === true, signature].join("\n");
}

/** A path goes through a container that has its app's or its resource's name: that is the same place in every app. */
function anonymous(diff: string, name: string, app: string): string {
  return diff.replaceAll(/^@@ .* @@$/gm, (header) =>
    header.replaceAll(`[${name}]`, "[…]").replaceAll(`[${app}]`, "[…]"),
  );
}

/**
 * A whole resource without what each environment has its own of: the line that says its namespace, and the
 * environment's name as a word of a label or annotation (`environment: prod`, `app.kubernetes.io/instance: shop-prod`).
 * In YAML of ours metadata come before what else may have a line with a namespace. The line may be the last one.
 */
function withoutEnvironment({ action, namespace, diff }: ResourceChange, environment: string): string {
  if (action !== "added" && action !== "removed") return diff;
  const plain = namespace === "" ? diff : diff.replace(/\n[-+] {2}namespace: [^\n]*/, "");
  if (environment === "") return plain;
  const unnamed = (lines: string) => withoutWord(lines, environment);
  return plain.replaceAll(labelMaps, unnamed).replaceAll(/^[-+] +[\w.-]+\/[\w.-]+: .*$/gm, unnamed);
}

/** Maps of labels with their lines, at any depth. */
const labelMaps = /^([-+] *)(?:labels|matchLabels|selector):$(?:\n\1 {2}.*)*/gm;

/** Lines with `word` out of their values. */
function withoutWord(lines: string, word: string): string {
  return lines.replaceAll(/^([-+] +[\w./-]+: )(.*)$/gm, (_, key: string, value: string) => {
    const words = value.split(/(?<![a-z0-9])(?=[a-z0-9])|(?<=[a-z0-9])(?![a-z0-9])/i);
    return `${key}${words.map((one) => (one === word ? "…" : one)).join("")}`;
  });
}

function changedLines(diff: string): string {
  return diff
    .split("\n")
    .filter((line) => !line.startsWith(" "))
    .join("\n");
}
