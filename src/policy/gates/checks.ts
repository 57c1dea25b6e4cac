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
  const named = these.length === 1 && these[0] !== undefined ? `the check ${these[0].label}` : `${these.length} checks`;
  return {
    state,
    reason: state === "passed" ? `${listed} passed on the promoted commit` : listed,
    ...(state === "waiting" && { brief: named }),
    ...(state === "blocked" && {
      stopped: `${named} failed`,
      who: `fix or rerun it, or ${describeAllow(settings.override)} may \`/override checks <reason>\``,
    }),
    children,
  };
}

function childOf(label: string, reported: readonly CommitCheck[]): Child {
  const states = reported.filter(({ name }) => name === label).map(({ state }) => state);
  if (states.length === 0) return { label, state: "waiting", reason: "has not reported on the promoted commit" };
  if (states.includes("failed")) return { label, state: "blocked", reason: "failed on the promoted commit" };
  if (states.includes("pending")) return { label, state: "waiting", reason: "has not ended on the promoted commit" };
  return { label, state: "passed", reason: "passed on the promoted commit" };
}
