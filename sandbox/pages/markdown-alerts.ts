import type { MarkdownIt } from "markdown-it";

const MARKER = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]$/i;

/** GitHub's alerts: a quote whose first line is `[!NOTE]` or one of its sisters. */
export function alerts(parser: MarkdownIt): void {
  parser.core.ruler.after("inline", "alerts", (state) => {
    state.tokens.forEach((token, index) => {
      const inline = state.tokens[index + 2];
      const first = inline?.children?.[0];
      const [, kind] = MARKER.exec(first?.content.trim() ?? "") ?? [];
      if (token.type !== "blockquote_open" || inline?.type !== "inline" || !inline.children || kind === undefined)
        return;
      token.attrSet("class", `alert alert-${kind.toLowerCase()}`);
      const title = new state.Token("html_inline", "", 0);
      title.content = `<strong>${kind.slice(0, 1).toUpperCase()}${kind.slice(1).toLowerCase()}</strong>`;
      inline.children.splice(0, 1, title);
    });
  });
}
