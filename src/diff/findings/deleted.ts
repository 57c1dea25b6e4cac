import { inTicks } from "../../model/text/markdown.ts";
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
    const message = `{app} {loses|lose} the {resource}{where}. Where pruning is on, the deploy deletes ${object}. ${loss}`;
    return [{ ...about, short: `${noun} deleted ({app})`, message }];
  }
  const becomes = `${head.id.kind} ${inTicks(head.id.name)}${moved(gone.id.namespace, head.id.namespace)}`;
  return [
    {
      ...about,
      short: `${noun} replaced ({app})`,
      message: `The {resource} of {app} {#becomes|become} ${becomes}{where}. The cluster makes a new object; where pruning is on, the old one is deleted. ${loss}`,
    },
  ];
}

function moved(from: string, to: string): string {
  return from === to ? "" : ` in namespace ${inTicks(to)}`;
}
