import type { Config, Environment } from "../config/schema/config.ts";
import type { TargetSource } from "../config/schema/renderers.ts";
import { sourcesOf } from "../config/schema/sources.ts";
import { fillTemplate } from "../config/values/templates.ts";
import { byText } from "../model/paths.ts";
import { doubtful, type KeyPath, type Locate, nowhere, type Remark, wrong } from "../model/problem.ts";
import type { Target } from "../model/target.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import type { Tree } from "../model/tree.ts";
import { dependencyRemarks } from "./dependencies.ts";
import { folderTarget } from "./folder-target.ts";
import { matchesGlob, matchFolders, type PatternMatch } from "./patterns.ts";

interface Found {
  readonly targets: readonly Target[];
  readonly remarks: readonly Remark[];
  readonly notes: readonly string[];
}

/** The targets that a configuration has in one tree. `locate` (from `parseConfig`) gives the problems their lines. */
export async function planTargets(
  config: Config,
  tree: Tree,
  locate: Locate = nowhere(".sluice.yaml"),
): Promise<TargetPlan> {
  const found = await Promise.all(
    config.environments.map((environment, index) => environmentTargets(config, environment, index, tree)),
  );
  const targets = found.flatMap((part) => part.targets);
  const remarks = [...found.flatMap((part) => part.remarks), ...dependencyRemarks(config, targets)];
  return {
    targets,
    environments: config.environments.map((environment) => environment.name),
    source: "file",
    problems: remarks.map(locate),
    notes: found.flatMap((part) => part.notes),
  };
}

async function environmentTargets(config: Config, environment: Environment, index: number, tree: Tree): Promise<Found> {
  const path: KeyPath = ["environments", index];
  const sources = sourcesOf(environment);
  const found = await Promise.all(
    sources.map(({ source, path: inner }) => sourceTargets(config, environment, source, [...path, ...inner], tree)),
  );
  const { targets, remarks } = unique(
    found.flatMap((part) => part.targets),
    environment.name,
    path,
  );
  return {
    targets,
    remarks: [...found.flatMap((part) => part.remarks), ...remarks],
    notes: found.flatMap((part) => part.notes),
  };
}

/** The targets by app, with one for each id. Two folders with the same id are an error. */
function unique(
  targets: readonly Target[],
  environment: string,
  path: KeyPath,
): { targets: readonly Target[]; remarks: readonly Remark[] } {
  const byId = new Map<string, Target>();
  const remarks: Remark[] = [];
  for (const target of targets) {
    const first = byId.get(target.id);
    if (first === undefined) byId.set(target.id, target);
    else if (first.render.path !== target.render.path || first.render.kind !== target.render.kind) {
      const message = `Two folders are the app "${target.app}" in "${environment}": \`${first.render.path}\` and \`${target.render.path}\``;
      remarks.push(
        wrong(
          path,
          message,
          "Narrow the path, use `exclude`, or name one of them with `app`. Sluice leaves the second one out.",
        ),
      );
    }
  }
  return { targets: [...byId.values()].sort((a, b) => byText(a.app, b.app)), remarks };
}

async function sourceTargets(
  config: Config,
  environment: Environment,
  source: TargetSource,
  path: KeyPath,
  tree: Tree,
): Promise<Found> {
  const pattern = fillTemplate(source.path, { environment: environment.name });
  const { matches, notFollowed } = await matchFolders(pattern, tree);
  const excluded = (source.exclude ?? []).map((glob) => fillTemplate(glob, { environment: environment.name }));
  const results = await Promise.all(
    matches
      .filter(
        (match) => !excluded.some((glob) => matchesGlob(match.path, fillTemplate(glob, { app: match.app ?? "*" }))),
      )
      .map((match) => folderTarget(config, environment, source, match, tree)),
  );
  const targets = results.flatMap((result) => (typeof result === "object" ? result : []));
  const notes = results.filter((result) => typeof result === "string");
  const links = notFollowed.map((link) => `\`${link}\` is a link or a submodule; Sluice does not follow it.`);
  return {
    targets,
    remarks: targets.length === 0 ? [noMatch(environment, pattern, path, matches)] : [],
    notes: [...notes, ...links],
  };
}

function noMatch(environment: Environment, pattern: string, path: KeyPath, matches: readonly PatternMatch[]): Remark {
  const why =
    matches.length === 0 ? "matches no folder" : `matches ${matches.length} folders, none of which is a target`;
  const remark = doubtful(
    [...path, "path"],
    `\`${pattern}\` of "${environment.name}" ${why}`,
    "Fix the path, or leave it if the folders are still to come.",
  );
  return { ...remark, code: "unmatched-path" };
}
