import { inert } from "../../diff/index.ts";
import type { ObjectDrift } from "../../model/deploy.ts";
import { commaList, count } from "../../model/text/lists.ts";
import { dayTime } from "../../model/text/times.ts";
import { driftDiffs, driftTable } from "./drift-issue.ts";
import { commitLink, type DeployPlace } from "./failed-comment.ts";
import { plain } from "./told-deploy.ts";

/** An app that was compared with its cluster. */
export interface ComparedApp {
  readonly app: string;
  /** What Git has now is what was deployed last. */
  readonly live: boolean;
  readonly objects: readonly ObjectDrift[];
  /** Resources that could not be compared. */
  readonly unknown: number;
}

/** An app that was not: Sluice does not see what runs, or it does not render, or may not be there. */
export interface UncomparedApp {
  readonly app: string;
  readonly why: "unseen" | "refused";
}

/** What `/diff live` came to. */
export interface LiveDiff extends DeployPlace {
  readonly compared: readonly ComparedApp[];
  readonly uncompared: readonly UncomparedApp[];
}

const maxNames = 6;

/** The reply to `/diff live`: the same table and diffs as the issue about drift. */
export function liveDiffReply({ compared, uncompared, ...place }: LiveDiff, now: number): string {
  const objects = compared.flatMap((one) => one.objects);
  const unknown = compared.reduce((sum, one) => sum + one.unknown, 0);
  const parts = [
    verdictOf(place.environment, compared, objects),
    ...notLivePart(
      compared.filter(({ live }) => !live),
      place.base,
    ),
    ...(objects.length === 0 ? [] : [driftTable(objects)]),
    ...(unknown === 0
      ? []
      : [`**Not compared:** ${count(unknown, "resource")} that the cluster does not let Sluice try.`]),
    ...uncomparedPart(uncompared, "unseen", "Sluice does not apply there itself, so it does not see what runs"),
    ...uncomparedPart(uncompared, "refused", "it does not render, or the operator does not allow some of it"),
    ...driftDiffs(objects),
    `<sub>Compared ${dayTime(now, now)} with ${commitLink(place)}, by a dry run</sub>`,
  ];
  return parts.join("\n\n");
}

function verdictOf(environment: string, compared: readonly ComparedApp[], objects: readonly ObjectDrift[]): string {
  const name = inert(plain(environment));
  if (compared.length === 0) return `🟠 **Nothing of ${name} could be compared.**`;
  if (objects.length > 0) return `🟠 **${name} differs from Git in ${count(objects.length, "resource")}.**`;
  const all = compared.every(({ unknown }) => unknown === 0);
  return `${all ? "✅" : "🟠"} **${name} matches Git** in ${count(compared.length, "app")}: ${names(compared)}.`;
}

/** What a deploy would change is no drift. */
function notLivePart(apps: readonly ComparedApp[], base: string): readonly string[] {
  if (apps.length === 0) return [];
  const what = "what differs is what a deploy would change; what it would delete is not shown";
  return [`**Not live yet:** ${names(apps)} at what ${inert(plain(base))} has now. There, ${what}.`];
}

function uncomparedPart(apps: readonly UncomparedApp[], why: UncomparedApp["why"], because: string): readonly string[] {
  const own = apps.filter((one) => one.why === why);
  return own.length === 0 ? [] : [`**Not compared:** ${names(own)}: ${because}.`];
}

function names(apps: readonly { readonly app: string }[]): string {
  return inert(
    commaList(
      apps.map(({ app }) => plain(app)),
      maxNames,
    ),
  );
}
