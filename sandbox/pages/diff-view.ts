import { html } from "hono/html";

import type { DiffEntry } from "../diff-entries.ts";
import { counted, type Markup } from "./layout.ts";

interface Row {
  readonly kind: "add" | "del" | "same" | "hunk";
  readonly before: number | "";
  readonly after: number | "";
  readonly text: string;
}

/** The changed files with their hunks. */
export function diffView(entries: readonly DiffEntry[]): Markup {
  const added = entries.reduce((sum, one) => sum + one.additions, 0);
  const removed = entries.reduce((sum, one) => sum + one.deletions, 0);
  return html`<p class="dim">${counted(entries.length, "changed file")} with <span class="ok">${counted(added, "addition")}</span> and <span class="bad">${counted(removed, "deletion")}</span></p>
${entries.map(fileView)}`;
}

function fileView(entry: DiffEntry): Markup {
  const name = entry.previousPath === undefined ? entry.path : `${entry.previousPath} → ${entry.path}`;
  const content =
    entry.patch === undefined
      ? html`<div class="body dim">${entry.status === "renamed" ? "File renamed without changes." : "No text to show."}</div>`
      : html`<table class="diff">${parsePatch(entry.patch).map(rowView)}</table>`;
  return html`<details class="file box" open><summary><span class="bar"><span class="plus">+${entry.additions}</span> <span class="minus">−${entry.deletions}</span></span> ${name} <span class="dim">${entry.status}</span></summary>${content}</details>`;
}

function rowView(row: Row): Markup {
  return html`<tr class="${row.kind}"><td class="n">${row.before}</td><td class="n">${row.after}</td><td>${row.text}</td></tr>`;
}

/** Gives each line of a patch its numbers. */
function parsePatch(patch: string): Row[] {
  let before = 0;
  let after = 0;
  return patch.split("\n").map((text): Row => {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (header) {
      before = Number(header[1]);
      after = Number(header[2]);
      return { kind: "hunk", before: "", after: "", text };
    }
    if (text.startsWith("+")) return { kind: "add", before: "", after: after++, text };
    if (text.startsWith("-")) return { kind: "del", before: before++, after: "", text };
    if (text.startsWith("\\")) return { kind: "same", before: "", after: "", text };
    return { kind: "same", before: before++, after: after++, text };
  });
}
