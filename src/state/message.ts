import type { VersionChange } from "../model/promotion.ts";
import type { Decision, PublishedHead } from "../model/state.ts";
import { clip } from "../model/text/lines.ts";
import { unlinked } from "../model/text/markdown.ts";

const subjectLimit = 100;
const reasonLimit = 500;
const namedApps = 3;
const listedApps = 50;

/**
 * The message of the commit that writes a decision: a sentence, the versions where there are some, and who, why and
 * which decision as trailers.
 */
export function commitMessage(decision: Decision): string {
  const subject = clip(oneLine(subjectOf(decision)), subjectLimit);
  const versions = "versions" in decision ? listed(decision) : [];
  const trailers = [
    `Actor: ${oneLine(decision.by)}`,
    ...(decision.reason ? [`Reason: ${clip(oneLine(decision.reason), reasonLimit)}`] : []),
    ...("pullRequest" in decision ? [`Pull-Request: ${decision.pullRequest}`] : []),
    `Decision: ${oneLine(decision.id)}`,
  ];
  const parts = [subject, versions.join("\n"), trailers.join("\n")].filter((part) => part !== "");
  return `${unlinked(parts.join("\n\n"))}\n`;
}

/** The message of the commit that writes down what a branch of Sluice carries. */
export function publishedMessage({ branch, pullRequest, head, settled }: PublishedHead): string {
  const subject = settled ? `Note the end of ${branch}` : `Note the head of ${branch}`;
  return `${unlinked(`${clip(oneLine(subject), subjectLimit)}\n\nHead: ${head}\nPull-Request: ${pullRequest}`)}\n`;
}

function subjectOf(decision: Decision): string {
  const { environment } = decision;
  const what = place(decision);
  switch (decision.kind) {
    case "requested":
      return `Ask to promote ${what} to ${environment}`;
    case "promoted":
      return `Promote ${what} to ${environment}${only(decision.versions)}`;
    case "bumped":
      return `Bump images of ${what} in ${environment}${only(decision.versions)}`;
    case "rolled-back":
      return `Roll back ${what} in ${environment}${only(decision.versions)}`;
    case "reverted":
      return `Note the revert of ${what} in ${environment}${only(decision.versions)}`;
    case "rollback-proposed":
      return `Propose to roll back ${what} in ${environment}`;
    case "rollback-declined":
      return `Decline to roll back ${what} in ${environment}`;
    case "rollback-dropped":
      return `Drop the proposed rollback of ${what} in ${environment}`;
    case "verified":
      return `Note that ${what} in ${environment} was healthy for as long as is asked`;
    case "held":
      return `Hold ${what} in ${environment}${decision.until === undefined ? "" : ` until ${decision.until}`}`;
    case "released":
      return `Release ${what} in ${environment}`;
    case "overridden":
      return `Override the gate ${decision.gate} for ${what} in ${environment}`;
    case "acknowledged":
      return `Acknowledge a finding for ${what} in ${environment}`;
    case "waiting":
      return `Wait to promote ${what} to ${environment}`;
    case "done-waiting":
      return `Wait no longer to promote ${what} to ${environment}`;
    default:
      return decision satisfies never;
  }
}

function place({ kind, apps }: Decision): string {
  const unnamed = kind === "waiting" || kind === "done-waiting" ? "what a pull request touches" : "everything";
  if (apps.length === 0) return unnamed;
  return apps.length <= namedApps ? apps.join(", ") : `${apps.length} apps`;
}

/** The versions, if the decision is about one of one app. */
function only(versions: Readonly<Record<string, readonly VersionChange[]>>): string {
  const [change, ...more] = Object.values(versions).flat();
  return change === undefined || more.length > 0 ? "" : `: ${arrow(change)}`;
}

function listed({ versions }: { readonly versions: Readonly<Record<string, readonly VersionChange[]>> }): string[] {
  const lines = Object.entries(versions).flatMap(([app, changes]) =>
    changes.map((change) => oneLine(`- ${app}: ${change.image} ${arrow(change)}`)),
  );
  const more = lines.length - listedApps;
  return more > 0 ? [...lines.slice(0, listedApps), `- and ${more} more`] : lines;
}

function arrow({ from, to }: VersionChange): string {
  return from === "" ? short(to) : `${short(from)} → ${short(to)}`;
}

/** A digest is told apart by its beginning; the file has all of it. */
function short(version: string): string {
  return version.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/, "$1");
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .toWellFormed();
}
