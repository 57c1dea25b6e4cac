import { isCaused, uncheckedText } from "../../diff/index.ts";
import type { Drift, EnvironmentDrift } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { oneLine, type Style } from "../style.ts";
import { fieldGapText, originTexts, versionGapText } from "./values.ts";

/** Environments that differ because of the change; nothing when there are none. */
export function driftText(drift: Drift | undefined, paint: Style): readonly string[] {
  const { unchecked = 0 } = drift ?? {};
  const apart = (drift?.apart ?? []).filter(isCaused);
  if (apart.length === 0 && unchecked === 0) return [];
  return [
    paint.bold("Environments that differ now"),
    ...apart.flatMap((one) => entry(one, paint)),
    ...(unchecked > 0 ? [paint.dim(`  ${uncheckedText(unchecked)}`)] : []),
  ];
}

function entry(drift: EnvironmentDrift, paint: Style): readonly string[] {
  const facts = [
    ...drift.versions.map((gap) => versionGapText(gap, drift.from)),
    ...drift.fields.map((gap) => fieldGapText(gap, drift)),
    ...(drift.more > 0 ? [`and ${count(drift.more, "more difference")}`] : []),
  ];
  return [
    `  ${paint.bold(oneLine(`${drift.app} in ${drift.environment}`))} differs from ${oneLine(drift.from)}`,
    ...facts.map((fact) => `    ${oneLine(fact)}`),
    ...originTexts(drift).map((origin) => `    ${paint.dim(oneLine(origin))}`),
  ];
}
