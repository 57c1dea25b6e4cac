import { code, inert, redactMessage } from "../../diff/index.ts";
import type { GateVerdict } from "../../model/gates.ts";
import { clip, oneLine, stopped, visible } from "../../model/text/lines.ts";
import { dayRange } from "../../model/text/times.ts";
import type { PromotionMetadata } from "./metadata.ts";
import type { RollbackProposal } from "./proposal-metadata.ts";
import { onlyMove } from "./versions.ts";

type Metadata = Pick<PromotionMetadata, "environment" | "apps" | "targets" | "proposal">;

const maxText = 300;

/** `1.4.0` and `1.5.0`, where one pair says it all. */
function movesOf({ targets: [only, ...more] }: Pick<Metadata, "targets">) {
  return only === undefined || more.length > 0 ? undefined : onlyMove(only.images);
}

/** The first line: where to go back to, and what failed, with its numbers. */
export function proposalVerdict(metadata: Metadata, proposal: RollbackProposal): string {
  const move = movesOf(metadata);
  const app = inert(metadata.apps[0] ?? "");
  const to = move === undefined ? `what ${app} was` : `${app} ${inert(move.to)}`;
  const version = proposal.version === "" ? app : inert(clip(proposal.version, maxText));
  return `**↩️ Proposal: take ${inert(metadata.environment)} back to ${to}.** ${stopped(evidenceText(proposal, version))}`;
}

/** What failed in one sentence or two, inert; `version` is that of the app, in Markdown. */
function evidenceText({ failure }: RollbackProposal, version: string): string {
  switch (failure.kind) {
    case "deploy":
      return `The deploy of ${version} failed${afterText(" after", failure.ms)}: ${shown(failure.text)}`;
    case "degraded":
      return `${version} was live${afterText(" for", failure.ms)}, then failed: ${shown(failure.text)}`;
    case "check":
      return `${version} is live, and the check ${inert(clip(failure.name, maxText))} failed on ${code(failure.commit.slice(0, 7))}`;
    case "query":
      return `${version} is live, and ${code(clip(oneLine(failure.query), maxText))} gives ${number(failure.value)}, ${failure.side} ${number(failure.limit)}`;
    default:
      return failure satisfies never;
  }
}

function afterText(word: string, ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 1 ? "" : `${word} ${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
}

/** What a cluster or a person wrote, masked and inert. */
function shown(text: string): string {
  return inert(clip(visible(oneLine(redactMessage(text))).trim(), maxText));
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Why it is on hold, for who asks; plain text. */
export function proposalReason({ failure, version }: RollbackProposal): string {
  const what = failure.kind === "check" ? `check ${failure.name}` : failure.kind === "query" ? "a query" : failure.text;
  return clip(oneLine(redactMessage(`${version} failed: ${what}`)), maxText);
}

/** Whether the target got something else since: whether that does well is not known yet. */
export function isOvertaken({ targets, proposal }: Pick<Metadata, "targets" | "proposal">): boolean {
  return proposal !== undefined && targets.some(({ before }) => before !== proposal.digest);
}

/** Both answers, each with what comes of it. */
export function proposalNext(metadata: Metadata, verdict: GateVerdict | undefined, automatic: boolean): string {
  if (isOvertaken(metadata))
    return `**Next:** wait. ${inert(metadata.environment)} has got something else since; when that is live and healthy, Sluice closes this.`;
  const isApproved = verdict?.results.some(({ gate, state }) => gate === "approvals" && state !== "passed") === true;
  const person = "anyone with write access";
  const agree = isApproved
    ? `${person} approves${automatic ? "; Sluice merges when all gates have passed" : " and merges"}`
    : automatic
      ? "Sluice merges this when all gates have passed"
      : `${person} merges this`;
  const version = movesOf(metadata)?.from;
  const stays = version === undefined || version === "" ? "What is there" : inert(version);
  return [
    "**Next:** agree or decline",
    `- agree: ${agree}`,
    `- decline: close this. ${stays} stays, the hold ends, and Sluice does not propose it again for this deploy`,
  ].join("\n");
}

/** Where more is said, and since when the version to go back to was healthy. */
export function proposalLinks(metadata: Metadata, { url, healthy }: RollbackProposal): string {
  const move = movesOf(metadata);
  const links = [
    ...(url === undefined || !/^https?:\/\/[^\s()<>]+$/.test(url) ? [] : [`[Failed deploy](${url})`]),
    ...(healthy === undefined || move === undefined
      ? []
      : [
          `${inert(move.to)} was healthy in ${inert(metadata.environment)} from ${dayRange(healthy.from, healthy.until)}`,
        ]),
  ];
  return links.join(" · ");
}

/** What is on hold while it is open, and after the merge. */
export function proposalHold({ environment, apps }: Metadata, releases: string): string {
  const place = `${inert(apps.join(", "))} in ${inert(environment)}`;
  return `**On hold:** nothing promotes or updates ${place} by itself until this is closed, or a newer version is live there. After the merge that lasts until ${releases}, or until someone promotes a newer version by hand.`;
}

/** What is said where a person closed it. */
export function declinedText(metadata: Metadata): string {
  const version = movesOf(metadata)?.from;
  const what = version === undefined || version === "" ? "What is there" : inert(version);
  const place = `${inert(metadata.apps.join(", "))} in ${inert(metadata.environment)}`;
  return `**Declined:** ${what} stays. The hold on ${place} has ended, and Sluice does not propose this again for this deploy.`;
}

/** What is said on a rollback whose own deploy failed. */
export function loopText(app: string, environment: string): string {
  return `**No rollback is proposed:** what failed in ${inert(environment)} is itself a rollback of ${inert(app)}, so going back again is for a person to decide: ${code(`/rollback ${environment} ${app} --to VERSION`)}.`;
}

/** What is said where a query of `rollback.verify` cannot be asked. */
export function unverifiedText(app: string, environment: string, why: string): string {
  return `🟠 **Warning: ${inert(app)} in ${inert(environment)} is not verified:** ${stopped(inert(why))}`;
}
