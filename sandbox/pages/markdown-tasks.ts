import type { MarkdownIt } from "markdown-it";

const BOX = /^\[([ xX])\]\s/;

/**
 * Task lists: `- [ ]` and `- [x]`. Drawn as characters, because nothing that a comment says may become a form field.
 */
export function taskLists(parser: MarkdownIt): void {
  parser.core.ruler.after("inline", "tasks", (state) => {
    state.tokens.forEach((token, index) => {
      const text = token.children?.[0];
      const item = state.tokens[index - 2];
      const [, mark] = BOX.exec(token.content) ?? [];
      if (token.type !== "inline" || item?.type !== "list_item_open" || !text || mark === undefined) return;
      item.attrSet("class", "task-item");
      text.content = text.content.replace(BOX, "");
      const box = new state.Token("html_inline", "", 0);
      box.content = `<span class="task">${mark === " " ? "☐" : "☑"}</span> `;
      token.children?.unshift(box);
    });
  });
}
