import { html } from "hono/html";

import type { Markup } from "./layout.ts";

/** The coloured sign of a check or status. */
export function sign(state: string | null): Markup {
  const [mark, kind] = markOf(state);
  return html`<span class="sign ${kind}">${mark}</span>`;
}

function markOf(state: string | null): readonly [string, string] {
  switch (state) {
    case "success":
      return ["✓", "ok"];
    case "failure":
    case "error":
    case "timed_out":
    case "cancelled":
    case "action_required":
      return ["✗", "bad"];
    case "neutral":
    case "skipped":
    case "inactive":
      return ["■", "neutral"];
    default:
      return ["●", "wait"];
  }
}
