import { replaceVerdict, shownVerdict, verdictPart } from "../../change/text/verdict-part.ts";
import { code, inert } from "../../diff/index.ts";
import type { GateResult, GateVerdict, MergeStop } from "../../model/gates.ts";
import type { CheckReport, PullRequest } from "../../model/github.ts";
import { clip } from "../../model/text/lines.ts";
import { count, sentenceList } from "../../model/text/lists.ts";
import { dayTime } from "../../model/text/times.ts";
import { orderOf } from "../../model/versions.ts";
import { type BrokenTarget, brokenNext, brokenTitle, brokenVerdict } from "./broken.ts";
import { countedGates, gatesSection, gateTree, isOpen, orderedGates, replaceGates, type SeenGates } from "./gates.ts";
import type { PromotionMetadata } from "./metadata.ts";
import { proposalLinks, proposalNext, proposalVerdict } from "./rollback-proposal.ts";
import { onlyMove } from "./versions.ts";

/** The name of the check run on a promotion's head. */
export const promotionCheck = "Sluice promotion";

/** How a promotion stands at its head. */
export interface Standing {
  readonly metadata: PromotionMetadata;
  /** `undefined` until its gates are evaluated. */
  readonly verdict: GateVerdict | undefined;
  readonly stops: readonly MergeStop[];
  /** People pushed to the branch: beside what was planned, or so that it is something else now. */
  readonly pushed?: "beside" | "changed";
  /** A target that cannot be rendered any more. */
  readonly broken?: BrokenTarget | undefined;
  /** Who pushed, in lower case. */
  readonly pushers?: readonly string[];
  /** Sluice merges when all gates have passed. */
  readonly automatic: boolean;
  readonly now: number;
}

/** What comes of it and what to do next: the first lines of the description. */
export function verdictSection(standing: Standing): string {
  const alert = standing.broken === undefined ? alertOf(standing) : "";
  const { metadata, pushed } = standing;
  const links =
    metadata.proposal === undefined || pushed !== undefined ? "" : proposalLinks(metadata, metadata.proposal);
  const parts = [verdictText(standing), alert, nextText(standing), links].filter((part) => part !== "");
  return verdictPart(parts.join("\n\n"));
}

/** GitHub takes 65,536 characters. */
const bodyLimit = 65_536;

/**
 * A body with the first lines and the gates as they stand; without their details where GitHub would not take them. It
 * stays as it is where there is no room even so. `undefined` where somebody took the gates out.
 */
export function standingBody(
  body: string,
  standing: Standing & { readonly verdict: GateVerdict },
  remarks: readonly string[],
): string | undefined {
  const { verdict, metadata, broken } = standing;
  const whole = withParts(body, standing, gatesSection(verdict, { remarks, apps: metadata.targets.length }));
  if (whole === undefined || whole.length <= bodyLimit) return whole;
  const short = { ...standing, broken: broken && { ...broken, message: "" } };
  const brief = withParts(body, short, countedGates(verdict, promotionCheck)) ?? body;
  return brief.length <= bodyLimit ? brief : body;
}

function withParts(body: string, standing: Standing, gates: string): string | undefined {
  const gated = replaceGates(body, gates);
  return gated === undefined ? undefined : replaceVerdict(gated, verdictSection(standing));
}

/** What a body says that it waits for; `undefined` where it says nothing of that. */
export function shownWait(body: string): string | undefined {
  const [own = ""] = (shownVerdict(body) ?? "").split("<details>");
  return /Waiting for (.+)\.\r?$/m.exec(own)?.[1];
}

function verdictText({ metadata, verdict, stops, broken, pushed, pushers = [], now }: Standing): string {
  if (broken !== undefined) return brokenVerdict(broken, metadata);
  const stopped = stoppedText(metadata, verdict, stops, now);
  if (stopped !== undefined) return stopped;
  const waits = verdict === undefined ? "" : waitText(verdict);
  if (pushed !== undefined) return pushedText(metadata, pushed, pushers);
  if (metadata.proposal !== undefined) return `${proposalVerdict(metadata, metadata.proposal)}${waits}`;
  const hold = verdict?.results.find((one) => one.gate === "hold" && isOpen(one));
  const sign = signOf(metadata, stops);
  const isReady = verdict?.state === "passed";
  const lead = hold !== undefined ? "⏸️ On hold: " : sign === "" && isReady ? "Ready: " : sign;
  const gets = `${lead}${getsText(metadata, hold !== undefined, stops)}`;
  const instead = insteadText(metadata, stops);
  return `**${gets}${instead === "" ? ".**" : `**${instead}.`}${replacedText(metadata)}${waits}`;
}

function signOf({ kind }: PromotionMetadata, stops: readonly MergeStop[]): string {
  if (kind === "rollback") return "↩️ ";
  return stops.some((stop) => stop.kind === "older") ? "⬇️ " : "";
}

/** `prod gets webapp 1.5.0`. */
function getsText(
  { kind, environment, targets }: PromotionMetadata,
  later: boolean,
  stops: readonly MergeStop[],
): string {
  const [only, ...more] = targets;
  const where = inert(environment);
  const isOlder = stops.some((stop) => stop.kind === "older");
  const verb = kind === "rollback" ? "goes back to" : isOlder ? "would go back to" : "gets";
  if (only === undefined || more.length > 0) {
    const older = kind === "rollback" || isOlder ? "earlier" : "new";
    return `${where} ${verb} ${older} versions of ${count(targets.length, "app")}${later ? " later" : ""}`;
  }
  const move = onlyMove(only.images);
  const what = move === undefined ? `the files of ${inert(only.app)}` : `${inert(only.app)} ${inert(move.to)}`;
  return `${where} ${verb} ${what}${later ? " later" : ""}`;
}

function insteadText({ kind, targets }: PromotionMetadata, stops: readonly MergeStop[]): string {
  const [only, ...more] = targets;
  const move = only === undefined || more.length > 0 ? undefined : onlyMove(only.images);
  if (move === undefined) return "";
  if (move.from === "") return ", new";
  const goesBack = kind === "rollback" || stops.some((stop) => stop.kind === "older");
  return goesBack ? `, from ${inert(move.from)}` : ` in place of ${inert(move.from)}`;
}

/** ` It replaced 1.5.0 here.` */
function replacedText({ replaced, targets }: PromotionMetadata): string {
  const last = replaced.at(-1);
  if (last === undefined) return "";
  const [, goal] = targets.length === 1 ? (/ → (\S+)$/.exec(last.versions) ?? []) : [];
  return ` It replaced ${goal === undefined ? code(last.versions) : inert(goal)} here.`;
}

/** ` Waiting for 1 approval and the soak (ends 23:15 UTC).` */
function waitText(verdict: GateVerdict): string {
  const waits = waitsOf(verdict);
  return waits === "" ? "" : ` Waiting for ${waits}.`;
}

function waitsOf({ results }: GateVerdict, max = 4): string {
  const briefs = orderedGates(results)
    .filter(({ gate }) => gate !== "hold")
    .map(({ brief, label }) => inert(brief ?? label.toLowerCase()));
  return sentenceList(briefs, max);
}

function pushedText(
  { environment, targets, apps }: PromotionMetadata,
  pushed: "beside" | "changed",
  pushers: readonly string[],
): string {
  const who =
    pushers.length === 0
      ? "a person"
      : sentenceList(
          pushers.map((login) => code(login)),
          3,
        );
  const [only, ...more] = targets;
  const move = only === undefined || more.length > 0 ? undefined : onlyMove(only.images);
  const what =
    only === undefined || move === undefined
      ? `what was planned for ${count(apps.length, "app")}`
      : `${inert(only.app)} ${inert(move.to)}`;
  const first =
    pushed === "beside"
      ? `**${inert(environment)} gets ${what} and commits by ${who}.**`
      : `**${who === "a person" ? "A person" : who} changed what ${inert(environment)} gets here; it is no longer ${what}.** The diff below shows what it is now.`;
  return `${first} Sluice keeps those commits, so it no longer updates or merges this pull request.`;
}

/** What changed against it, with who and when. */
function stoppedText(
  metadata: PromotionMetadata,
  verdict: GateVerdict | undefined,
  stops: readonly MergeStop[],
  now: number,
): string | undefined {
  const changed = stops.find(({ kind }) => kind === "changed");
  if (changed !== undefined) {
    const than =
      orderOf(changed.has, changed.gets) === "newer"
        ? `newer than the ${inert(changed.gets)} that this promotes`
        : `and this would set ${inert(changed.gets)}`;
    const what = `**Stopped: ${inert(metadata.environment)} has ${inert(changed.has)} now**, ${than}.`;
    return `${what}${authorText(changed, metadata, now)}`;
  }
  const stop = stoppedGate(verdict);
  if (stop === undefined) return undefined;
  // The cause says what it was before.
  const short = stop.cause === undefined ? stop.stopped : stop.stopped?.replace(/ from \S+ to /, " to ");
  return `**Stopped: ${inert(short ?? "")}.**${stop.cause === undefined ? "" : ` ${inert(stop.cause.what)}.`}`;
}

function authorText({ change, app }: MergeStop, { environment, targets }: PromotionMetadata, now: number): string {
  if (change === undefined) return "";
  const how = change.pullRequest === undefined ? "" : ` with #${change.pullRequest}`;
  return ` ${code(change.by)} changed ${targets.length > 1 ? `${inert(app)} in ` : ""}${inert(environment)}${how} on ${dayTime(change.at, now)}.`;
}

function stoppedGate(verdict: GateVerdict | undefined): GateResult | undefined {
  return verdict?.results.find((one) => isOpen(one) && one.stopped !== undefined);
}

/** Of an older version: what a merge takes away. */
function alertOf({ metadata, stops, now }: Standing): string {
  const older = stops.find(({ kind }) => kind === "older");
  if (older === undefined) return "";
  const { environment, from } = metadata;
  const { change } = older;
  const how =
    change === undefined ? "" : ` with ${change.pullRequest === undefined ? "a commit" : `#${change.pullRequest}`}`;
  const who =
    change === undefined ? "." : ` (${code(change.by)}, ${dayTime(change.at, now)}), not through ${inert(from)}.`;
  return [
    "> [!WARNING]",
    `> **${inert(older.has)} came to ${inert(environment)}${how}**${who} Merging this removes it.`,
    ">",
    `> **Instead:** bring ${inert(older.has)} to ${inert(from)} first, and close this.`,
  ].join("\n");
}

/** Who does what next; `""` where only time and Sluice are left. */
function nextText({ metadata, verdict, stops, broken, pushed, automatic }: Standing): string {
  if (broken !== undefined) return brokenNext(broken);
  const { environment, apps, kind } = metadata;
  const again = code(`/promote ${environment} ${apps.join(" ")}`);
  const changed = stops.find((stop) => stop.kind === "changed");
  if (changed !== undefined)
    return `**Next:** choose one\n- bring ${inert(changed.has)} or newer to ${inert(metadata.from)}, then comment ${again} here (recommended)\n- or comment ${again}, if this is meant to replace it`;
  const stop = stoppedGate(verdict);
  if (stop?.cause !== undefined)
    return `**Next:** ask ${inert(stop.cause.who)} why. Then close this, or wait: it goes on when ${inert(metadata.from)} has ${goalOf(metadata)} again, and a newer version replaces it.`;
  if (stop?.who !== undefined) return `**Next:** ${inert(stop.who)}.`;
  if (pushed !== undefined)
    return `**Next:** approve what is there now, then merge by hand. To give it back to Sluice: close this, delete the branch, comment ${again}.`;
  if (metadata.proposal !== undefined) return proposalNext(metadata, verdict, automatic);
  if (stops.some((one) => one.kind === "older"))
    return "**Next:** if going back is meant, anyone with write access approves and merges. Sluice does not merge an older version by itself.";
  if (verdict === undefined) return "";
  const person = orderedGates(verdict.results).find(({ who, setUp }) => who !== undefined || setUp !== undefined);
  if (person?.setUp !== undefined) return `**Next:** ${setUpList(person.setUp)}`;
  if (person !== undefined && kind === "rollback") return `**Next:** ${rollbackText(person)}`;
  const after = automatic ? "Sluice merges when all gates have passed." : "Then merge this pull request.";
  if (person !== undefined) return `**Next:** ${askText(person)} ${after}`;
  if (verdict.state !== "passed") return "";
  return automatic && kind === "promotion" ? "" : "**Next:** anyone with write access merges this pull request.";
}

/** `1.5.0`; of several `the versions`. */
function goalOf({ targets: [only, ...more] }: PromotionMetadata): string {
  const move = only === undefined || more.length > 0 ? undefined : onlyMove(only.images);
  return move === undefined ? "the versions" : inert(move.to);
}

/** A rollback waits for people only. */
function rollbackText(person: GateResult): string {
  const first =
    person.gate === "approvals"
      ? "anyone with write access approves and merges."
      : `${askText(person)} Then merge this.`;
  return `${first} Soak, windows and health do not apply to a rollback.`;
}

function askText({ gate, who = "" }: GateResult): string {
  if (gate === "approvals") return "anyone with write access reviews the diff below and approves.";
  return `${inert(who)}.`;
}

/** How it stands, for the list of pull requests: at most 72 characters. */
export function verdictTitle({
  verdict,
  stops,
  metadata,
  broken,
}: Pick<Standing, "verdict" | "stops" | "metadata" | "broken">): string {
  if (broken !== undefined) return clip(`Stopped: ${brokenTitle(broken, metadata)}`, maxTitle);
  const changed = stops.find(({ kind }) => kind === "changed");
  if (changed !== undefined)
    return clip(`Stopped: ${metadata.environment} was changed to ${changed.has} meanwhile`, maxTitle);
  const stop = stoppedGate(verdict);
  if (stop?.stopped !== undefined) return clip(`Stopped: ${stop.stopped}`, maxTitle);
  if (verdict === undefined) return "Checking the gates";
  const hold = verdict.results.find((one) => one.gate === "hold" && isOpen(one));
  if (hold !== undefined) return clip(`On hold by ${hold.brief ?? "a person"}`, maxTitle);
  const isOlder = stops.some(({ kind }) => kind === "older");
  const text = verdict.state === "passed" ? readyText(verdict) : waitingTitle(verdict);
  return isOlder ? clip(`Older version: ${text.charAt(0).toLowerCase()}${text.slice(1)}`, maxTitle) : text;
}

const maxTitle = 71;

function waitingTitle(verdict: GateVerdict): string {
  const texts = [4, 3, 2, 1].map((max) => `Waiting for ${plain(waitsOf(verdict, max))}`);
  return texts.find((text) => text.length <= maxTitle) ?? clip(texts.at(-1) ?? "", maxTitle);
}

/** A title is no Markdown. */
function plain(text: string): string {
  return text.replaceAll("`", "").replaceAll(/&#(\d+);/g, (_, sign: string) => String.fromCharCode(Number(sign)));
}

function readyText({ results }: GateVerdict): string {
  const overridden = results.filter(({ state }) => state === "overridden").length;
  if (overridden > 0) return `Ready: ${count(results.length, "gate")} passed, ${overridden} of them overridden`;
  if (results.length === 1) return "Ready: the only gate passed";
  return `Ready: ${results.length === 2 ? "both" : `all ${results.length}`} gates passed`;
}

/** One check per promotion, whose summary is the tree of gates. Waiting is not failing: red is what was stopped. */
export function gatesCheck(
  head: { readonly sha: string; readonly url: string },
  standing: Standing & { readonly verdict: GateVerdict },
  remarks: readonly string[],
): CheckReport {
  const { verdict, stops } = standing;
  const link = `[${code(head.sha.slice(0, 7))}](${head.url})`;
  const person =
    standing.pushed === undefined && standing.broken === undefined ? [] : [verdictText(standing), nextText(standing)];
  const parts = [gateTree(verdict, link), ...person, ...remarks].filter((part) => part !== "");
  const summary = parts.join("\n\n").slice(0, 60_000);
  const about = { name: promotionCheck, headSha: head.sha, title: verdictTitle(standing), summary };
  const isStopped =
    standing.broken !== undefined || stops.some(({ kind }) => kind === "changed") || stoppedGate(verdict) !== undefined;
  if (isStopped) return { ...about, status: "completed", conclusion: "failure" };
  if (verdict.state === "passed") return { ...about, status: "completed", conclusion: "success" };
  return { ...about, status: "in_progress" };
}

/** What is commented after a merge by hand before all gates had passed. */
export function mergedUnmetText(
  { mergedBy }: Pick<PullRequest, "mergedBy">,
  { environment, apps, kind }: Pick<PromotionMetadata, "environment" | "apps" | "kind">,
  { seen, history }: { readonly seen: SeenGates | undefined; readonly history: string },
): string {
  const who = mergedBy === undefined ? "somebody" : code(mergedBy);
  const what =
    seen === undefined
      ? "before its gates were evaluated.**"
      : `with ${seen.unmet.length} of ${count(seen.total, "gate")} not passed:** ${sentenceList(seen.unmet.map(inert))}.`;
  const first = `🟠 **Warning: ${who} merged this ${what} It is in the [history](${history}).`;
  const back = `If that was a mistake: \`/rollback ${environment} ${apps.join(" ")}\`.`;
  return kind === "rollback" ? first : `${first}\n\n${back}`;
}

/** The check of what was merged by hand, with the gates as they were seen then; `undefined` where all had passed. */
export function mergedCheck(
  { head, mergedBy = "somebody" }: Pick<PullRequest, "head" | "mergedBy">,
  { unmet }: SeenGates,
  summary: string,
): CheckReport | undefined {
  if (unmet.length === 0) return undefined;
  const title = `Merged by ${mergedBy}, ${count(unmet.length, "gate")} not passed`;
  const about = { name: promotionCheck, headSha: head.sha, title, summary } as const;
  return { ...about, status: "completed", conclusion: "neutral" };
}

/** The first lines of a description after the merge: people open it months later. */
export function mergedSection(
  { environment, targets, kind, apps }: PromotionMetadata,
  { author, mergedBy, closedAt }: Pick<PullRequest, "author" | "mergedBy" | "closedAt">,
  about: { readonly unmet: readonly string[] | undefined; readonly isAsPlanned: boolean; readonly now: number },
): string {
  const { unmet, isAsPlanned, now } = about;
  const [only, ...more] = targets;
  const move = only === undefined || more.length > 0 ? undefined : onlyMove(only.images);
  const known =
    move === undefined || only === undefined
      ? `new versions of ${count(apps.length, "app")}`
      : `${inert(only.app)} ${inert(move.to)}`;
  const what = isAsPlanned ? known : "what people pushed here";
  const isBack = kind === "rollback" && isAsPlanned;
  const at = closedAt === undefined ? "" : ` ${isBack ? "on" : "since"} ${dayTime(closedAt, now)}`;
  const who = mergedBy === undefined ? "" : ` by ${mergedBy === author ? "Sluice" : code(mergedBy)}`;
  const how = unmetText(unmet);
  return verdictPart(`**${inert(environment)} ${isBack ? "went back to" : "has"} ${what}**${at}. Merged${who} ${how}.`);
}

function unmetText(unmet: readonly string[] | undefined): string {
  if (unmet === undefined) return "before its gates were evaluated";
  return unmet.length === 0 ? "with all gates passed" : `with ${sentenceList(unmet.map(inert))} not passed`;
}

/** The same as a list of ways. */
function setUpList(environment: string): string {
  return [
    `tell Sluice how ${inert(environment)} is doing. Nothing has reported a deployment of ${inert(environment)} so far. One of:`,
    `- report GitHub Deployments from what deploys ${inert(environment)}`,
    '- or name a check in `.sluice.yaml`: `health: { check: "health/{app}" }`',
    "- or go without: `gates: { healthy: false }`",
  ].join("\n");
}
