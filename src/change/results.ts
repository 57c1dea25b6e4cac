import { UserError } from "../model/errors.ts";
import type { LineEdit, TargetPromotion, VersionChange } from "../model/promotion.ts";
import type { RenderFailure } from "../model/render.ts";
import { ownPaths, type Target } from "../model/target.ts";
import { commaList } from "../model/text/lists.ts";
import { codeList } from "../model/text/markdown.ts";

/** What comes of one target: what is to change, and what that does. */
export interface TargetOutcome {
  readonly images: readonly VersionChange[];
  readonly edits: readonly LineEdit[];
  readonly notes: readonly string[];
}

/** How many fields or targets a refusal lists. */
const maxListed = 10;

/** A target to which something is carried. */
export function planned(target: Target, { images, edits, notes }: TargetOutcome): TargetPromotion {
  return { ...about(target), outcome: "planned", images, edits, notes };
}

/** A target that is where its source is. */
export function already(target: Target, notes: readonly string[]): TargetPromotion {
  return { ...about(target), outcome: "already", images: [], edits: [], notes };
}

/** A target that cannot be planned: why, and how to fix it. `images` is what was asked for. */
export function refused(
  target: Target,
  why: { readonly reason: string; readonly fix?: string | undefined },
  wanted: readonly VersionChange[] = [],
): TargetPromotion {
  const { reason, fix } = why;
  return {
    ...about(target),
    outcome: "refused",
    images: wanted,
    edits: [],
    reason,
    ...(fix !== undefined && { fix }),
    notes: [],
  };
}

/** The refusal that a strategy's error is. */
export function refusedBy(target: Target, error: UserError, wanted: readonly VersionChange[] = []): TargetPromotion {
  const { place, message, fix } = error;
  const at = place === undefined || message.includes(place.file) ? "" : ` (${placeText(place)})`;
  return refused(target, { reason: `${message}${at}`, fix }, wanted);
}

/** A target that does not render, before or after a plan. */
export function doesNotRender(what: string, failure: RenderFailure): UserError {
  const { message, file, line } = failure;
  const place = file === undefined ? undefined : { file, ...(line !== undefined && { line }) };
  return new UserError("refused", `${what}: ${message}`, place === undefined ? {} : { place });
}

/** A plan whose edit does something else to the render than what was planned. */
export function unexplained(
  fields: readonly string[],
  fix = "Make that change by a pull request of its own first, or carry the values by the strategy `paths`.",
): UserError {
  return new UserError(
    "refused",
    `the edit would change more in the render than the version: ${codeList(fields, maxListed)}`,
    { fix },
  );
}

/** A plan that would change targets that nobody promotes. */
export function wouldTouch(files: readonly string[], others: readonly Target[]): UserError {
  const places = others.map(({ app, environment }) => `${app} in ${environment}`);
  return new UserError(
    "refused",
    `editing ${files.map((file) => `\`${file}\``).join(", ")} would also change ${commaList(places, maxListed)}`,
    { fix: "Set the version in a file that only this environment reads." },
  );
}

function about(target: Target) {
  const { app, environment } = target;
  return { app, environment, path: ownPaths(target)[0] ?? "" };
}

function placeText({ file, line }: { readonly file: string; readonly line?: number }): string {
  return line === undefined ? file : `${file}:${line}`;
}
