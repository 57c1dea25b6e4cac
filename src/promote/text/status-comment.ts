import { code, inert } from "../../diff/index.ts";
import { stopped } from "../../model/text/lines.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { comingTime, dayTime, sinceTime } from "../../model/text/times.ts";

/**
 * The marker of the one comment "where is this change" of a pull request. The name of earlier versions: a new one would
 * orphan existing comments.
 */
export const statusMarker = "chain";

/** What took the place of what a change had brought. */
export interface LaterChange {
  readonly brought: string;
  /** It went back, and not on. */
  readonly back: boolean;
  readonly by: string;
  readonly pullRequest: number | undefined;
  readonly at: number;
}

/** How the deploy of a change that an environment has is going. Times in milliseconds since the epoch. */
export type DeployState =
  | { readonly state: "waits"; readonly reason: string }
  /** `progress`: such as `1 of 2 pods ready`; empty where it is not known. */
  | { readonly state: "deploying"; readonly since: number; readonly progress: string }
  /** `branch`: it is rendered to this branch, from which another tool deploys it. */
  | { readonly state: "live"; readonly since: number; readonly branch?: string | undefined }
  /** `still`: the version that serves, where that is known. */
  | {
      readonly state: "failed";
      readonly at: number;
      readonly reason: string;
      readonly still: string;
      readonly url: string;
    };

/** Where a change is in one environment of one app. Times in milliseconds since the epoch. */
export type StatusStep = {
  readonly app: string;
  readonly environment: string;
  /** What the environment has now; empty when it is not known. */
  readonly version: string;
  /** What this change brought there and what came after it, where that is something else now. */
  readonly since?: LaterChange;
  /** How its deploy goes, where Sluice deploys and the change is there. */
  readonly deploy?: DeployState | undefined;
} & (
  | {
      readonly state: "comes";
      /** What the change brings there; empty where that is not known. */
      readonly becomes: string;
    }
  | { readonly state: "merged" }
  | {
      readonly state: "arrived";
      readonly pullRequest: number | undefined;
      readonly at: number | undefined;
      /** Who merged it with which gates not passed. */
      readonly unmet?: { readonly by: string; readonly gates: readonly string[] };
    }
  | { readonly state: "same" }
  | {
      readonly state: "under-way";
      readonly pullRequest: number;
      readonly becomes: string;
      /** What it waits for; empty where that is nothing. */
      readonly gates: string;
      /** The branch has what a person pushed. */
      readonly pushed?: true;
      /** Why no version soaks for long enough, and what helps. */
      readonly starved?: string | undefined;
    }
  | { readonly state: "asked"; readonly by: string; readonly missing: string | undefined }
  | { readonly state: "rolled-back"; readonly by: string; readonly at: number }
  | {
      readonly state: "held";
      readonly by: string;
      readonly reason: string;
      /** When it ends by itself. */
      readonly until: number | undefined;
      /** It holds the whole environment. */
      readonly environmentWide: boolean;
    }
  | { readonly state: "not-yet"; readonly automatic: boolean }
  /** Newer than in the environment that it comes from: nothing takes it back by itself. */
  | { readonly state: "ahead"; readonly from: string }
);

/** The comment: where the change is, the state of each environment from the last on, and what a person can do next. */
export function statusComment(steps: readonly StatusStep[], now: number): string {
  const again = isDone(steps) ? "" : ` · ${code("/status")} posts it again`;
  const small = `<sub>Where this change is. Updated when it moves${again}</sub>`;
  const sign = failureIn(steps) === undefined ? "" : "❌ ";
  return `${[`### ${sign}${inert(headingOf(steps))}`, ...partsOf(steps, now), small].join("\n\n")}\n`;
}

/** The same as a reply, which is not updated. */
export function statusReply(steps: readonly StatusStep[], now: number): string {
  return [`**${inert(headingOf(steps))}**`, ...partsOf(steps, now)].join("\n\n");
}

/** It came to the last environment, or nowhere by now: nobody has to look for it again. */
function isDone(steps: readonly StatusStep[]): boolean {
  return steps.length > 0 && steps.every(isThere) && !steps.some(isBack) && !steps.some(isUnderWay);
}

/** Its deploy has not gone well by now. */
function isUnderWay({ deploy, since }: StatusStep): boolean {
  return since === undefined && deploy !== undefined && deploy.state !== "live";
}

/** The first deploy that failed. */
function failureIn(steps: readonly StatusStep[]) {
  for (const { deploy, since, environment, app } of steps)
    if (since === undefined && deploy?.state === "failed") return { ...deploy, environment, app };
  return undefined;
}

function partsOf(steps: readonly StatusStep[], now: number): readonly string[] {
  if (steps.length === 0) return [];
  const rows = rowsOf(steps, now);
  const more = rows.length > maxRows ? [`| and ${rows.length - maxRows} more | |`] : [];
  const table = ["| Environment | State |", "|---|---|", ...rows.slice(0, maxRows), ...more].join("\n");
  const next = nextText(steps);
  return [table, ...reasonText(steps), ...(next === "" ? [] : [`**Next:** ${next}`])];
}

/** Why a deploy failed. */
function reasonText(steps: readonly StatusStep[]): readonly string[] {
  const failure = failureIn(steps);
  if (failure === undefined) return [];
  const { reason, url } = failure;
  return [`**Reason:** ${stopped(inert(reason))}${url === "" ? "" : ` [Details](${url})`}`];
}

const maxRows = 200;

/** `webapp 1.5.0: in staging, not yet in prod`. */
function headingOf(steps: readonly StatusStep[]): string {
  if (steps.length === 0) return "This change touches no app of any environment";
  const apps = [...new Set(steps.map(({ app }) => app))];
  const names = apps.map((app) => {
    const version = broughtVersion(steps.filter((step) => step.app === app));
    return version === "" ? app : version.includes(" ") ? `${app} (${version})` : `${app} ${version}`;
  });
  return `${sentenceList(names, 3)}: ${progress(steps)}`;
}

/** What the change itself brought, or brings when it is merged; `""` where that is not known. */
function broughtVersion(steps: readonly StatusStep[]): string {
  const came = steps.find(({ state }) => state === "merged" || state === "arrived");
  if (came !== undefined) return came.since?.brought ?? came.version;
  const comes = steps.find(({ state }) => state === "comes");
  return comes?.state === "comes" ? comes.becomes : "";
}

/** How far the change came, by the last environment that has it and the first that does not. */
function progress(steps: readonly StatusStep[]): string {
  if (steps.every(({ state }) => state !== "merged" && state !== "arrived" && state !== "same"))
    return "not merged yet";
  const environments = [...new Set(steps.map(({ environment }) => environment))];
  const of = (environment: string) => steps.filter((step) => step.environment === environment);
  const back = environments.findLast((environment) => of(environment).some(isBack));
  if (back !== undefined) return `taken back in ${back}`;
  const failed = environments.findLast((environment) => failureIn(of(environment)) !== undefined);
  if (failed !== undefined) return `deploy to ${failed} failed`;
  const there = environments.filter((environment) => of(environment).every(isThere));
  const deploying = there.filter((environment) => of(environment).some(isUnderWay));
  const done = there.filter((environment) => !deploying.includes(environment));
  const isLive = done.every((environment) => of(environment).every(({ deploy }) => deploy?.state === "live"));
  const word = isLive && done.length > 0 ? "live in" : "in";
  const had = done.length === 0 ? "" : `${word} ${sentenceList(done, 4)}`;
  if (deploying.length > 0)
    return [had, `deploying to ${sentenceList(deploying, 4)}`].filter((part) => part !== "").join(", ");
  const next = environments.find((environment) => !done.includes(environment));
  if (next === undefined) return `${word} ${environments.at(-1)}`;
  const some = of(next).find(({ state }) => state === "under-way" || state === "asked" || state === "held");
  const isHeld = of(next).every(({ state }) => state !== "under-way" && state !== "asked");
  const rest = some === undefined ? `not yet in ${next}` : isHeld ? `${next} is on hold` : `waiting for ${next}`;
  return [had, rest].filter((part) => part !== "").join(", ");
}

function isThere({ state }: StatusStep): boolean {
  return state === "merged" || state === "arrived" || state === "same";
}

function isBack({ state, since }: StatusStep): boolean {
  return state === "rolled-back" || since?.back === true;
}

/** A row for each environment, the last of the order first; apps that differ there get rows of their own. */
function rowsOf(steps: readonly StatusStep[], now: number): readonly string[] {
  const all = new Set(steps.map(({ app }) => app)).size;
  return [...Map.groupBy(steps, ({ environment }) => environment)].toReversed().flatMap(([environment, own]) => {
    const byText = Map.groupBy(own, (step) => stateText(step, aroundOf(steps, step, now)));
    return [...byText].map(([text, alike]) => {
      const apps =
        alike.length === all || all === 1
          ? ""
          : ` · ${inert(
              sentenceList(
                alike.map(({ app }) => app),
                6,
              ),
            )}`;
      return `| ${inert(environment)}${apps} | ${text} |`;
    });
  });
}

/** Whether the change was taken back before it came to this step's environment. */
function isGone(steps: readonly StatusStep[], { app }: StatusStep): boolean {
  return steps.some((other) => other.app === app && isBack(other));
}

interface Around {
  readonly now: number;
  /** It was taken back before. */
  readonly gone: boolean;
  /** What the heading says that the change brought. */
  readonly brought: string;
}

function aroundOf(steps: readonly StatusStep[], step: StatusStep, now: number): Around {
  const own = steps.filter(({ app }) => app === step.app);
  return { now, gone: isGone(steps, step), brought: broughtVersion(own) };
}

function stateText(step: StatusStep, { now, gone, brought }: Around): string {
  const isSaid = isThere(step) && step.version === brought;
  const has = step.version === "" || isSaid ? "" : `has ${code(step.version)}`;
  if (step.since !== undefined) return laterText(step.since, step.version, now);
  const deploy = deployText(step, now);
  if (deploy !== undefined) return joined(deploy, has);
  switch (step.state) {
    case "comes":
      return joined("◻️ comes with this pull request", has);
    case "merged":
      return joined("✅ merged with this pull request", has);
    case "arrived":
      return arrivedText(step, has, now);
    case "same":
      return joined("✅ has the same versions", has === "" ? "" : code(step.version));
    case "under-way":
      return underWay(step);
    case "asked":
      return joined(
        `⏳ ${code(step.by)} asked for it; opens when this is merged and healthy`,
        [has, step.missing === undefined ? "" : inert(step.missing)].filter((part) => part !== "").join(". To do: "),
      );
    case "rolled-back":
      return joined(`↩️ rolled back by ${code(step.by)}, ${dayTime(step.at, now)}`, has, "; ");
    case "held":
      return joined(heldText(step, now), has, "; ");
    case "ahead":
      return joined(`◻️ newer than ${inert(step.from)}, which stays until somebody takes it back`, has, "; ");
    case "not-yet":
      if (gone) return joined("◻️ never had it", has);
      return joined(step.automatic ? "⏳ promoted automatically when it is healthy before" : "◻️ not yet", has);
    default:
      return step satisfies never;
  }
}

/** How the deploy of what is there goes. */
function deployText(step: StatusStep, now: number): string | undefined {
  const { deploy } = step;
  if (deploy === undefined) return undefined;
  const by = step.state === "arrived" && step.pullRequest !== undefined ? ` (#${step.pullRequest})` : "";
  const unmet =
    step.state === "arrived" && step.unmet !== undefined
      ? `, merged by ${code(step.unmet.by)} ${unmetText(step.unmet.gates)}`
      : "";
  switch (deploy.state) {
    case "waits":
      return `${/\bon hold\b/.test(deploy.reason) ? "⏸️" : "⏳"} waits: ${inert(deploy.reason)}`;
    case "deploying":
      return `⏳ deploying since ${sinceTime(deploy.since, now)}${deploy.progress === "" ? "" : `: ${inert(deploy.progress)}`}`;
    case "live":
      return `${unmet === "" ? "✅" : "🟠"} ${liveText(deploy, by)} since ${dayTime(deploy.since, now)}${by}${unmet}`;
    case "failed":
      return joined(
        `❌ failed ${dayTime(deploy.at, now)}`,
        deploy.still === "" ? "" : `still ${code(deploy.still)}`,
        "; ",
      );
    default:
      return deploy satisfies never;
  }
}

function liveText({ branch }: Extract<DeployState, { state: "live" }>, by: string): string {
  if (branch !== undefined) return `rendered to ${code(branch)}`;
  return by === "" ? "live and healthy" : "live";
}

function arrivedText(step: Extract<StatusStep, { state: "arrived" }>, has: string, now: number): string {
  const since = step.at === undefined ? "" : ` since ${dayTime(step.at, now)}`;
  const how = step.pullRequest === undefined ? "" : ` (#${step.pullRequest})`;
  if (step.unmet === undefined) return joined(`✅ there${since}${how}`, has);
  return joined(`🟠 there${since}${how}, merged by ${code(step.unmet.by)} ${unmetText(step.unmet.gates)}`, has);
}

function unmetText(gates: readonly string[]): string {
  return gates.length === 0 ? "before its gates were evaluated" : `with ${sentenceList(gates.map(inert))} not passed`;
}

function underWay(step: Extract<StatusStep, { state: "under-way" }>): string {
  const { becomes, pullRequest, gates, pushed, starved } = step;
  const what = `#${pullRequest}${pushed ? ", to which somebody pushed," : ""}`;
  if (starved !== undefined) return `⛔ ${what} is stopped by the soak: ${inert(starved)}`;
  return `⏳ ${what} ${gates === "" ? `is ready${pushed ? "" : `, gives it ${code(becomes)}`}` : `waits for ${inert(gates)}`}`;
}

function heldText({ by, reason, until }: Extract<StatusStep, { state: "held" }>, now: number): string {
  const end = until === undefined ? "" : ` until ${comingTime(until, now)}`;
  return `⏸️ on hold by ${code(by)}${end}${reason === "" ? "" : `: "${inert(reason)}"`}`;
}

/** What came after what this change had brought. */
function laterText({ back, by, pullRequest, at }: LaterChange, version: string, now: number): string {
  const when = dayTime(at, now);
  if (back) {
    const how = pullRequest === undefined ? "" : ` with #${pullRequest}`;
    return joined(`↩️ taken back by ${code(by)}${how}, ${when}`, version === "" ? "" : `has ${code(version)}`, "; ");
  }
  const how = pullRequest === undefined ? ` by ${code(by)}` : ` (#${pullRequest})`;
  return `✅ had it; ${version === "" ? "replaced" : code(version)} since ${when}${how}`;
}

function joined(first: string, more: string, between = ", "): string {
  return more === "" ? first : `${first}${between}${more}`;
}

function nextText(steps: readonly StatusStep[]): string {
  const failure = failureIn(steps);
  if (failure !== undefined)
    return `${code(`/rollback ${failure.environment} ${failure.app}`)}, or fix it and comment ${code("/retry")}.`;
  const asked = steps.find((step) => step.state === "asked");
  if (asked?.state === "asked" && asked.missing === undefined && steps.some(isUnderWay))
    return `nothing to do. ${code(asked.by)} asked for ${inert(asked.environment)}: the promotion opens when ${healthyPlace(steps)} is healthy.`;
  const open = steps.find((step) => step.state === "not-yet" && !step.automatic && !isGone(steps, step));
  if (steps.length > 0 && steps.every((step) => isGone(steps, step) && step.state !== "under-way"))
    return goneText(steps);
  if (open !== undefined && steps.some(isThere)) return `comment ${code(`/promote ${open.environment}`)}.`;
  if (open !== undefined)
    return `merge. ${code(`/promote ${open.environment}`)} can be said now: the promotion then opens when ${healthyText(steps)}.`;
  const waits = steps.find((step) => step.state === "under-way" && /\bapprovals?\b/.test(step.gates));
  const held = steps.find((step) => step.state === "held");
  return [
    ...(waits?.state === "under-way" ? [`anyone with write access approves #${waits.pullRequest}.`] : []),
    ...(held?.state === "held" ? [`${code(`/release ${heldPlace(held)}`)} ends the hold.`] : []),
  ].join(" ");
}

/** Where it is being deployed. */
function healthyPlace(steps: readonly StatusStep[]): string {
  return inert(steps.find(isUnderWay)?.environment ?? "");
}

/** Nothing is left to do for what was taken back everywhere. */
function goneText(steps: readonly StatusStep[]): string {
  const [app = "", ...more] = new Set(steps.map((step) => step.app));
  const brought = more.length > 0 ? "" : (steps.find(({ since }) => since !== undefined)?.since?.brought ?? "");
  const what = brought === "" ? "what was taken back" : inert(brought);
  return app === "" ? "" : `nothing. Automation leaves ${what} alone and goes on with a newer version.`;
}

function heldPlace({ environment, app, environmentWide }: Extract<StatusStep, { state: "held" }>): string {
  return environmentWide ? environment : `${environment}/${app}`;
}

/** `1.5.0 is healthy in staging`. */
function healthyText(steps: readonly StatusStep[]): string {
  const comes = steps.find(({ state }) => state === "comes");
  const known = comes?.state === "comes" && comes.becomes !== "" && new Set(steps.map(({ app }) => app)).size === 1;
  return known ? `${inert(comes.becomes)} is healthy in ${inert(comes.environment)}` : "this is merged and healthy";
}
