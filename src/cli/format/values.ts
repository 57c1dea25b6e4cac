import { splitImage } from "../../diff/index.ts";
import type {
  Completeness,
  EnvironmentDrift,
  FieldGap,
  ImageChange,
  ReplicaChange,
  TargetPreview,
  VersionGap,
} from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";

/** The first seven characters of a commit id. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}

/** One image change on few columns: the common repository is not repeated. */
function imageText({ from, to }: ImageChange): string {
  if (from === "") return `+ ${to}`;
  if (to === "") return `- ${from}`;
  const [before, after] = [splitImage(from), splitImage(to)];
  return before.name === after.name && after.version !== ""
    ? `${before.name.split("/").at(-1)} ${before.version || "(no tag)"} → ${after.version}`
    : `${from} → ${to}`;
}

/** The distinct image changes of a target. */
export function imageTexts(target: TargetPreview): readonly string[] {
  return [...new Set(target.images.map(imageText))];
}

/** `2 → 3`; `–` where there is no number. */
export function replicaText({ from, to }: ReplicaChange): string {
  return `${from ?? "–"} → ${to ?? "–"}`;
}

/** Added and removed lines of a target. */
export function lineCounts(target: TargetPreview): { readonly added: number; readonly removed: number } {
  return {
    added: target.changes.reduce((sum, change) => sum + change.addedLines, 0),
    removed: target.changes.reduce((sum, change) => sum + change.removedLines, 0),
  };
}

/** What was looked at and what was left out, in one sentence; the same facts as the comment's completeness line. */
export function completenessText(facts: Completeness): string {
  return [
    facts.affected === 0
      ? `no change in ${count(facts.targets, "place")}`
      : `checked ${facts.rendered} of ${facts.affected}`,
    ...((facts.unknown ?? 0) > 0 ? [`${facts.unknown} unknown`] : []),
    ...(facts.failed > 0 ? [`${facts.failed} not rendered`] : []),
    ...((facts.ignoredLines ?? 0) > 0 ? [`${count(facts.ignoredLines ?? 0, "line")} hidden by preview.ignore`] : []),
    ...(facts.unpinned.length > 0 ? [`${facts.unpinned.length} not followed`] : []),
  ].join(", ");
}

/** Whether everything that is affected was rendered and nothing left out. */
export function complete(facts: Completeness): boolean {
  const { failed, truncated, unpinned, unknown = 0, newValues = 0 } = facts;
  return failed === 0 && truncated === 0 && unpinned.length === 0 && unknown === 0 && newValues === 0;
}

/** `ghcr.io/acme/web: 1.4.0, staging has 1.5.0`. */
export function versionGapText({ image, here, there }: VersionGap, from: string): string {
  return `${image}: ${here || "(no version)"}, ${from} has ${there || "(no version)"}`;
}

/** `Deployment/web spec.replicas: 5, staging has 2, since this change`. */
export function fieldGapText(
  { resource, path, here, there }: FieldGap,
  { environment, from }: Pick<EnvironmentDrift, "environment" | "from">,
): string {
  if (path === "") return `${resource}: only in ${here === undefined ? from : environment}, since this change`;
  return `${resource} ${path}: ${here ?? "nothing"}, ${from} has ${there ?? "nothing"}, since this change`;
}

/** Who brought the versions into which environment. */
export function originTexts({ byPullRequest, commits }: EnvironmentDrift): readonly string[] {
  return [
    ...byPullRequest.map((environment) => `${environment} since this change`),
    ...commits.map(
      ({ environment, sha, subject, author }) => `${environment} since ${shortSha(sha)} ${subject} (${author})`,
    ),
  ];
}
