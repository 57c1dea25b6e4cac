import type { Preview, Severity, TargetPreview } from "../../model/preview.ts";
import { commaList } from "../../model/text/lists.ts";
import { isEnvironment } from "../finding-words.ts";
import { type Marks, targetPhrase } from "./changes.ts";
import { environmentOrder } from "./environments.ts";
import { groupFindings } from "./finding-groups.ts";
import { targetName } from "./phrases.ts";

/** One line of the list of what changes where. */
export interface ChangeRow {
  /** Production first. */
  readonly environments: readonly string[];
  readonly apps: readonly string[];
  /** What changes there: the same in all of these places. */
  readonly change: string;
  readonly failed: boolean;
  /** The gravest finding about these places, where it is at least a warning. */
  readonly severity: Exclude<Severity, "notice"> | undefined;
}

const ranks: readonly (TargetPreview["status"] | Severity)[] = ["failed", "danger", "warning", "removed", "added"];

/**
 * What changes where, production first; in an environment what failed, then what is risky, removed, new, changed. The
 * same change of several apps in one environment is one row, and so is that of the same apps in several.
 */
export function changeRows(preview: Preview, marks: Marks): readonly ChangeRow[] {
  const order = environmentOrder(preview);
  const severities = gravest(preview);
  const cells = preview.targets
    .filter(({ status }) => status !== "unchanged")
    .map((target) => ({ target, severity: severities.get(targetName(target)), change: rowPhrase(target, marks) }));
  const equal = Map.groupBy(cells, ({ target, severity, change }) =>
    JSON.stringify([target.environment, target.status === "failed", severity, change]),
  );
  const rows = [...equal.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            environment: first.target.environment,
            environments: [first.target.environment],
            apps: [first, ...others].map(({ target }) => target.app).sort(),
            change: first.change,
            failed: first.target.status === "failed",
            severity: first.severity,
            rank: rankOf(first.target, first.severity),
          },
        ],
  );
  rows.sort(
    (a, b) =>
      order(a.environment, b.environment) ||
      a.rank - b.rank ||
      a.apps.length - b.apps.length ||
      a.apps.join().localeCompare(b.apps.join(), "en"),
  );
  return acrossEnvironments(rows);
}

function rankOf({ status }: TargetPreview, severity: Severity | undefined): number {
  const rank = ranks.indexOf(status === "failed" ? status : (severity ?? status));
  return rank < 0 ? ranks.length : rank;
}

function acrossEnvironments<T extends ChangeRow>(rows: readonly T[]): readonly ChangeRow[] {
  const groups = Map.groupBy(rows, ({ apps, change, failed, severity }) =>
    JSON.stringify([apps, change, failed, severity]),
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { apps, change, failed, severity } = first;
    return [
      { environments: [first, ...others].flatMap(({ environments }) => environments), apps, change, failed, severity },
    ];
  });
}

function gravest(preview: Preview): ReadonlyMap<string, Exclude<Severity, "notice">> {
  const severities = new Map<string, Exclude<Severity, "notice">>();
  for (const { severity, places } of groupFindings(preview).toReversed()) {
    if (severity !== "notice") for (const place of places) severities.set(targetName(place), severity);
  }
  return severities;
}

function rowPhrase(target: TargetPreview, marks: Marks): string {
  const { status, changes } = target;
  if (status === "failed") return "not rendered";
  if (status === "removed") return changes.length === 0 ? "removed" : targetPhrase(target, marks);
  const phrase = targetPhrase(target, marks);
  if (status === "added") return `new, ${phrase || "no resources"}`;
  if (target.error !== undefined) return "could not be rendered before";
  return phrase === "" ? "changed" : phrase;
}

/** `prod, staging` of a row; `""` where no environment has a name. */
export function rowEnvironments({ environments }: ChangeRow): string {
  const named = environments.filter(isEnvironment);
  return commaList(named, named.length > 4 ? 3 : 4);
}
