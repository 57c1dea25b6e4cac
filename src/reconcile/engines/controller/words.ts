import type { DeployFailure, ObjectProblem } from "../../../model/deploy.ts";
import { clip, oneLine } from "../../../model/text/lines.ts";
import { maxProblems, toldMessage, toldProblem } from "../apply/problems.ts";

/** Folders that a controller makes for a moment, with the path that leads to them. */
const temporary =
  /(?<![\w.])(?:\/[^\s/'"`:]{1,100}){0,12}\/(?:_argocd-repo\/[0-9a-f-]{36}|(?:kustomization|gitrepository|helmchart|chart)-[\w.-]{0,100}\d)(?:\/|(?![\w.-]))/g;
const maxRead = 10_000;
const maxSummary = 160;

/** What a controller says, as it may be reported: masked, short, and with paths from the root of the repository. */
export function controllerWords(text: string): string {
  return toldMessage(oneLine(text.slice(0, maxRead).replaceAll(temporary, ""))).trim();
}

/** A failure in the controller's own words. `said` is a whole message, of which the title gets the beginning. */
export function controllerFailure(said: string, problems: readonly ObjectProblem[], applied: boolean): DeployFailure {
  const summary = clip(controllerWords(said), maxSummary).replace(/\.$/, "") || "it failed";
  const told = problems
    .slice(0, maxProblems)
    .map((one) => toldProblem({ ...one, message: controllerWords(one.message) }));
  return { kind: "controller", summary, problems: told, events: [], applied };
}
