import type { PromotionFacts, TargetFacts } from "../../model/gates.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { type Child, earliest, type Gate, gravest, type Part } from "./gate.ts";

/**
 * A gate that is judged for each target alone. One target, or many that all say the same, give that one part; otherwise
 * each is a child, named by its app. Targets for which it is off are left out.
 */
export function perTarget(judge: (target: TargetFacts, now: number) => Part | undefined): Gate["evaluate"] {
  return (facts, now) => {
    const children = facts.targets.flatMap((target): readonly Child[] => {
      const part = judge(target, now);
      return part === undefined ? [] : [{ label: nameOf(target, facts), ...part }];
    });
    return joined(children);
  };
}

function nameOf({ app, environment }: TargetFacts, { targets }: PromotionFacts): string {
  const alone = targets.every((other) => other.environment === environment);
  return alone ? app : `${app}/${environment}`;
}

function joined(children: readonly Child[]): Part | undefined {
  const [first] = children;
  if (first === undefined) return undefined;
  const { label: _, ...part } = first;
  if (children.every((child) => same(child, first))) return part;
  const state = gravest(children);
  const who = [...new Set(children.flatMap((child) => (child.state === state && child.who ? [child.who] : [])))];
  const { label, stopped, ...grave } = children.find((child) => child.state === state) ?? first;
  return {
    ...grave,
    ...(stopped !== undefined && { stopped: `${label}: ${stopped}` }),
    reason: summary(children, state),
    ...earliest(children),
    ...(who.length > 0 && { who: sentenceList(who, 3) }),
    children,
  };
}

function same({ label: _, ...one }: Child, { label: __, ...other }: Child): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function summary(children: readonly Child[], state: Part["state"]): string {
  if (state === "passed") return children.map(saying).join(", ");
  const these = children.filter((child) => child.state === state);
  const [first, ...more] = these;
  const of = `${these.length} of ${children.length} apps`;
  if (first !== undefined && more.length === 0) return `${of}, ${saying(first)}`;
  return `${of}, ${sentenceList(
    these.map(({ label }) => label),
    6,
  )}`;
}

function saying({ label, reason }: Child): string {
  return /^(?:by|since|from) /.test(reason) ? `${label} ${reason}` : `${label}${reason === "" ? "" : `: ${reason}`}`;
}
