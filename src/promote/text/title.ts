import { clip } from "../../model/text/lines.ts";
import { commaList } from "../../model/text/lists.ts";
import { goesBack } from "../carried.ts";
import type { PromotionMetadata } from "./metadata.ts";
import { onlyMove } from "./versions.ts";

/** Longer titles are cut in lists. */
const max = 110;
const maxNames = 3;

/** What a title says. */
type Titled = Pick<PromotionMetadata, "kind" | "environment" | "targets"> & { readonly proposal?: unknown };

/**
 * The title of a promotion's pull request, and the subject of its commit: what, where to, and the version where one
 * pair says it all.
 */
export function promotionTitle(metadata: Titled): string {
  const { kind, environment, targets, proposal } = metadata;
  const verb = kind === "promotion" ? "Promote" : "Roll back";
  const word = kind === "promotion" ? "to" : "in";
  const subject = commaList(
    targets.map(({ app }) => app),
    maxNames,
  );
  const images = targets.flatMap((target) => target.images);
  // Who reads nothing but the title knows that it goes back.
  const older = kind === "promotion" && goesBack(images) ? " (older)" : "";
  const end = proposal === undefined ? older : " (proposed)";
  return `${clip(`${verb} ${subject} ${word} ${environment}${versionsText(targets)}`, max)}${end}`;
}

/** The title of one that a person changed: its versions are no longer known. */
export function changedTitle(metadata: Titled): string {
  const targets = metadata.targets.map((target) => ({ ...target, images: [] }));
  return `${promotionTitle({ ...metadata, targets })} (changed by hand)`;
}

/** `: 1.4.0 → 1.5.0` when that says it all. */
function versionsText([only, ...more]: PromotionMetadata["targets"]): string {
  const move = only === undefined || more.length > 0 ? undefined : onlyMove(only.images);
  if (move === undefined) return "";
  return move.from === "" ? `: ${move.to}` : `: ${move.from} → ${move.to}`;
}
