import type { GateFinding, GateSettings, TargetFacts } from "../../model/gates.ts";
import { count, sentenceList } from "../../model/text/lists.ts";
import { inTicks } from "../../model/text/markdown.ts";
import { describeAllow } from "../allow.ts";
import type { Child, Gate, Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/** Passed when every finding of the configured severity or a graver one is acknowledged. */
export const findings: Gate = { label: "Risks", evaluate: perTarget(judge) };

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
  if (grave.length === 0) return { state: "passed", reason: "none found in the diff" };
  const people = target.allow === undefined ? "anyone with write access" : describeAllow(target.allow);
  const children = grave.map((finding) => childOf(finding));
  if (open.length === 0) {
    const by = sentenceList([...new Set(grave.map(({ acknowledgedBy = "" }) => inTicks(acknowledgedBy)))], 3);
    return { state: "passed", reason: `${count(grave.length, "risk")} acknowledged by ${by}`, children };
  }
  const [first] = open;
  const word = open.every(({ severity }) => severity === "danger") ? "danger" : "risk";
  const said = open.length === 1 && first !== undefined ? `: ${first.message}` : "";
  const commands = [...new Set(open.map(({ key }) => inTicks(`/ack ${key.split(":")[0] ?? key}`)))];
  return {
    state: "blocked",
    reason: `${count(open.length, word)} not acknowledged${said}`,
    brief: count(open.length, "acknowledgement"),
    who: `${people} comments ${sentenceList(commands, 3)}, if ${word === "danger" ? "the danger" : "this"} is meant`,
    children,
  };
}

function childOf({ key, message, acknowledgedBy }: GateFinding): Child {
  if (acknowledgedBy === undefined) return { label: key, state: "blocked", reason: message };
  return { label: key, state: "passed", reason: `acknowledged by ${inTicks(acknowledgedBy)}: ${message}` };
}
