import { LIMITS, type Place, placeOf, reasonOf } from "../../../change/command-arguments.ts";
import type { RepositoryContext } from "../../../change/repository-context.ts";
import { byAllow } from "../../../change/rights.ts";
import { settingsFor } from "../../../config/index.ts";
import { code, inert } from "../../../diff/index.ts";
import type { Arguments, Command, CommandCall } from "../../../model/command.ts";
import type { Hold } from "../../../model/gates.ts";
import { count } from "../../../model/text/lists.ts";
import { comingTime } from "../../../model/text/times.ts";
import { parseBranch } from "../../text/branch.ts";
import { observe } from "../health.ts";
import type { PromotionPorts } from "../ports.ts";
import { common, happened, lookAgain, nameOf, placed } from "./held-place.ts";
import { parseUntil, untilGoesOn } from "./until.ts";

/** What `/hold` asks for. */
export interface HoldRequest extends Place {
  /** Empty when none was given. */
  readonly reason: string;
  /** Milliseconds since the epoch; absent: until somebody ends it. */
  readonly until?: number;
}

/** `/hold`. */
export const holdCommand: Command<PromotionPorts> = {
  name: "hold",
  usage: "<env>[/<app>] [reason…]",
  words: [1, LIMITS.reason],
  flags: [
    {
      name: "until",
      value: "time",
      summary: "when the hold ends by itself, a year ahead at most",
      goesOn: untilGoesOn,
    },
  ],
  summary: "Stops deploys, promotions and image updates there",
  details: [
    "Nothing is promoted to what is held, nothing is updated there, open promotions wait, and Sluice deploys nothing there, until somebody says `/release` or the time is over. A deploy that is under way stops where it is.",
    "The reason is shown wherever something waits, so say why; no quotes are needed.",
    "",
    "A hold that ends earlier than another one by `/hold`, or than one without an end, leaves that as it is. What a rollback holds stays beneath: when the time is over, automation is still on hold.",
    "",
    "`--until` takes how long, counted from the comment (`30m`, `2h`, `3d`, `1d12h`, `2 weeks`), or a moment with its zone",
    "(`2026-11-23T09:00+01:00`, `2026-11-23T08:00Z`, `2026-11-23 09:00 Europe/Berlin`), or a day (`2026-11-23`), at whose beginning in UTC the hold",
    "ends.",
  ].join("\n"),
  examples: [
    { line: "/hold prod checkout is broken, see the incident", does: "stops everything in `prod`, with a reason" },
    { line: "/hold prod/webapp", does: "stops one app there; `/hold prod webapp` does the same" },
    { line: "/hold prod --until 2026-11-23 09:00 Europe/Berlin the big sale", does: "ends by itself" },
    { line: "/hold prod --until 2h load test", does: "lasts two hours" },
  ],
  onIssues: true,
  ...byAllow,
  run: (given, call, ports) => hold(ports, call, holdRequest(given, call.at)),
};

/** What the words ask for; `at` is when they were written, in milliseconds since the epoch. */
export function holdRequest({ words: [first = "", ...reason], flags: { until } }: Arguments, at: number): HoldRequest {
  const request = { ...placeOf(first), reason: reasonOf(reason) };
  return typeof until === "string" ? { ...request, until: parseUntil(until, at) } : request;
}

/** Records the hold, and has everything that it stops evaluated again. */
async function hold(ports: PromotionPorts, call: CommandCall, asked: HoldRequest): Promise<string> {
  // A reason of one word that is an app's name is that app: nobody gives a name as the reason.
  const next = /^[^\s*?]+$/.test(asked.reason) ? asked.reason : undefined;
  const { context, place } = await placed(ports, call, asked, next);
  const isNext = place.app !== undefined && asked.app === undefined;
  const request: HoldRequest = { ...asked, ...place, reason: isNext ? "" : asked.reason };
  const { reason, until } = request;
  const decision = { ...common(context, call, request), kind: "held", ...(reason === "" ? {} : { reason }) } as const;
  const end = until === undefined ? {} : { until: new Date(until).toISOString() };
  await ports.state.record(context.where, { ...decision, ...end }, call.signal);
  const longer = await longerHold(ports, context, place, decision);
  if (longer !== undefined) return describeLonger(place, longer, ports.clock());
  if (until !== undefined) await scheduleEnd(ports, context, until);
  await lookAgain(ports, context, place);
  const about = { ...happened(ports, context, call, request, "hold.set"), kind: "hold.set", reason } as const;
  await ports.events.dispatch({ ...about, ...(until === undefined ? {} : { until }) }, call.signal);
  const { open, hasMore } = await waitingPromotions(context, place);
  return describeHold(request, { open, hasMore, deploys: deploysThere(context, place) }, ports.clock());
}

/** Whether Sluice deploys something of the place. */
function deploysThere({ config, targets }: RepositoryContext, { environment, app }: Place): boolean {
  return targets.targets.some(
    (target) =>
      target.environment === environment &&
      (app === undefined || target.app === app) &&
      settingsFor(config, target.app, environment).deploy !== undefined,
  );
}

/** How many branches are looked at: each costs a call. */
const maxBranches = 10;

/** The numbers of the open promotions that a hold of this place stops, and whether there may be more of them. */
async function waitingPromotions(context: RepositoryContext, { environment, app }: Place) {
  const { pull } = observe(context);
  const branches = [...context.branches.keys()].filter((name) => {
    const known = parseBranch(name);
    const isHere = known?.kind === "promotion" && known.environment === environment;
    return isHere && (app === undefined || known.app === app);
  });
  const pulls = await Promise.all(branches.slice(0, maxBranches).map((branch) => pull(branch)));
  const open = pulls.flatMap((one) => (one?.state === "open" ? [one.number] : [])).sort((a, b) => a - b);
  return { open, hasMore: branches.length > maxBranches };
}

/** The hold of somebody else that the place still has, for it outlasts what was asked for. */
async function longerHold(
  ports: PromotionPorts,
  { where, signal }: RepositoryContext,
  { environment, app }: Place,
  { by, at }: { readonly by: string; readonly at: string },
): Promise<Hold | undefined> {
  const state = await ports.state.read(where, signal);
  const holds = await state.holds(environment, app, ports.clock());
  const hold = holds.find(({ environmentWide }) => environmentWide === (app === undefined));
  if (hold === undefined) return undefined;
  return hold.by === by && hold.since === at ? undefined : hold;
}

/**
 * Clocks differ between hosts: a job that comes before the hold's end by another's clock would find it in place. In
 * milliseconds.
 */
const slackMs = 2_000;

async function scheduleEnd(ports: PromotionPorts, { where, base }: RepositoryContext, until: number): Promise<void> {
  const job = { type: "promotions", ...where, defaultBranch: base } as const;
  const at = until + slackMs;
  await ports.queue.add({ type: "scheduled", at, job }, { delayMs: Math.max(0, at - ports.clock()) });
}

/** What a hold stops. */
export interface StoppedByHold {
  /** The numbers of open promotions. */
  readonly open: readonly number[];
  /** Whether there may be more of them. */
  readonly hasMore?: boolean;
  /** Whether Sluice deploys there. */
  readonly deploys: boolean;
}

/** What a person hears who holds a place: until when, what waits for it, how it ends. */
export function describeHold(request: HoldRequest, stopped: StoppedByHold, now: number): string {
  const { reason, until } = request;
  const name = nameOf(request);
  const first = onHold(`${inert(name)} is on hold`, endText(until, now), reason);
  return `⏸️ ${first} ${waitsText(stopped)} ${toEnd(name)}`;
}

function waitsText({ open, hasMore = false, deploys }: StoppedByHold): string {
  if (open.length === 0)
    return deploys ? "Deploys, promotions and image updates wait." : "Promotions and image updates wait.";
  const [verb, numbers] = [open.length === 1 ? "waits" : "wait", open.map((number) => `#${number}`).join(", ")];
  const promotions = `${hasMore ? "At least " : ""}${count(open.length, "open promotion")} ${verb}: ${numbers}.`;
  return deploys ? `${promotions} Deploys wait too.` : promotions;
}

function describeLonger(place: Place, { by, until, reason }: Hold, now: number): string {
  const name = nameOf(place);
  const end = endText(until === undefined ? undefined : Date.parse(until), now);
  const first = onHold(`${inert(name)} is on hold already`, ` by ${code(by)}${end}`, reason);
  return `⏸️ ${first} That lasts longer, so it stays as it is. ${toEnd(name)}`;
}

function endText(until: number | undefined, now: number): string {
  return until === undefined ? "" : ` until ${comingTime(until, now)}`;
}

/** The stop or the colon is bold where nothing stands before it. */
function onHold(what: string, rest: string, reason: string): string {
  const said = reason === "" ? "" : ` "${inert(reason)}".`;
  const sign = reason === "" ? "." : ":";
  return rest === "" ? `**${what}${sign}**${said}` : `**${what}**${rest}${sign}${said}`;
}

function toEnd(name: string): string {
  return `To end it: ${code(`/release ${name}`)}.`;
}
