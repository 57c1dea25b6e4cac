import { inTicks } from "../../model/text/markdown.ts";
import { type DeployHandling, pruneText } from "../controllers/deploy-handling.ts";
import { isReleased } from "../deletion-protected.ts";
import { type FindingContext, type FindingRule, type Found, goneItem, groupKind } from "./rule.ts";

/** A kind whose deletion loses more than the object. */
interface Loss {
  readonly id: string;
  /** `group/Kind`. */
  readonly kind: string;
  readonly noun: string;
  /** What the deploy deletes, where "it" could be read as something else. */
  readonly object?: string;
  /** What goes with it: sentences. */
  readonly loss: string;
  /** What to do, without a stop. */
  readonly fix: string;
}

/** A danger rule for such a kind. */
export function deletedRule(loss: Loss): FindingRule {
  return { id: loss.id, severity: "danger", check: (context) => check(context, loss) };
}

function check(context: FindingContext, { kind, noun, object = "{#it|them}", loss, fix }: Loss): readonly Found[] {
  const gone = goneItem(context);
  if (gone === undefined || groupKind(gone.object) !== kind || isReleased(gone.object)) return [];
  const about = { noun, name: gone.id.name, fix, about: "base" } as const;
  const head = context.head;
  if (head === undefined) {
    return [{ ...about, ...leaves(noun, object, loss, context.handling) }];
  }
  const becomes = `${head.id.kind} ${inTicks(head.id.name)}${moved(gone.id.namespace, head.id.namespace)}`;
  return [
    {
      ...about,
      short: `${noun} replaced ({app})`,
      message: `The {resource} of {app} {#becomes|become} ${becomes}{where}. The cluster makes a new object${replacedText(context.handling, loss)}`,
      ...(context.handling.prunes === false ? { severity: "warning" as const } : {}),
    },
  ];
}

function replacedText({ prunes, by = "it" }: DeployHandling, loss: string): string {
  if (prunes === false) return `. Pruning is off for ${by}, so the old one stays, and nothing updates it.`;
  return prunes ? `, and the old one is deleted. ${loss}` : `; where pruning is on, the old one is deleted. ${loss}`;
}

/** What stays is no danger: nothing is lost, and nothing updates it. */
function leaves(noun: string, object: string, loss: string, handling: DeployHandling): Omit<Found, "fix"> {
  const kept = "{#it stays|they stay} in the cluster, and nothing updates {#it|them} any more";
  const what = `{app} {loses|lose} the {resource}{where}. ${pruneText(handling, `the deploy deletes ${object}`, kept)}`;
  if (handling.prunes === false) return { short: `${noun} orphaned ({app})`, message: what, severity: "warning" };
  return { short: `${noun} deleted ({app})`, message: `${what} ${loss}` };
}

function moved(from: string, to: string): string {
  return from === to ? "" : ` in namespace ${inTicks(to)}`;
}
