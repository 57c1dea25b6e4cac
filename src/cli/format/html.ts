import { configurationLines, resourceLabel } from "../../diff/index.ts";
import type { Finding, Preview, ResourceChange, TargetPreview } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { driftHtml } from "./html-drift.ts";
import { html, Markup } from "./html-markup.ts";
import { STYLES } from "./html-styles.ts";
import { complete, completenessText, imageTexts, lineCounts, replicaText, shortSha } from "./values.ts";

/** A preview as one HTML page that needs nothing else: no script, no font, no image, no address; light and dark. */
export function previewHtml(preview: Preview, options: { readonly all: boolean }): string {
  const shown = preview.targets.filter((target) => options.all || target.status !== "unchanged");
  const unchanged = preview.targets.length - shown.length;
  const title = `Preview ${shortSha(preview.mergeBase)} → ${shortSha(preview.head)}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${new Markup(STYLES)}</style>
</head>
<body>
<main>
<h1>Preview <code>${shortSha(preview.mergeBase)}</code> → <code>${shortSha(preview.head)}</code></h1>
${[...configurationLines(preview), ...preview.notes].map((note) => html`<p class="note">${note}</p>\n`)}${findings(preview.findings)}${overview(shown)}${driftHtml(preview.drift)}${shown.map(details)}${ending(preview, shown.length, unchanged)}
</main>
</body>
</html>
`.text;
}

function findings(list: readonly Finding[]): Markup {
  if (list.length === 0) return html``;
  return html`<h2>${count(list.length, "finding")}</h2>
<ul class="findings">
${list.map((finding) => html`<li class="${finding.severity}"><strong>${finding.severity}</strong> ${finding.app === "" ? "" : `${finding.app}/${finding.environment} `}<code>${finding.resource}</code> ${prose(finding.message)}${place(finding)}</li>\n`)}</ul>
`;
}

/** A sentence with its parts in backticks as code. */
function prose(text: string): readonly Markup[] {
  return text.split(/`([^`\n]+)`/).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

function place({ file, line }: { readonly file?: string; readonly line?: number }): Markup {
  return file === undefined ? html`` : html` <span class="place">${file}${line === undefined ? "" : `:${line}`}</span>`;
}

function overview(targets: readonly TargetPreview[]): Markup {
  if (targets.length === 0) return html``;
  const row = (target: TargetPreview): Markup => {
    const { added, removed } = lineCounts(target);
    return html`<tr><td><a href="#${anchor(target)}">${target.app}/${target.environment}</a></td><td class="${target.status}">${target.status}</td><td>${imageTexts(target).join(", ")}</td><td>${target.replicas.map(replicaText).join(", ")}</td><td class="number">${target.changes.length}</td><td class="number"><ins>+${added}</ins> <del>−${removed}</del></td></tr>
`;
  };
  return html`<h2>Targets</h2>
<table>
<thead><tr><th>Target</th><th>Status</th><th>Images</th><th>Replicas</th><th class="number">Resources</th><th class="number">Lines</th></tr></thead>
<tbody>
${targets.map(row)}</tbody>
</table>
`;
}

function anchor(target: TargetPreview): string {
  return encodeURIComponent(`${target.app}/${target.environment}`);
}

function details(target: TargetPreview): Markup {
  return html`<section id="${anchor(target)}">
<h2>${target.app}/${target.environment} <small>${target.path === "" ? "." : target.path}, ${target.renderer}, <span class="${target.status}">${target.status}</span></small></h2>
${target.because.map((chain) => html`<p class="because">because ${chain.join(" → ")}</p>\n`)}${target.restarts > 0 ? html`<p class="restarts">restarts ${count(target.restarts, "workload")}</p>\n` : ""}${failure(target)}${target.status === "unchanged" ? html`<p>Reads the changed files and renders the same.</p>\n` : ""}${target.changes.map(resource)}</section>
`;
}

function failure({ error }: TargetPreview): Markup {
  if (error === undefined) return html``;
  const side = error.side === "base" ? "merge base" : "head";
  return html`<p class="danger">Does not render at the ${side}${place(error)}</p>
<pre>${error.message}</pre>
`;
}

function resource(change: ResourceChange): Markup {
  const from = change.from ? html` <small>was ${resourceLabel(change.from)}</small>` : "";
  return html`<details open>
<summary><code>${resourceLabel(change)}</code> <small>${change.apiVersion}</small>${from} ${change.action} <ins>+${change.addedLines}</ins> <del>−${change.removedLines}</del></summary>
<pre class="diff">${change.diff.replace(/\n$/, "").split("\n").map(diffLine)}</pre>
</details>
`;
}

function diffLine(line: string): Markup {
  if (line.startsWith("@@")) return html`<span class="hunk">${line}</span>\n`;
  if (line.startsWith("+")) return html`<ins>${line}</ins>\n`;
  if (line.startsWith("-")) return html`<del>${line}</del>\n`;
  return html`${line}\n`;
}

function ending({ completeness }: Preview, shown: number, unchanged: number): Markup {
  return html`<footer class="${complete(completeness) ? "fine" : "warning"}">
${shown === 0 ? html`<p>No change in any app.</p>\n` : ""}${unchanged > 0 ? html`<p>${count(unchanged, "app")} stay the same.</p>\n` : ""}<p>${completenessText(completeness)}</p>
${completeness.unpinned.map(({ reference, reason, file }) => html`<p>Not followed: <code>${reference}</code>: ${reason}${file === undefined ? "" : ` (${file})`}</p>\n`)}</footer>
`;
}
