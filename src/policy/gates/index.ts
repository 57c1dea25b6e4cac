import { Fault } from "../../model/errors.ts";
import {
  GATES,
  type GateName,
  type GateResult,
  type GateVerdict,
  type Override,
  type PromotionFacts,
} from "../../model/gates.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { dayTime } from "../../model/text/times.ts";
import { describeAllow } from "../allow.ts";
import { approvals } from "./approvals.ts";
import { checks } from "./checks.ts";
import { current } from "./current.ts";
import { dependsOn } from "./depends-on.ts";
import { findings } from "./findings.ts";
import { type Child, earliest, type Gate, gravest, type Part } from "./gate.ts";
import { healthy } from "./healthy.ts";
import { hold } from "./hold.ts";
import { soak } from "./soak.ts";
import { windows } from "./windows.ts";

const gates: Record<GateName, Gate> = {
  hold,
  current,
  healthy,
  soak,
  approvals,
  checks,
  findings,
  windows,
  dependsOn,
};

/**
 * All gates of a promotion at one moment (milliseconds since the epoch), in the order in which people read them; those
 * that are off are left out. An override turns a gate that has not passed, a hold too, into `overridden`, which stops
 * nothing. What a person changed passes no gate that is about a version. Facts without a target are a `bug` Fault:
 * nothing would stop them.
 */
export function evaluateGates(facts: PromotionFacts, now: number): GateVerdict {
  if (facts.targets.length === 0) throw new Fault("bug", "gates were asked for a promotion without targets");
  const results = GATES.flatMap((name): readonly GateResult[] => {
    const { label, evaluate } = gates[name];
    const judged = evaluate(facts, now);
    if (judged === undefined) return [];
    const part = facts.pushed?.changed && ofVersion.has(name) ? unverified(name, judged, facts) : judged;
    const override = facts.overrides.findLast(({ gate }) => gate === name);
    return [overridden(result(name, label, part), override, now)];
  });
  return { state: gravest(results), results, ...earliest(results) };
}

/** The gates that are about the version in the metadata. */
const ofVersion: ReadonlySet<GateName> = new Set(["current", "healthy", "soak"]);

/** Nothing is known of what a person put on the branch, whatever became of the version that was there before. */
function unverified(name: GateName, { heading }: Part, { targets }: PromotionFacts): Part {
  const overriders = [...new Set(targets.map(({ settings }) => describeAllow(settings.override)))];
  return {
    ...(heading === undefined ? {} : { heading }),
    state: "blocked",
    reason: "what was pushed to the branch is not what was verified",
    brief: `an override of ${name}`,
    who: `close this and promote again, or ${sentenceList(overriders)} may \`/override ${name} <reason>\``,
  };
}

function result(gate: GateName, name: string, { children, heading, ...part }: Part): GateResult {
  const label = heading ?? name;
  if (children === undefined) return { gate, label, ...part };
  return {
    gate,
    label,
    ...part,
    children: children.map(({ heading: _, ...child }: Child) => result(gate, child.label, child)),
  };
}

function overridden(given: GateResult, override: Override | undefined, now: number): GateResult {
  if (override === undefined || given.state === "passed") return given;
  const {
    nextAt: _,
    who: __,
    brief: ___,
    stopped: ____,
    children: _____,
    cause: ______,
    setUp: _______,
    ...rest
  } = given;
  const at = override.at === undefined ? "" : `, ${dayTime(override.at, now)}`;
  const reason = `overridden by \`${override.by}\`${at}: "${override.reason}"`;
  return { ...rest, state: "overridden", reason };
}
