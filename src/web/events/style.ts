import { createHash } from "node:crypto";

/** The look of the pages, bright and dark. */
export const style = `
:root { color-scheme: light dark; --text: #1f2328; --dim: #59636e; --back: #f6f8fa; --card: #fff; --line: #d1d9e0; --link: #0969da;
  --good: #1a7f37; --good-back: #dafbe1; --calm: #0550ae; --calm-back: #ddf4ff; --no: #59636e; --no-back: #eaeef2; --bad: #9a6700; --bad-back: #fff8c5; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --dim: #9198a1; --back: #0d1117; --card: #151b23; --line: #3d444d; --link: #4493f8;
  --good: #3fb950; --good-back: #12261e; --calm: #79c0ff; --calm-back: #121d2f; --no: #9198a1; --no-back: #262c36; --bad: #d29922; --bad-back: #272115; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
main, header > div { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
header { background: var(--card); border-bottom: 1px solid var(--line); margin-bottom: 1.5rem; padding: 1rem 0; }
h1 { font-size: 1.25rem; margin: 0; } h1 a { color: inherit; text-decoration: none; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; } .card h2 { margin-top: 0; } h3 { font-size: .95rem; margin: 0; font-weight: 600; }
a { color: var(--link); } p { margin: .25rem 0; }
code { font: .85em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.dim { color: var(--dim); } .small { font-size: .85rem; }
form.search { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .75rem; align-items: end; }
label { display: flex; flex-direction: column; font-size: .8rem; color: var(--dim); gap: .15rem; flex: 1 1 10rem; } label.wide { flex-grow: 3; }
input, button { font: inherit; padding: .35rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--text); width: 100%; }
form.search input, form.search button { height: 2.3rem; }
button { cursor: pointer; background: var(--no-back); width: auto; } button:hover { border-color: var(--dim); }
input:focus-visible, button:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
.card.answer { border-left: 4px solid var(--link); } .card.notice { border-left: 4px solid var(--good); } .card.wrong { border-left: 4px solid var(--bad); }
.head { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; justify-content: space-between; }
ul.plain { list-style: none; margin: .5rem 0 0; padding: 0; } ul.plain > li { border-top: 1px solid var(--line); padding: .5rem 0; } ul.plain > li:last-child { padding-bottom: 0; } dd ul.plain { margin: 0; } dd ul.plain > li { border: 0; padding: 0; }
.badge { display: inline-block; border-radius: 1em; padding: 0 .6em; font-size: .78rem; font-weight: 600; white-space: nowrap; color: var(--no); background: var(--no-back); }
.badge.chosen { color: var(--good); background: var(--good-back); } .badge.current { color: var(--calm); background: var(--calm-back); } .badge.ignored { color: var(--bad); background: var(--bad-back); }
summary { cursor: pointer; color: var(--link); font-size: .85rem; }
table { border-collapse: collapse; width: 100%; margin-top: .35rem; font-size: .88rem; } td, th { text-align: left; vertical-align: top; padding: .25rem .5rem .25rem 0; border-top: 1px solid var(--line); } td:first-child { white-space: nowrap; } th { font-weight: 500; color: var(--dim); border: 0; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0; } .facts dt { color: var(--dim); } .facts dd { margin: 0; }
nav { margin: 1rem 0 2rem; }
@media (max-width: 40rem) { .facts { grid-template-columns: 1fr; } .facts dd { margin-bottom: .4rem; } td:first-child { white-space: normal; } }
`;

const hash = createHash("sha256").update(style).digest("base64");

/** What browsers may do with the pages: show them in this style, and send their forms here. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "x-content-type-options": "nosniff",
  // Not none at all: a form would then say no origin, and be refused.
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};
