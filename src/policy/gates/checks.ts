import type { TargetFacts } from "../../model/gates.ts";
import type { CommitCheck } from "../../model/github-repository.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { describeAllow } from "../allow.ts";
import { type Child, type Gate, gravest, type Part } from "./gate.ts";
import { perTarget } from "./per-target.ts";

/**
 * Passed when each check that is asked for was reported on the carried commit and passed. A check run and a status of
 * one name must both have.
 */
export const checks: Gate = { label: "Checks", evaluate: perTarget(judge) };

function judge({ settings, checks: reported }: TargetFacts): Part | undefined {
  const names = [...new Set(settings.checks)];
  if (names.length === 0) return undefined;
  const children = names.map((name) => childOf(name, reported));
  const state = gravest(children);
  const these = children.filter((child) => child.state === state);
  const listed = sentenceList(these.map(({ label, reason }) => (state === "passed" ? label : `${label} ${reason}`)));
  return {
    state,
    reason: state === "passed" ? `${listed} passed on the carried commit` : listed,
    ...(state === "blocked" && {
      who: `whoever fixes or reruns the check, or ${describeAllow(settings.override)} by /override`,
    }),
    children,
  };
}

function childOf(label: string, reported: readonly CommitCheck[]): Child {
  const states = reported.filter(({ name }) => name === label).map(({ state }) => state);
  if (states.length === 0) return { label, state: "waiting", reason: "has not reported on the carried commit" };
  if (states.includes("failed")) return { label, state: "blocked", reason: "failed on the carried commit" };
  if (states.includes("pending")) return { label, state: "waiting", reason: "has not ended on the carried commit" };
  return { label, state: "passed", reason: "passed on the carried commit" };
}
