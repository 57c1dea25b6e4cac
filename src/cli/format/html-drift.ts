import { isCaused, uncheckedText } from "../../diff/index.ts";
import type { Drift, EnvironmentDrift } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { html, type Markup } from "./html-markup.ts";
import { fieldGapText, originTexts, versionGapText } from "./values.ts";

/** Environments that differ because of the change, as a section of the page; nothing when there are none. */
export function driftHtml(drift: Drift | undefined): Markup {
  const { unchecked = 0 } = drift ?? {};
  const apart = (drift?.apart ?? []).filter(isCaused);
  if (apart.length === 0 && unchecked === 0) return html``;
  return html`<h2>Environments that differ now</h2>
<ul class="drift">
${apart.map(entry)}${unchecked > 0 ? html`<li>${uncheckedText(unchecked)}</li>\n` : ""}</ul>
`;
}

function entry(drift: EnvironmentDrift): Markup {
  const lines = [
    ...drift.versions.map((gap) => versionGapText(gap, drift.from)),
    ...drift.fields.map((gap) => fieldGapText(gap, drift)),
    ...(drift.more > 0 ? [`and ${count(drift.more, "more difference")}`] : []),
    ...originTexts(drift),
  ];
  return html`<li><strong>${drift.app}/${drift.environment}</strong> is not where ${drift.from} is
<ul>
${lines.map((line) => html`<li>${line}</li>\n`)}</ul>
</li>
`;
}
