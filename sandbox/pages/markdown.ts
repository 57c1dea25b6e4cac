import MarkdownIt from "markdown-it";
import sanitizeHtml from "sanitize-html";

import { alerts } from "./markdown-alerts.ts";
import { taskLists } from "./markdown-tasks.ts";

/** What GitHub lets through, as far as comments of ours could use it. Everything else is dropped. */
const TAGS = (
  "h1 h2 h3 h4 h5 h6 p br hr b i strong em a pre code img tt div ins del sup sub ol ul li table thead tbody tfoot tr td th " +
  "blockquote dl dt dd kbd q samp var ruby rt rp s strike summary details caption figure figcaption abbr bdo cite dfn mark " +
  "small span time wbr"
).split(" ");

const ATTRIBUTES = {
  "*": ["align", "alt", "title", "width", "height", "colspan", "rowspan", "open", "id", "name", "dir", "lang", "start"],
  a: ["href", "rel"],
  img: ["src"],
};

/** Only the classes that our own renderer gives. */
const CLASSES = {
  pre: ["diff"],
  span: ["add", "del", "hunk", "same", "task"],
  blockquote: ["alert", "alert-*"],
  li: ["task-item"],
};

/** Text inside these is never searched for mentions. */
const VERBATIM = new Set(["code", "pre", "a"]);

const MENTION = /(^|[^\w/.@`])@([a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}(?:\/[\w-]+)?)/gi;
const NUMBER = /(^|[\s(])#(\d+)\b/g;

const parser = new MarkdownIt({ html: true, linkify: true, breaks: true }).use(taskLists).use(alerts);

parser.renderer.rules.fence = (tokens, index) => {
  const token = tokens[index];
  const language = token?.info.trim().split(/\s+/)[0] ?? "";
  const text = token?.content ?? "";
  if (language !== "diff") return `<pre><code>${parser.utils.escapeHtml(text)}</code></pre>\n`;
  const lines = text.replace(/\n$/, "").split("\n");
  const spans = lines.map((line) => `<span class="${diffClass(line)}">${parser.utils.escapeHtml(line)}\n</span>`);
  return `<pre class="diff"><code>${spans.join("")}</code></pre>\n`;
};

/** How a line of a diff is coloured. */
function diffClass(line: string): "add" | "del" | "hunk" | "same" {
  if (line.startsWith("@@")) return "hunk";
  if (line.startsWith("+") || line.startsWith(">")) return "add";
  if (line.startsWith("-") || line.startsWith("<")) return "del";
  return "same";
}

/**
 * Renders a comment as GitHub does: GFM with line breaks, alerts, task lists, coloured diffs; HTML cut down to what
 * GitHub allows; mentions and `#1` as links, so that a ping is visible. `base` is the repository's page.
 */
export function renderMarkdown(text: string, base: string): string {
  let verbatim = 0;
  return sanitizeHtml(parser.render(text), {
    allowedTags: TAGS,
    allowedAttributes: ATTRIBUTES,
    allowedClasses: CLASSES,
    allowedSchemes: ["http", "https", "mailto"],
    allowedSchemesByTag: { img: ["http", "https", "data"] },
    transformTags: { "*": (tagName, attribs) => ({ tagName, attribs: prefixIds(attribs) }) },
    onOpenTag: (name) => {
      if (VERBATIM.has(name)) verbatim += 1;
    },
    onCloseTag: (name) => {
      if (VERBATIM.has(name)) verbatim -= 1;
    },
    textFilter: (escaped) => (verbatim > 0 ? escaped : linkWords(escaped, base)),
  });
}

function prefixIds(attribs: Record<string, string>): Record<string, string> {
  const prefixed = Object.entries(attribs).map(([name, value]) =>
    name === "id" || name === "name" ? [name, `user-content-${value}`] : [name, value],
  );
  return Object.fromEntries(prefixed);
}

function linkWords(escaped: string, base: string): string {
  return escaped
    .replace(
      MENTION,
      (_, before: string, login: string) => `${before}<a class="mention" href="/${login}">@${login}</a>`,
    )
    .replace(NUMBER, (_, before: string, number: string) => `${before}<a href="${base}/pull/${number}">#${number}</a>`);
}
