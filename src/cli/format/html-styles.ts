/**
 * The style sheet of the HTML preview. Colours follow the reader's light or dark setting and keep a contrast of at
 * least 4.5 to 1.
 */
export const STYLES = `
:root { color-scheme: light dark; --text: #1f2328; --dim: #59636e; --page: #fff; --box: #f6f8fa; --line: #d1d9e0; --red: #b3151c; --green: #116329; --yellow: #7d4e00; --blue: #0757b8; --added: #dafbe1; --removed: #ffebe9; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --dim: #9198a1; --page: #0d1117; --box: #151b23; --line: #3d444d; --red: #ff7b72; --green: #56d364; --yellow: #e3b341; --blue: #79c0ff; --added: #12261e; --removed: #301b1e; } }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } small, .place, .because { color: var(--dim); font-weight: normal; }
p { margin: .4rem 0; } a { color: var(--blue); } code, pre { font: .86em/1.5 ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; } .number { text-align: right; white-space: nowrap; }
ul.findings { list-style: none; padding: 0; } ul.findings li { border-left: .25rem solid var(--blue); background: var(--box); margin: .4rem 0; padding: .4rem .8rem; }
ul.findings li.danger { border-color: var(--red); } ul.findings li.warning { border-color: var(--yellow); }
.danger strong, p.danger, .failed, .removed { color: var(--red); } .warning strong, .changed, .restarts { color: var(--yellow); } .added { color: var(--green); } .unchanged { color: var(--dim); }
details { border: 1px solid var(--line); border-radius: 6px; margin: .6rem 0; } summary { padding: .4rem .8rem; cursor: pointer; background: var(--box); border-radius: 6px; overflow-wrap: anywhere; }
pre { margin: 0; padding: .6rem .8rem; overflow-x: auto; } ins { color: var(--green); text-decoration: none; } del { color: var(--red); text-decoration: none; }
.diff ins, .diff del { display: inline-block; min-width: 100%; } .diff ins { background: var(--added); } .diff del { background: var(--removed); } .hunk { color: var(--dim); }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .8rem; color: var(--dim); } footer.warning { color: var(--yellow); } .note { color: var(--blue); }
`;
