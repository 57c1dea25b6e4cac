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
  /** Resources of one place that come, go or get other names together; `change` holds all their diffs. */
  readonly combined?: readonly ResourceChange[];
  /** The one diff is that of each of `combined`. */
  readonly isAlike?: true;
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
  const all = combineWhole(folded);
  const different = differentGroup(all);
  return different === undefined ? all : [different, ...all.filter((group) => group !== different)];
}

/** The change of one place, where three places and more get another one, which is all there is besides. */
export function differentGroup(groups: readonly ChangeGroup[]): ChangeGroup | undefined {
  const [one, other, ...more] = groups.toSorted((a, b) => a.members.length - b.members.length);
  if (one === undefined || other === undefined || more.length > 0) return undefined;
  const alike = one.change.kind === other.change.kind && one.severity === other.severity;
  return alike && one.members.length === 1 && other.members.length >= 3 ? one : undefined;
}

/** Fewer lines are shown one resource after the other. */
const minCombined = 20;
/** More does not fit a page. */
const maxCombined = 20_000;

/** What is one block: several resources of one place that come or go whole, or get other names and nothing else. */
function combineWhole(groups: readonly ChangeGroup[]): readonly ChangeGroup[] {
  const single = groups.filter((group) => group.members.length === 1 && together(group) !== undefined);
  const combined = new Map<ChangeGroup, ChangeGroup | undefined>();
  for (const group of Map.groupBy(single, together).values()) {
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

/** What goes into one block has one of these; whole resources only where there is nothing to say about any. */
function together({ change, members, severity }: ChangeGroup): string | undefined {
  const [place] = members.map(({ target }) => target);
  if (change.action === "changed") return undefined;
  if (change.action === "renamed") return isOnlyRenamed(change) ? `renamed\n${place}\n${isMoved(change)}` : undefined;
  return severity === undefined ? `${change.action}\n${change.orphaned === true}\n${place}` : undefined;
}

function isOnlyRenamed({ action, from, fields, kind }: ResourceChange): boolean {
  return action === "renamed" && from?.kind === kind && fields?.length === 0;
}

/** To another namespace, under the same name. */
export function isMoved({ from, name, namespace }: ResourceChange): boolean {
  return from !== undefined && from.name === name && from.namespace !== namespace;
}

/** Those whose names are other ones, with their kinds in the headers; of those that move the one diff that all have. */
function joinRenamed(groups: readonly ChangeGroup[]): ChangeGroup | undefined {
  const changes = groups.map(({ change }) => change);
  const [first, ...others] = changes;
  if (first === undefined || others.length === 0) return undefined;
  const severity = groups.find((group) => group.severity !== undefined)?.severity;
  const members = groups.flatMap((group) => group.members);
  if (isMoved(first))
    return others.some(({ diff }) => diff !== first.diff)
      ? undefined
      : { change: first, members, severity, combined: changes, isAlike: true };
  const sum = (key: "addedLines" | "removedLines") => changes.reduce((total, change) => total + change[key], 0);
  const diff = changes.map(({ kind, diff: own }) => own.replaceAll(/^@@ /gm, `@@ ${kind} `)).join("\n");
  const change = { ...first, diff, addedLines: sum("addedLines"), removedLines: sum("removedLines") };
  return { change, members, severity, combined: changes };
}

function join(groups: readonly ChangeGroup[]): ChangeGroup | undefined {
  const changes = groups.map(({ change }) => change);
  const [first] = changes;
  if (first === undefined) return undefined;
  if (first.action === "renamed") return joinRenamed(groups);
  const sum = (key: "addedLines" | "removedLines") => changes.reduce((total, change) => total + change[key], 0);
  const size = changes.reduce((total, { diff }) => total + diff.length, 0);
  if (changes.length < 2 || sum("addedLines") + sum("removedLines") <= minCombined || size > maxCombined)
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
  const signature =
    signatures.get(about) ?? changedLines(anonymous(withoutEnvironment(change, environment), change.name, app));
  signatures.set(about, signature);
  const { apiVersion, kind, action, labelsOnly = false, copies = false, orphaned = false, hook } = change;
  return [apiVersion, kind, action, labelsOnly, copies, orphaned, hook?.phase ?? "", signature].join("\n");
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
