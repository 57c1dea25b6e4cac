import { inert } from "../../diff/index.ts";
import { helpLink } from "../../model/text/help.ts";
import { clip, stopped } from "../../model/text/lines.ts";
import { dayRange } from "../../model/text/times.ts";
import { appVersion, type DeployIn, plain, podsText, versionOf } from "./told-deploy.ts";

/** What a proposal says beside the failure. */
export interface ProposalFacts {
  /** The version that it goes back to. */
  readonly to: string;
  /** From when to when that one was healthy there, in milliseconds since the epoch; absent where it is not known. */
  readonly healthy?: { readonly from: number; readonly until: number } | undefined;
  /** Who may agree: `anyone in acme/release`. */
  readonly approvers: string;
  /** The comment that reports the failure. */
  readonly failureUrl?: string | undefined;
  readonly docsUrl?: string | undefined;
}

/** The title and the first parts of a rollback that Sluice proposes after a deploy that failed. */
export function rollbackProposal(
  deploy: DeployIn<"failed">,
  facts: ProposalFacts,
): { readonly title: string; readonly body: string } {
  const { app, environment } = deploy.operation;
  const [from, to] = [versionOf(deploy), plain(facts.to)];
  const [name, where] = [inert(plain(app)), inert(plain(environment))];
  const links = [
    ...(facts.failureUrl === undefined ? [] : [`[Failed deploy](${facts.failureUrl})`]),
    ...(facts.healthy === undefined
      ? []
      : [`${inert(to)} was healthy in ${where} from ${dayRange(facts.healthy.from, facts.healthy.until)}`]),
  ];
  const small = ["Opened automatically", ...helpLink(facts.docsUrl, "promotion#rollback")].join(" · ");
  const body = [
    `**↩️ Proposal: take ${where} back to ${name} ${inert(to)}.** ${evidence(deploy)}`,
    [
      "**Next:** agree or decline",
      `- agree: ${inert(facts.approvers)} approves; Sluice merges at once and holds ${name} in ${where}`,
      `- decline: close this. ${inert(from)} stays, and Sluice does not propose it again for this deploy`,
    ].join("\n"),
    ...(links.length === 0 ? [] : [links.join(" · ")]),
    `<sub>${small}</sub>`,
  ].join("\n\n");
  return { title: clip(`Roll back ${plain(app)} in ${plain(environment)}: ${from} → ${to} (proposed)`, 120), body };
}

/** What failed, with its numbers. */
function evidence(deploy: DeployIn<"failed">): string {
  const { status, operation, before } = deploy;
  const { failure, readiness, at } = status;
  const minutes = Math.round((at - operation.startedAt) / 60_000);
  const within = minutes < 1 ? "" : ` in ${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  const version = inert(versionOf(deploy));
  const reason = inert(plain(failure.summary));
  const what =
    failure.kind === "health" || failure.kind === "timeout"
      ? `${version} has not become healthy${within}: ${reason}`
      : `The deploy of ${inert(appVersion(deploy))} failed: ${reason}`;
  const still =
    before === undefined || before === "" || readiness === undefined
      ? ""
      : ` ${podsText(readiness)} still run ${inert(plain(before))}.`;
  return `${stopped(what)}${still}`;
}
