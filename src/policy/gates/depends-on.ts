import type { TargetFacts } from "../../model/gates.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { type Child, type Gate, gravest, type Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/** Passed when each app that this one depends on carries here what it carries in the source environment. */
export const dependsOn: Gate = { label: "Depends on", evaluate: perTarget(judge) };

function judge(target: TargetFacts): Part | undefined {
  const names = [...new Set(target.settings.dependsOn)];
  if (names.length === 0) return undefined;
  const children = names.map((name) => childOf(name, target));
  const state = gravest(children);
  if (state === "passed")
    return { state, reason: `${sentenceList(names)} up to date in ${target.environment}`, children };
  const behind = children.filter((child) => child.state !== "passed");
  const listed = sentenceList(
    behind.map(({ label, reason }) => `${label}: ${reason}`),
    3,
  );
  const brief = sentenceList(
    behind.map(({ label }) => label),
    3,
  );
  return { state, reason: `waits for ${listed}`, brief, children };
}

function childOf(label: string, { dependsOn: known, environment, from }: TargetFacts): Child {
  const fact = known.find(({ app }) => app === label);
  if (fact === undefined) return { label, state: "waiting", reason: `not known in ${from} and ${environment}` };
  return { label, state: fact.behind ? "waiting" : "passed", reason: fact.detail };
}
