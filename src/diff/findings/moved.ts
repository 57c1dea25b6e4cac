import { sentenceList } from "../../model/text/lists.ts";
import { inTicks } from "../../model/text/markdown.ts";
import { type DeployHandling, pruneText } from "../controllers/deploy-handling.ts";
import { isReleased } from "../deletion-protected.ts";
import { hashSuffix } from "../generated-names.ts";
import { type Item, resourceLabel } from "../item.ts";
import type { Pair } from "../match.ts";
import { type TargetFinding, toTargetFinding } from "./target-finding.ts";

/** Kinds of which each deletion is a finding of its own, and Jobs, whose names change with their versions. */
const toldElsewhere = new Set([
  "CustomResourceDefinition",
  "Job",
  "Namespace",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "StatefulSet",
]);

interface Target {
  readonly app: string;
  readonly environment: string;
  readonly handling?: DeployHandling | undefined;
}

interface Moved {
  readonly base: Item;
  readonly head: Item;
}

/**
 * A cluster knows neither renames nor moves: what gets another name or namespace is created, and the old one is deleted
 * where pruning is on. One finding for all that go the same way.
 */
export function movedAndRenamed(pairs: readonly Pair[], target: Target): readonly TargetFinding[] {
  const moved = pairs.filter((pair): pair is Pair & Moved => pair.how === "renamed" && !isReleased(pair.base.object));
  const leaving = moved.filter(
    ({ base, head }) =>
      base.id.kind === head.id.kind && base.id.namespace !== "" && base.id.namespace !== head.id.namespace,
  );
  const renamed = moved.filter(
    ({ base, head }) =>
      base.id.kind === head.id.kind &&
      base.id.namespace === head.id.namespace &&
      !toldElsewhere.has(head.id.kind) &&
      !isGenerated(base, head),
  );
  return [...leaves(leaving, target), ...renames(renamed, target)];
}

/** A ConfigMap or Secret that carries a content hash: whoever uses it gets the new name by itself. */
function isGenerated({ id: base }: Item, { id: head }: Item): boolean {
  return (
    (base.kind === "ConfigMap" || base.kind === "Secret") && (hashSuffix.test(base.name) || hashSuffix.test(head.name))
  );
}

function leaves(moved: readonly Moved[], target: Target): readonly TargetFinding[] {
  const groups = Map.groupBy(moved, ({ base, head }) => `${base.id.namespace}\n${head.id.namespace}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const [from, to] = [first.base.id.namespace, first.head.id.namespace];
    const one = group.length === 1;
    const { handling = {} } = target;
    const what = one ? "1 resource moves" : `${group.length} resources move`;
    const goal = to === "" ? "no namespace" : inTicks(to);
    const there = to === "" ? "without a namespace" : `in ${inTicks(to)}, over what is there`;
    return [
      placed(first, target, "leaves-namespace", "danger", {
        short: `{app} {leaves|leave} namespace ${inTicks(from)}`,
        message: `${what} from namespace ${inTicks(from)} to ${goal}{there}. ${one ? "It is" : "They are"} created ${there}. ${pruneText(handling, `${one ? "it is" : "they are"} deleted from ${inTicks(from)}`, `${one ? "it stays" : "they stay"} in ${inTicks(from)} too`)}`,
        fix: `set ${inTicks(`namespace: ${from}`)} again`,
      }),
    ];
  });
}

function renames(moved: readonly Moved[], target: Target): readonly TargetFinding[] {
  const groups = Map.groupBy(moved, ({ base, head }) => `${base.id.name}\n${head.id.name}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const kinds = [...new Set(group.map(({ head }) => head.id.kind))];
    const [from, to] = [first.base.id.name, first.head.id.name];
    const service = kinds.includes("Service") ? ` Whatever calls ${inTicks(`http://${from}`)} stops working.` : "";
    const one = group.length === 1;
    const old = oldOnes(one, target.handling?.prunes);
    return [
      placed(first, target, "renamed-resource", "warning", {
        short: `${one ? `${kinds[0]} ${inTicks(from)}` : `${group.length} resources`} of {app} renamed`,
        message: `${sentenceList(kinds, 4)} ${inTicks(from)} ${one ? "becomes" : "become"} ${inTicks(to)}{there}. The cluster cannot rename: ${one ? "a new one is" : "new ones are"} created, and the old ${old}.${service}`,
        ...(kinds.includes("Service")
          ? { fix: "keep the old Service until no one uses it" }
          : { fix: "keep the old name if anything outside of Git uses it" }),
      }),
    ];
  });
}

function oldOnes(one: boolean, prunes: boolean | undefined): string {
  if (prunes === false) return one ? "one stays" : "ones stay";
  return `${one ? "one is" : "ones are"} deleted${prunes === undefined ? " where pruning is on" : ""}`;
}

function placed(
  { head }: Moved,
  { app, environment }: Target,
  id: string,
  severity: TargetFinding["severity"],
  words: Parameters<typeof toTargetFinding>[1],
): TargetFinding {
  return {
    ...toTargetFinding({ id, severity, app, environment, resource: resourceLabel(head.id) }, words),
    ...(head.file === undefined ? {} : { file: head.file, target: head.id }),
  };
}
