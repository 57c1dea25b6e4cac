import {
  type ImageChange,
  type RandomValue,
  type ReplicaChange,
  type ResourceChange,
  SEVERITIES,
  type SecretUse,
} from "../model/preview.ts";
import type { Resource } from "../model/render.ts";
import { alignLists } from "./align.ts";
import { chartVersions } from "./chart-version.ts";
import type { DeployHandling } from "./controllers/deploy-handling.ts";
import { hookOf } from "./controllers/marks.ts";
import { isReleased } from "./deletion-protected.ts";
import { type FieldFacts, fieldFacts } from "./fields.ts";
import { definedTwice } from "./findings/defined-twice.ts";
import { checkPair, ruleOrder, type TargetFinding } from "./findings/index.ts";
import { movedAndRenamed } from "./findings/moved.ts";
import { followNames, identifiedAs, renamed } from "./generated-names.ts";
import { hideNoise, type IgnoreRule } from "./ignore.ts";
import { imageChanges, replicaChanges } from "./images.ts";
import { type Item, toItem, toItems } from "./item.ts";
import { type FingerprintKey, maskSecrets, maskText } from "./mask.ts";
import { matchItems, type Pair } from "./match.ts";
import { isWorkload, podSpecs } from "./pods.ts";
import { steady } from "./random.ts";
import { byRisk } from "./risk.ts";
import { secretUse } from "./secret-use.ts";
import { type UnifiedDiff, unifiedYaml, wholeYaml } from "./unified.ts";
import { at, equal, type Value, type ValueObject } from "./value.ts";
import { emitYaml } from "./yaml.ts";

/** The two renders of one target. A side is `undefined` when the target does not exist there. */
export interface CompareInput {
  readonly app: string;
  readonly environment: string;
  readonly base: readonly Resource[] | undefined;
  readonly head: readonly Resource[] | undefined;
  /** The same renders once more, several times: what differs between those of one side is random, and not compared. */
  readonly again?: {
    readonly base: readonly (readonly Resource[])[];
    readonly head: readonly (readonly Resource[])[];
  };
  /** How it is deployed, as far as that is known. */
  readonly handling?: DeployHandling;
  readonly ignore: readonly IgnoreRule[];
  /** Keys the fingerprints that stand for values of Secrets. */
  readonly fingerprintKey: FingerprintKey;
  /** Values of Secrets that controllers put into the renders: hidden wherever they stand. */
  readonly secrets?: readonly string[];
}

/** How the two renders of one target differ. It holds no value of a Secret. */
export interface TargetComparison {
  /** The riskiest first. */
  readonly changes: readonly ResourceChange[];
  readonly images: readonly ImageChange[];
  readonly replicas: readonly ReplicaChange[];
  /** Workloads that restart only because a hash-suffixed name they use changed. */
  readonly restarts: number;
  /** Workloads whose pods are replaced, those of `restarts` among them. */
  readonly rollouts: number;
  /**
   * Lines left out as noise: by the rules, by the order of lists that have none, by names that only follow a generated
   * one.
   */
  readonly hiddenLines: number;
  /** Those that the rules hide. */
  readonly ignoredLines: number;
  readonly random: readonly RandomValue[];
  /** The version of the chart before and after, where labels say that it changed. */
  readonly chart?: { readonly from: string; readonly to: string };
  /** Where one Secret is all that changes. */
  readonly secret?: SecretUse;
  /** Findings about what the head introduces, the gravest first; `target` and `pointer` say where, for `locate`. */
  readonly findings: readonly TargetFinding[];
}

/** The two sides of one object; a side is `undefined` where it is not there. */
export interface ObjectSides {
  readonly base: ValueObject | undefined;
  readonly head: ValueObject | undefined;
}

/** How one object differs between two sides, by the same rule; `undefined` where nothing does that shows. */
export function compareObjects(
  { base, head }: ObjectSides,
  fingerprintKey: FingerprintKey,
): ResourceChange | undefined {
  const input = { app: "", environment: "", base: undefined, head: undefined, ignore: [], fingerprintKey };
  const [before, after] = [base && toItem(base), head && toItem(head)];
  if (before && after) return comparePair({ how: "same", base: before, head: after }, new Map(), input).change;
  if (before) return whole(before, "removed", input).change;
  return after && whole(after, "added", input).change;
}

interface Compared {
  readonly change?: ResourceChange;
  readonly hiddenLines: number;
  readonly ignoredLines: number;
  readonly restarts: number;
  readonly rollouts: number;
}

/** Compares two renders of one target as data. Never throws on any JSON that the renders hold. */
export function compareTarget(input: CompareInput): TargetComparison {
  const base = steady(toItems(input.base ?? []), input.again?.base.map(toItems) ?? []);
  const head = steady(toItems(input.head ?? []), input.again?.head.map(toItems) ?? []);
  const pairs = matchItems(base.items, head.items);
  const names = generatedNames(pairs);
  const compared = pairs.map((pair) => comparePair(pair, names, input));
  const findings = [
    ...pairs.flatMap((pair) => checkPair(pair, input)),
    ...definedTwice(base.items, head.items, input),
    ...movedAndRenamed(pairs, input),
  ].sort(bySeverity);
  const chart = chartVersions(pairs);
  const told = (text: string): string => maskText(text, input.fingerprintKey, input.secrets);
  const changes = compared.flatMap(({ change }) => (change === undefined ? [] : [change]));
  const secret = secretUse(changes, pairs, head.items);
  return {
    changes: byRisk(changes, findings),
    images: pairs
      .flatMap((pair) => imageChanges(pair.base, pair.head))
      .map((one) => ({ ...one, from: told(one.from), to: told(one.to) })),
    replicas: pairs.flatMap((pair) => replicaChanges(pair.base, pair.head)),
    restarts: compared.reduce((sum, one) => sum + one.restarts, 0),
    rollouts: compared.reduce((sum, one) => sum + one.rollouts, 0),
    hiddenLines: compared.reduce((sum, one) => sum + one.hiddenLines, 0),
    ignoredLines: compared.reduce((sum, one) => sum + one.ignoredLines, 0),
    random: input.head === undefined ? base.random : head.random,
    ...(chart === undefined ? {} : { chart: { from: told(chart.from), to: told(chart.to) } }),
    ...(secret === undefined ? {} : { secret }),
    findings,
  };
}

/** The gravest first, and of one severity in the order of the table of rules. */
function bySeverity(a: TargetFinding, b: TargetFinding): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || ruleOrder(a.id) - ruleOrder(b.id);
}

/** What became of generated names, by the old ones, where all agree. */
function generatedNames(pairs: readonly Pair[]): ReadonlyMap<string, string> {
  const names = pairs.flatMap(({ how, base, head }) => (how === "generated" ? [[base.id.name, head.id.name]] : []));
  const byName = Map.groupBy(names, ([old = ""]) => old);
  return new Map(
    [...byName].flatMap(([old, own]) => {
      const fresh = [...new Set(own.map(([, name = ""]) => name))];
      return fresh.length > 1 ? [] : fresh.map((name) => [old, name] as const);
    }),
  );
}

function comparePair(pair: Pair, names: ReadonlyMap<string, string>, input: CompareInput): Compared {
  switch (pair.how) {
    case "added":
      return whole(pair.head, "added", input);
    case "removed":
      return whole(pair.base, "removed", input);
    case "same":
    case "generated":
    case "renamed":
      return compareVersions(pair, names, input);
    default:
      return pair satisfies never;
  }
}

function whole(item: Item, action: "added" | "removed", input: CompareInput): Compared {
  const yaml = emitYaml(maskSecrets(item.object, input.fingerprintKey, input.secrets));
  const diff = wholeYaml(yaml, action === "added" ? "+" : "-");
  const stays = action === "removed" && (input.handling?.prunes === false || isReleased(item.object));
  const change = { ...toChange(item, action, diff), ...(stays ? { orphaned: true as const } : {}) };
  return { change, hiddenLines: 0, ignoredLines: 0, restarts: 0, rollouts: 0 };
}

function compareVersions(
  { base, head, how, copy }: Extract<Pair, { how: "same" | "generated" | "renamed" }>,
  names: ReadonlyMap<string, string>,
  input: CompareInput,
): Compared {
  const headObject = maskSecrets(head.object, input.fingerprintKey, input.secrets);
  const masked = maskSecrets(base.object, input.fingerprintKey, input.secrets);
  const named = how === "generated" ? renamed(masked, head.id.name) : masked;
  const followed = followNames(named, headObject, names);
  const aligned = alignLists(followed.base, headObject);
  const quiet = hideNoise(aligned.base, headObject, head.id, input.ignore);
  const asItWas = aligned.moved === 0 ? quiet.base : hideNoise(followed.base, headObject, head.id, input.ignore).base;
  const rollouts = how === "same" && isWorkload(head) && !equal(podTemplate(asItWas), podTemplate(headObject)) ? 1 : 0;
  const orderOnly = equal(quiet.base, headObject);
  const moved = orderOnly && rollouts > 0 ? 0 : aligned.moved;
  const hidden = { hiddenLines: quiet.hiddenLines + moved, ignoredLines: quiet.hiddenLines };
  if (how === "same" && orderOnly && rollouts === 0) return unchanged(head, followed.references, hidden);
  const diff = unifiedYaml(emitYaml(orderOnly ? asItWas : quiet.base), emitYaml(headObject));
  const change = {
    ...toChange(head, how === "same" ? "changed" : "renamed", diff),
    ...(how === "same" ? fieldFacts(quiet.base, headObject) : renameFacts(quiet.base, head, headObject)),
    ...(copy === true ? { copies: true } : {}),
  };
  return { change: how === "same" ? change : { ...change, from: base.id }, ...hidden, restarts: 0, rollouts };
}

function podTemplate(object: ValueObject): Value | undefined {
  return at(object, "spec", "template");
}

/** What changes besides the identity: nothing is said to be nothing. */
function renameFacts(base: ValueObject, head: Item, headObject: ValueObject): FieldFacts {
  const identified = identifiedAs(base, head);
  if (equal(identified, headObject)) return { fields: [] };
  const { labelsOnly: _, ...facts } = fieldFacts(identified, headObject);
  return facts;
}

function unchanged(
  item: Item,
  references: number,
  { hiddenLines, ignoredLines }: Pick<Compared, "hiddenLines" | "ignoredLines">,
): Compared {
  const restarts = references > 0 && podSpecs(item.object).length > 0;
  return {
    hiddenLines: hiddenLines + (restarts ? 0 : references),
    ignoredLines,
    restarts: restarts ? 1 : 0,
    rollouts: restarts ? 1 : 0,
  };
}

function toChange(item: Item, action: ResourceChange["action"], diff: UnifiedDiff): ResourceChange {
  const hook = hookOf(item.object);
  return {
    ...item.id,
    action,
    ...(hook === undefined ? {} : { hook }),
    addedLines: diff.addedLines,
    removedLines: diff.removedLines,
    diff: diff.text,
    ...(diff.excerpts.length === 0 ? {} : { longLines: diff.excerpts.map(({ lines: _, ...line }) => line) }),
  };
}
