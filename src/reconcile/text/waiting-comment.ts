import { code, inert } from "../../diff/index.ts";
import { stopped } from "../../model/text/lines.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { comingTime } from "../../model/text/times.ts";
import { waitText } from "./descriptions.ts";
import { type DeployIn, plain } from "./told-deploy.ts";

/** A hold that stops a deploy. */
export interface DeployHold {
  readonly by: string;
  readonly reason: string;
  /** When it ends by itself. */
  readonly until?: number | undefined;
  /** Absent: it holds the whole environment. */
  readonly app?: string | undefined;
}

/** The comment on a merged pull request of which nothing was deployed for a while. At least one deploy. */
export function waitingComment(
  deploys: readonly DeployIn<"waiting">[],
  environment: string,
  hold: DeployHold | undefined,
  now: number,
): string {
  return `${hold === undefined ? waitsText(deploys, now) : holdText(environment, hold, now)}\n`;
}

function holdText(environment: string, { by, reason, until, app }: DeployHold, now: number): string {
  const what = app === undefined ? inert(environment) : `${inert(app)} in ${inert(environment)}`;
  const end = until === undefined ? "" : ` until ${comingTime(until, now)}`;
  const why = reason === "" ? "" : `: "${inert(reason)}"`;
  const release = code(`/release ${app === undefined ? environment : `${environment}/${app}`}`);
  const next =
    until === undefined
      ? `${release} ends the hold; then it deploys by itself.`
      : `It deploys then by itself; ${release} ends the hold now.`;
  return `⏸️ **Merged, not deployed yet:** ${code(by)} holds ${what}${end}${why}. ${next}`;
}

function waitsText(deploys: readonly DeployIn<"waiting">[], now: number): string {
  const byReason = Map.groupBy(deploys, ({ status }) => waitText(status, now).replace("Waiting: ", ""));
  const sentences = [...byReason].map(([reason, some]) => {
    const apps = byReason.size === 1 ? "" : `${sentenceList(some.map(({ operation }) => plain(operation.app)))}: `;
    return stopped(inert(`${apps}${reason}`));
  });
  return `⏳ **Merged, not deployed yet:** ${sentences.join(" ")} It deploys by itself when that is over.`;
}
