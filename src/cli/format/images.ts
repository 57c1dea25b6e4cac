import type { TargetPromotion } from "../../model/promotion.ts";
import { oneLine, style } from "../style.ts";
import { type ChangeTextOptions, changeEnding, targetJson, targetLines } from "./change.ts";
import { shortSha } from "./values.ts";

/** A version that was set, or would be. */
export interface BumpTold {
  /** Without tag and digest. */
  readonly image: string;
  readonly tag: string;
  /** Empty when it is not known. */
  readonly digest: string;
  /** The commit whose files are edited. */
  readonly commit: string;
  readonly targets: readonly TargetPromotion[];
}

/** A bump as data: the keys that programs may rely on. */
export function bumpJson({ image, tag, digest, commit, targets }: BumpTold) {
  return { image, tag, digest, commit, targets: targets.map(targetJson) };
}

/** A bump for a terminal: each target with its edits, then what it comes to. */
export function bumpText({ image, tag, digest, commit, targets }: BumpTold, options: ChangeTextOptions): string {
  const paint = style(options.colours);
  const blocks = [
    [
      `${paint.bold("Bump")} ${oneLine(image)} ${paint.dim("to")} ${oneLine(tag)} ${paint.dim("of")} ${shortSha(commit)}`,
      ...(digest === "" ? [] : [paint.dim(digest)]),
    ],
    ...targets.map((target) => targetLines(target, paint)),
    changeEnding(targets, options.written, paint),
  ];
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}
