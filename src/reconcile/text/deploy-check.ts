import { inert } from "../../diff/index.ts";
import type { DeployStep, StepReport } from "../../model/deploy.ts";
import type { CheckReport } from "../../model/github.ts";
import { stopped } from "../../model/text/lines.ts";
import { count } from "../../model/text/lists.ts";
import { comingTime, dayTime, sinceTime } from "../../model/text/times.ts";
import { deploymentStatus, failedText, liveText, overallState, stillServing, waitText } from "./descriptions.ts";
import { appVersion, type DeployIn, deploysIn, line, podsText, type ToldDeploy } from "./told-deploy.ts";

/** The check of deploys on the commit that is deployed. */
export const deployCheckName = "Sluice deploy";

/** What it says of one environment. */
export type DeployCheck = Pick<CheckReport, "status" | "conclusion" | "title" | "summary">;

const maxTitle = 72;
const maxRows = 200;

/** What the check says of the deploys of one commit to one environment. At least one. */
export function deployCheck(deploys: readonly ToldDeploy[], now: number): DeployCheck {
  const [only, ...more] = deploys;
  const page =
    only !== undefined && more.length === 0
      ? { title: titleOf(only, now), summary: onePage(only, now) }
      : { title: deploymentStatus(deploys, now).description, summary: rowsOf(deploys, now) };
  return { ...conclusionOf(deploys), title: line(page.title, maxTitle), summary: `${page.summary}\n` };
}

function conclusionOf(deploys: readonly ToldDeploy[]): Pick<DeployCheck, "status" | "conclusion"> {
  const state = overallState(deploys);
  if (state === "waiting" || state === "progressing") return { status: "in_progress" };
  if (state === "failed") return { status: "completed", conclusion: "failure" };
  const isKept = deploysIn(deploys, "live").some(({ status }) => status.kept.length > 0);
  return { status: "completed", conclusion: state === "superseded" || isKept ? "neutral" : "success" };
}

function titleOf(deploy: ToldDeploy, now: number): string {
  const { status, operation } = deploy;
  if (status.state === "failed") return failedText({ ...deploy, status });
  if (status.state !== "live") return deploymentStatus([deploy], now).description;
  if (status.kept.length > 0)
    return `${appVersion(deploy)} is live in ${operation.environment}; ${count(status.kept.length, "resource")} kept`;
  return withoutTime(liveText({ ...deploy, status }));
}

function withoutTime(text: string): string {
  return text.replace(/ \([^)]*\)$/, "");
}

function onePage(deploy: ToldDeploy, now: number): string {
  const { status, operation } = deploy;
  const name = inert(appVersion(deploy));
  const where = inert(operation.environment);
  switch (status.state) {
    case "waiting":
      return `**${name} waits before ${where}:** ${stopped(inert(waitText(status, now).replace("Waiting: ", "")))}`;
    case "progressing":
      return [
        `**Deploying ${name} to ${where}** since ${sinceTime(operation.startedAt, now)}.`,
        stepList(status.steps),
        `Fails if it is not healthy at ${comingTime(status.deadline, now)}.`,
      ].join("\n\n");
    case "live":
      return livePage({ ...deploy, status }, now);
    case "failed":
      return failedPage({ ...deploy, status });
    case "superseded":
      return `**${name} was replaced in ${where}:** ${inert(status.by.slice(0, 7))} is deployed in its place.`;
    default:
      return status satisfies never;
  }
}

function livePage(deploy: DeployIn<"live">, now: number): string {
  const { status } = deploy;
  const kept = status.kept.map(({ object, reason }) => `- kept: ${inert(`${object.kind}/${object.name}: ${reason}`)}`);
  const changed = status.changed === 0 ? "no resource changed" : `${count(status.changed, "resource")} changed`;
  const first = `**${inert(withoutTime(liveText(deploy)))}** since ${dayTime(status.since, now)}; ${changed}.`;
  return [first, ...(kept.length === 0 ? [] : [kept.slice(0, maxRows).join("\n")])].join("\n\n");
}

function failedPage(deploy: DeployIn<"failed">): string {
  const serving = stillServing(deploy);
  return [
    `**${inert(failedText(deploy))}.**`,
    ...(serving === undefined ? [] : [`**Still serving:** ${stopped(inert(serving))}`]),
    ...(deploy.status.steps.length === 0 ? [] : [stepList(deploy.status.steps)]),
  ].join("\n\n");
}

const stepNames = {
  fetch: ["Fetched", "Fetching"],
  compare: ["Compared with the cluster", "Comparing with the cluster"],
  "pre-sync": ["PreSync hooks", "PreSync hooks"],
  apply: ["Applied", "Applying"],
  health: ["Health", "Health"],
  "post-sync": ["PostSync hooks", "PostSync hooks"],
  prune: ["Deleted", "Deleting"],
  "sync-fail": ["SyncFail hooks", "SyncFail hooks"],
} as const satisfies Readonly<Record<DeployStep, readonly [done: string, current: string]>>;

const stepSigns = { done: "✅", current: "⏳", failed: "❌" } as const;

function stepList(steps: readonly StepReport[]): string {
  return steps
    .map(({ step, state, text }) => {
      const name = stepNames[step][state === "done" ? 0 : 1];
      return `- ${stepSigns[state]} **${name}:** ${inert(line(text, 300))}`;
    })
    .join("\n");
}

const rowOrder = ["failed", "progressing", "waiting", "live", "superseded"] as const;
const rowSigns = { failed: "❌", progressing: "⏳", waiting: "⏳", live: "✅", superseded: "◻️" } as const;

/** A line for each app, those that need somebody first. */
function rowsOf(deploys: readonly ToldDeploy[], now: number): string {
  const rows = rowOrder.flatMap((state) =>
    deploysIn(deploys, state).map((deploy) => `- ${rowSigns[state]} ${inert(rowText(deploy, now))}`),
  );
  const rest = rows.length - maxRows;
  return [...rows.slice(0, maxRows), ...(rest > 0 ? [`- and ${rest} more`] : [])].join("\n");
}

function rowText(deploy: ToldDeploy, now: number): string {
  const { status } = deploy;
  const name = appVersion(deploy);
  switch (status.state) {
    case "failed":
      return `${name}: failed, ${status.failure.summary}`;
    case "progressing":
      return `${name}: ${status.readiness === undefined ? "deploying" : `${podsText(status.readiness)} ready`}`;
    case "waiting":
      return `${name}: ${waitText(status, now).replace("Waiting", "waiting")}`;
    case "live":
      return `${name}: live since ${dayTime(status.since, now)}`;
    case "superseded":
      return `${name}: replaced`;
    default:
      return status satisfies never;
  }
}
