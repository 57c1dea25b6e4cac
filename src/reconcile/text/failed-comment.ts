import { code, inert, redactMessage } from "../../diff/index.ts";
import type { ClusterEvent, DeployFailure, ObjectProblem } from "../../model/deploy.ts";
import { clip, oneLine, stopped, visible } from "../../model/text/lines.ts";
import { commaList, sentenceList } from "../../model/text/lists.ts";
import { fenced } from "../../model/text/markdown.ts";
import { dayTime } from "../../model/text/times.ts";
import { stillServing } from "./descriptions.ts";
import { appVersion, appVersions, type DeployIn, plain } from "./told-deploy.ts";

/** How a commit came onto the base branch. */
export interface BroughtBy {
  readonly pullRequest: number;
  /** The login of who merged it; absent for Sluice. */
  readonly mergedBy?: string | undefined;
  /** Who asked Sluice for it. */
  readonly askedBy?: string | undefined;
}

/** Where a text is about. */
export interface DeployPlace {
  readonly environment: string;
  /** The branch that the environments live on, and its commit that is deployed. */
  readonly base: string;
  readonly head: string;
  /** The repository's page. */
  readonly repositoryUrl: string;
}

const maxApps = 6;
const maxProblems = 6;
const maxEvents = 20;
const maxLines = 10;
const maxMessage = 300;

/**
 * The comment on the pull request whose change failed in an environment: what still serves, why, and what to type. At
 * least one deploy.
 */
export function failedComment(
  deploys: readonly DeployIn<"failed">[],
  place: DeployPlace,
  by: BroughtBy | undefined,
  now: number,
): string {
  const apps = deploys.slice(0, maxApps);
  const rest = deploys.slice(maxApps).map(({ operation }) => plain(operation.app));
  const parts = [
    `### ❌ ${inert(clip(`${place.environment}: deploy of ${appVersions(deploys)} failed`, 200))}`,
    ...apps.flatMap((deploy) => appParts(deploy, deploys.length > 1)),
    ...(rest.length === 0 ? [] : [`**Failed too:** ${inert(commaList(rest, 20))}.`]),
    nextPart(deploys, place.environment),
    ...eventsPart(apps.flatMap(({ status }) => status.failure.events)),
    `<sub>${smallPrint(deploys, place, by, now)}</sub>`,
  ];
  return `${parts.join("\n\n")}\n`;
}

/** What still serves, and why it failed; with the app's name where there are several. */
function appParts(deploy: DeployIn<"failed">, named: boolean): readonly string[] {
  const name = named ? [`**${inert(appVersion(deploy))}**`] : [];
  const serving = stillServing(deploy);
  return [
    ...name,
    ...(serving === undefined ? [] : [`**Still serving:** ${stopped(inert(serving))}`]),
    ...reasonParts(deploy.status.failure),
  ];
}

function reasonParts({ problems, summary }: DeployFailure): readonly string[] {
  const groups = [
    ...Map.groupBy(problems, ({ object, reason, message, fix }) =>
      JSON.stringify([object.kind, reason, message, fix]),
    ).values(),
  ];
  const [first, ...others] = groups;
  if (first === undefined) return [`**Reason:** ${stopped(inert(plain(summary)))}`];
  const lastLines = first.find(({ lastLines: lines }) => (lines ?? []).length > 0)?.lastLines ?? [];
  const reason = problemText(first);
  const parts =
    lastLines.length === 0
      ? [`**Reason:** ${reason}`]
      : [`**Reason:** ${reason} Its last lines:`, fenced("text", lastLines.slice(-maxLines).map(shownLine).join("\n"))];
  const also = others.slice(0, maxProblems - 1).map((group) => `- ${problemText(group)}`);
  const rest = others.length - also.length;
  const more = rest > 0 ? [`- and ${rest} more`] : [];
  return also.length === 0 ? parts : [...parts, ["**Also:**", ...also, ...more].join("\n")];
}

function shownLine(text: string): string {
  return clip(visible(redactMessage(text)), maxMessage);
}

/** Messages that go on where the object's name ends. */
const goesOn = /^(?:cannot|could|is|was|has|have|does|did|exceeds|wants|needs|fails|failed|waits)\b/;
/** Messages about one container of a pod. */
const ofContainer = /^((?:init )?container `[^`]+`)\s+(.*)$/s;

/** Of objects that have the same problem. */
function problemText(problems: readonly ObjectProblem[]): string {
  const [first] = problems;
  if (first === undefined) return "";
  const names = sentenceList(
    problems.map(({ object }) => code(object.name)),
    maxProblems,
  );
  const kind = first.object.kind === "Pod" ? "pod" : inert(plain(first.object.kind));
  const object = `${kind}${problems.length > 1 && kind === "pod" ? "s" : ""} ${names}`;
  const message = clip(oneLine(redactMessage(first.message)).trim(), maxMessage);
  const [, container, rest] = ofContainer.exec(message) ?? [];
  const what =
    container !== undefined && rest !== undefined
      ? `${inert(container)} in ${object} ${inert(rest)}`
      : `${object}${goesOn.test(message) ? " " : ": "}${inert(message)}`;
  const fix = first.fix === undefined ? "" : ` ${stopped(inert(oneLine(first.fix)))}`;
  return `${stopped(what)}${fix}`;
}

const ofImage = new Set(["ImagePullBackOff", "ErrImagePull", "InvalidImageName"]);

/** The ways on: back, or forward by what has to be put right. */
function nextPart(deploys: readonly DeployIn<"failed">[], environment: string): string {
  const back = deploys.filter(({ before }) => before);
  const apps = back.map(({ operation }) => plain(operation.app));
  const [only, ...more] = back;
  const restored =
    only !== undefined && more.length === 0
      ? `opens the pull request that restores ${inert(plain(only.before ?? ""))}`
      : "opens the pull requests that restore what was there";
  const ways = [
    ...(back.length === 0 ? [] : [`${code(`/rollback ${environment} ${apps.join(" ")}`)} ${restored}`]),
    forwardText(deploys, environment),
  ];
  return ways.length === 1 ? `**Next:** ${ways[0]}` : ["**Next:** one of", ...ways.map((way) => `- ${way}`)].join("\n");
}

function forwardText(deploys: readonly DeployIn<"failed">[], environment: string): string {
  const problems = deploys.flatMap(({ status }) => status.failure.problems);
  const apps = deploys.map(({ operation }) => plain(operation.app));
  const command = `/reconcile ${environment} ${apps.join(" ")}`;
  const again = `then comment ${code(command)}`;
  if (problems.length > 0 && problems.every(({ reason }) => ofImage.has(reason))) return `push the image, ${again}`;
  if (deploys.every(({ status }) => status.failure.kind === "timeout"))
    return `see what it waits for in the cluster, ${again}`;
  if (problems.length > 0 && problems.every(({ reason }) => reason === "Prune"))
    return `bring back to Git what is to stay, or comment ${code(`${command} --prune`)} to delete it`;
  return "fix it in a new pull request; merging that deploys again";
}

function eventsPart(events: readonly ClusterEvent[]): readonly string[] {
  const shown = events.toSorted((a, b) => a.at - b.at).slice(-maxEvents);
  if (shown.length === 0) return [];
  const names = shown.map(({ object }) => plain(`${object.kind}/${object.name}`));
  const width = Math.max(...names.map((name) => name.length));
  const lines = shown.map(
    ({ at, message }, index) =>
      `${new Date(at).toISOString().slice(11, 19)}  ${(names[index] ?? "").padEnd(width)}  ${shownLine(message)}`,
  );
  return [`<details><summary>Events</summary>\n\n${fenced("text", lines.join("\n"))}\n\n</details>`];
}

function smallPrint(
  deploys: readonly DeployIn<"failed">[],
  place: DeployPlace,
  by: BroughtBy | undefined,
  now: number,
): string {
  const asked = by?.askedBy === undefined ? "" : `, asked for by ${code(by.askedBy)}`;
  const merged =
    by === undefined
      ? []
      : [`Merged in #${by.pullRequest} by ${by.mergedBy === undefined ? "Sluice" : code(by.mergedBy)}${asked}`];
  const at = Math.max(...deploys.map(({ status }) => status.at));
  return [...merged, commitLink(place), dayTime(at, now)].join(" · ");
}

/** `main 7b1f531`, linked. */
export function commitLink({ base, head, repositoryUrl }: Omit<DeployPlace, "environment">): string {
  return `${inert(base)} [${code(head.slice(0, 7))}](${repositoryUrl}/commit/${head})`;
}
