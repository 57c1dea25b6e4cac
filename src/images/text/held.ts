import { replaceVerdict, shownVerdict } from "../../change/text/verdict-part.ts";
import { code, inert } from "../../diff/index.ts";
import type { Hold } from "../../model/gates.ts";
import { comingTime } from "../../model/text/times.ts";
import type { ImageMetadata } from "./metadata.ts";
import { goalText, standingPart } from "./verdict.ts";

/** A hold on one of the places that an image pull request updates. */
export interface HeldPlace {
  readonly app: string;
  readonly environment: string;
  readonly hold: Hold;
  /** Who may end it, in plain words: `anyone with write access`. */
  readonly people: string;
}

/** The title of the check: `On hold by mona until 30 Nov, 08:00 UTC`. */
export function heldTitle({ hold }: HeldPlace, now: number): string {
  return `On hold by ${hold.by}${until(hold, now)}`;
}

/**
 * What a hold means for an image pull request, how it ends, and what Sluice does until then. A person's hold stops
 * updates as well; what a rollback or a revert put there stops merging only.
 */
export function heldText(brought: Pick<ImageMetadata, "images" | "targets">, held: HeldPlace, now: number): string {
  const { hold, app, environment, people } = held;
  const place = hold.environmentWide ? environment : `${environment}/${app}`;
  const release = `comment ${code(`/release ${place}`)} (${inert(people)})`;
  const next = hold.until === undefined ? release : `wait, or ${release}`;
  return [
    `**⏸️ On hold: ${inert(environment)} gets ${goalText(brought)} later.** ${whyText(held, now)}`,
    `**Next:** ${next}. ${meanwhile(hold)}`,
  ].join("\n\n");
}

/** The description of one that a person merged in spite of the hold: it does not say for ever that it waits. */
export function freedBody(body: string, metadata: ImageMetadata): string {
  const isHeld = shownVerdict(body)?.includes("⏸️ On hold: ") === true;
  return isHeld ? replaceVerdict(body, standingPart(metadata, { autoMerge: false, promote: undefined })) : body;
}

/** `` `mona` holds staging until 30 Nov, 08:00 UTC: "load test". `` */
function whyText({ hold, app, environment }: HeldPlace, now: number): string {
  const where = inert(hold.environmentWide ? environment : `${app} in ${environment}`);
  const reason = hold.reason.trim() === "" ? "." : `: "${inert(hold.reason.trim())}".`;
  switch (hold.cause) {
    case "person":
      return `${code(hold.by)} holds ${where}${until(hold, now)}${reason}`;
    case "rollback":
      if (hold.proposal !== undefined) return `The rollback of ${where} is proposed in #${hold.proposal}${reason}`;
      return `${code(hold.by)} rolled back ${where}${reason}`;
    case "revert":
      return `${code(hold.by)} took back what ${where} had${reason}`;
    default:
      return hold.cause satisfies never;
  }
}

function meanwhile({ cause }: Hold): string {
  return cause === "person"
    ? "Until then Sluice neither updates nor merges this."
    : "Until then Sluice does not merge this; a newer tag still updates it.";
}

function until({ until: end }: Hold, now: number): string {
  return end === undefined ? "" : ` until ${comingTime(Date.parse(end), now)}`;
}
