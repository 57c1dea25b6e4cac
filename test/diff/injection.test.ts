import fc from "fast-check";
import markdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import { configProblemsReport, inert, previewCheck, previewComment } from "../../src/diff/index.ts";
import type { Preview } from "../../src/model/preview.ts";
import { change, drift, finding, preview, target } from "./support.ts";

const nasty = fc.oneof(
  fc.constantFrom(
    "@acme/everyone",
    "x @octocat y",
    "#12",
    "acme/web#34",
    "GH-56",
    "</details></summary><script>alert(1)</script>",
    "```\n# out\n```",
    "````",
    "~~~",
    "`a` @b `",
    "a|b\\|c",
    "\n\n# heading\n\n- item @team",
    "<!-- sluice:preview -->",
    "<img src=x onerror=y>",
    "\u202Egnp.exe",
    "a\u200Bb\u0000c\uD800",
    "https://evil.example/x",
    "www.evil.example",
    "[x](javascript:alert(1)) ![y](http://evil.example)",
    "&lt;b&gt; &amp; &#64;octocat",
    "**bold** _it_ ~~no~~ $x$",
    "> [!CAUTION]\n> forged",
    "- x",
    "1. @x",
    "mail@example.org",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(
      "`",
      "@",
      "#",
      "<",
      ">",
      "|",
      "\n",
      "a",
      "1",
      "&",
      "*",
      "\\",
      "-",
      " ",
      "[",
      "]",
      "(",
      ")",
      "!",
      ":",
      "/",
    ),
    maxLength: 30,
  }),
);

const diffOf = fc
  .array(nasty, { minLength: 1, maxLength: 6 })
  .map((lines) => lines.map((line, index) => `${"+- "[index % 3]}${line.replaceAll("\n", "\n+")}`).join("\n"));

const hostile = fc
  .record({
    texts: fc.array(nasty, { minLength: 12, maxLength: 12 }),
    diffs: fc.array(diffOf, { minLength: 1, maxLength: 8 }),
    repeat: fc.integer({ min: 1, max: 30 }),
  })
  .map(({ texts, diffs, repeat }): Preview => {
    const [a = "", b = "", c = "", d = "", e = "", f = "", g = "", h = "", i = "", j = "", k = "", l = ""] = texts;
    const changes = diffs.map((diff, index) =>
      change(diff.repeat(repeat), { kind: index % 2 === 0 ? "Deployment" : c, name: d, namespace: e }),
    );
    const targets = [
      target("x/y", {
        app: a,
        environment: b,
        path: f,
        changes,
        images: [{ container: g, from: h, to: i }],
        replicas: [{ workload: j, from: 1, to: 2 }],
        because: [
          [k, l],
          [k, f],
        ],
      }),
      target("x/z", { environment: c, status: "failed", error: { message: a, file: b, line: 1, side: "head" } }),
    ];
    const findings = [
      finding({ app: a, environment: b, resource: g, message: h, file: i, line: 3 }),
      finding({ severity: "warning", message: `Container \`${j}\` uses \`${k}\`` }),
    ];
    const unpinned = [{ reference: d, reason: e, file: f }];
    const apart = drift({
      ...{ app: a, environment: b, from: c, byPullRequest: [c] },
      versions: [{ image: d, here: e, there: f }],
      fields: [{ resource: g, path: h, here: i, there: j }],
      commits: [{ sha: "a".repeat(40), subject: k, author: l, environment: b }],
    });
    return preview(targets, {
      findings,
      notes: [l, a],
      drift: { apart: Array.from({ length: Math.ceil(repeat / 3) }, () => apart), unchecked: repeat },
      completeness: { targets: 2, affected: 2, rendered: 1, failed: 1, truncated: 0, hiddenLines: 0, unpinned },
    });
  });

const markdown = markdownIt({ html: true, linkify: true });
// GitHub links what has a scheme, `www.` or is an e-mail address, but no bare domains.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

/** The rendered text that GitHub would look for mentions in, with a space for each piece of code; the tags are ours. */
function proseOf(body: string): string {
  return markdown
    .render(body)
    .replace(/<pre>[\s\S]*?<\/pre>/g, " ")
    .replace(/<code[^>]*>[\s\S]*?<\/code>/g, " ");
}

const ourTags =
  /<\/?(?:details(?: open)?|summary|h3|p|ul|ol|li|table|thead|tbody|tr|th|td|strong|b|sub|blockquote|br)(?: style="text-align:left")?>/g;

function expectInert(body: string): void {
  const prose = proseOf(body);
  expect(prose.replace(ourTags, "")).not.toMatch(/[<>]/);
  const text = prose
    .replace(ourTags, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
  expect(text).not.toMatch(/@[A-Za-z0-9]/);
  expect(text).not.toMatch(/#\d/);
  expect(text).not.toMatch(/\bGH-\d/i);
  expect(text).not.toMatch(/:\/\/|\bwww\./i);
  expect(text).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
  expect(body).not.toMatch(/<!--\s*sluice/i);
  expect(prose.match(/<details( open)?>/g)?.length ?? 0).toBe(prose.match(/<\/details>/g)?.length ?? 0);
}

/** Every fence that opens is closed by one of its own length before the text ends. */
function expectBalanced(body: string): void {
  let open = "";
  let details = 0;
  for (const line of body.split("\n")) {
    const fence = /^(`{3,})(\w*)$/.exec(line);
    if (open === "" && fence !== null) open = fence[1] ?? "";
    else if (open !== "" && line === open) open = "";
    else if (open === "" && line.startsWith("<details")) details++;
    else if (open === "" && line === "</details>") details--;
  }
  expect({ open, details }).toEqual({ open: "", details: 0 });
}

describe("content that wants to be more than content", () => {
  it("stays content in the comment and in the check", () => {
    fc.assert(
      fc.property(hostile, (given) => {
        const { summary, text } = previewCheck(given);
        for (const body of [previewComment(given).body, summary, text]) {
          expectInert(body);
          expectBalanced(body);
        }
      }),
      { numRuns: 80 },
    );
  });

  it("never takes a page over its limit nor opens what is not closed", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1500, max: 20_000 }), (given, limit) => {
        const { body, shown, omitted } = previewComment(given, { limit });
        expect(body.length).toBeLessThanOrEqual(limit);
        expect(body.isWellFormed()).toBe(true);
        expect(shown + omitted).toBe(given.targets.reduce((sum, one) => sum + one.changes.length, 0));
        expectBalanced(body);
        expectInert(body);
        const check = previewCheck(given, { limit });
        for (const text of [check.summary, check.text]) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_535);
      }),
      { numRuns: 80 },
    );
  });

  it("stays content in the report of a broken configuration", () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (message, fix, file) => {
        const { comment, check } = configProblemsReport([{ message, fix, file, line: 1, column: 1 }], {
          head: message,
        });
        expectInert(comment);
        expectInert(check.summary);
      }),
      { numRuns: 80 },
    );
  });

  it("is shown as it is, but inert, in running text", () => {
    expect(inert("ask @octocat about acme/web#12")).toBe("ask @\u200Boctocat about acme/web#\u200B12");
    expect(inert("use `a_b` in <b>")).toBe("use `a_b` in &lt;b&gt;");
    expect(inert("one\n\n# two")).toBe("one # two");
    expect(inert("# one")).toBe("\u200B# one");
    expect(inert("a\u202Eb")).toBe("a&#92;u{202E}b");
  });
});
