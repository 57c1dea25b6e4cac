import type { Preview, TargetPreview } from "../../model/preview.ts";
import { count, thousands } from "../../model/text/lists.ts";
import { code, inert } from "../../model/text/markdown.ts";
import { isEnvironment } from "../finding-words.ts";
import { codeMarks } from "./changes.ts";
import { environmentOrder } from "./environments.ts";
import { type Fit, firstThatFits } from "./fit.ts";
import { nameList, subject } from "./phrases.ts";
import { changeRows } from "./rows.ts";
import { changedTargets } from "./verdict.ts";

/** Why these places are affected, folded: for each changed file what it is part of. From two rows on. */
export function whySection(preview: Preview, fit: Fit): string {
  const files = groupByFile(preview);
  if (files.length === 0 || changeRows(preview, codeMarks).length < 2) return "";
  return firstThatFits(
    [() => section(preview, files, files.length), () => section(preview, files, 20), () => section(preview, files, 3)],
    fit,
  );
}

interface ChangedFile {
  readonly file: string;
  /** Production first. */
  readonly targets: readonly TargetPreview[];
}

function groupByFile(preview: Preview): readonly ChangedFile[] {
  const order = environmentOrder(preview);
  const files = new Map<string, Set<TargetPreview>>();
  for (const target of preview.targets.toSorted((a, b) => order(a.environment, b.environment))) {
    if (target.status === "unchanged") continue;
    for (const [file] of target.because)
      if (file !== undefined) files.set(file, (files.get(file) ?? new Set()).add(target));
  }
  return [...files]
    .map(([file, targets]) => ({ file, targets: [...targets] }))
    .sort((a, b) => b.targets.length - a.targets.length);
}

/** `orders in prod, staging, dev`, `webapp in prod`: each app once. */
function placeNames(targets: readonly TargetPreview[]): readonly string[] {
  return [...Map.groupBy(targets, ({ app }) => app).values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const more = others.map(({ environment }) => environment).filter(isEnvironment);
    return [inert([subject(first), ...more].join(", "))];
  });
}

function section(preview: Preview, files: readonly ChangedFile[], limit: number): string {
  const all = changedTargets(preview).length;
  const lines = files.slice(0, limit).map(({ file, targets }) => {
    const whole = targets.length === all && all > 1;
    return `- ${code(file)} is part of ${whole ? (all === 2 ? "both" : `all ${thousands(all)}`) : nameList(placeNames(targets), 6)}`;
  });
  if (files.length > limit) lines.push(`- and ${count(files.length - limit, "more file")}`);
  return `<details><summary>Why ${all === 1 ? "this one" : `these ${thousands(all)}`}</summary>\n\n${lines.join("\n")}\n\n</details>\n\n`;
}
