import type { GateFinding, GateSettings, TargetFacts } from "../../model/gates.ts";
import { count, sentenceList } from "../../model/text/lists.ts";
import { describeAllow } from "../allow.ts";
import type { Child, Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/** Passed when every finding of the configured severity or a graver one is acknowledged. */
export const findings: Gate = { label: "Findings", evaluate: perTarget(judge) };

const severities: Record<GateSettings["findings"], readonly GateFinding["severity"][]> = {
  danger: ["danger"],
  warning: ["danger", "warning"],
  none: [],
};

function judge(target: TargetFacts): Part | undefined {
  const asked = severities[target.settings.findings];
  if (asked.length === 0) return undefined;
  const grave = target.findings.filter(({ severity }) => asked.includes(severity));
  const open = grave.filter(({ acknowledgedBy }) => acknowledgedBy === undefined);
  if (grave.length === 0) return { state: "passed", reason: "no findings that need a look" };
  const people = target.allow === undefined ? "everybody with write permission" : describeAllow(target.allow);
  const children = grave.map((finding) => childOf(finding, people));
  if (open.length === 0) {
    return { state: "passed", reason: `${count(grave.length, "finding")} acknowledged`, children };
  }
  const keys = sentenceList(
    open.map(({ key }) => key),
    3,
  );
  return {
    state: "blocked",
    reason: `${count(open.length, "finding")} not acknowledged: ${keys}`,
    who: `${people}: comment ${sentenceList(
      open.map(({ key }) => `/ack ${key}`),
      3,
    )}`,
    children,
  };
}

function childOf({ key, message, acknowledgedBy }: GateFinding, people: string): Child {
  if (acknowledgedBy === undefined) {
    return { label: key, state: "blocked", reason: message, who: `${people}: comment /ack ${key}` };
  }
  return { label: key, state: "passed", reason: `acknowledged by ${acknowledgedBy}: ${message}` };
}
