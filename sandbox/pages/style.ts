/** The pages' one style sheet: light and dark by the reader's setting, no outside assets. */
export const STYLE = `
:root{color-scheme:light dark;
--bg:light-dark(#fff,#0d1117);--sub:light-dark(#f6f8fa,#151b23);--ink:light-dark(#1f2328,#f0f6fc);--dim:light-dark(#59636e,#9198a1);
--line:light-dark(#d1d9e0,#3d444d);--link:light-dark(#0969da,#4493f8);--green:light-dark(#1a7f37,#3fb950);--greenbg:light-dark(#1f883d,#238636);
--red:light-dark(#d1242f,#f85149);--amber:light-dark(#9a6700,#d29922);--violet:light-dark(#8250df,#ab7df8);
--addbg:light-dark(#dafbe1,#12261e);--delbg:light-dark(#ffebe9,#2d1517);--hunkbg:light-dark(#ddf4ff,#0c2d4a);
--code:light-dark(#818b981f,#656c7633);--mark:light-dark(#fff8c5,#3a2f0b)}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:14px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:12px}
header.top{background:var(--sub);border-bottom:1px solid var(--line);padding:12px 24px;display:flex;gap:16px;align-items:center}
header.top .brand{font-weight:600;color:var(--ink)}header.top .right{margin-left:auto;display:flex;gap:16px}
main{max-width:1180px;margin:0 auto;padding:24px}
h1{font-size:28px;font-weight:400;margin:0 0 8px;overflow-wrap:anywhere}h1 .number{color:var(--dim);font-weight:300}
h2{font-size:20px;font-weight:600;margin:24px 0 12px}
.dim{color:var(--dim)}.small{font-size:12px}.right{text-align:right}
nav.tabs{display:flex;gap:4px;border-bottom:1px solid var(--line);margin:0 0 20px;flex-wrap:wrap}
nav.tabs a{padding:8px 14px;color:var(--ink);border-bottom:2px solid transparent}
nav.tabs a[aria-current]{border-color:#fd8c73;font-weight:600}nav.tabs a:hover{background:var(--sub);text-decoration:none}
.count{background:var(--code);border-radius:2em;padding:0 7px;font-size:12px;font-weight:500;margin-left:4px}
.box{border:1px solid var(--line);border-radius:6px;margin:0 0 16px;background:var(--bg)}
.box>.head{background:var(--sub);border-bottom:1px solid var(--line);padding:8px 16px;border-radius:6px 6px 0 0;display:flex;gap:8px;align-items:center;flex-wrap:wrap}
.box>.body{padding:16px}.row{padding:10px 16px;border-top:1px solid var(--line);display:flex;gap:10px;align-items:center;flex-wrap:wrap}.row:first-child{border-top:0}
.row .grow{flex:1;min-width:0;overflow-wrap:anywhere}.row a.title{color:var(--ink);font-weight:600;font-size:15px}
.state{display:inline-flex;gap:6px;align-items:center;border-radius:2em;padding:4px 12px;color:#fff;font-weight:500;background:var(--greenbg)}
.state.closed{background:#cf222e}.state.merged{background:#8250df}.state.draft{background:#6e7781}
.label{border:1px solid var(--line);border-radius:2em;padding:0 8px;font-size:12px;font-weight:500;color:var(--dim)}
.ref{background:light-dark(#ddf4ff,#121d2f);color:var(--link);border-radius:6px;padding:1px 6px;font:12px ui-monospace,monospace}
.timeline{position:relative;padding-left:56px}.entry{position:relative}.entry>.avatar{position:absolute;left:-56px;top:0}
.avatar{width:40px;height:40px;border-radius:50%;border:1px solid var(--line)}.avatar.tiny{width:20px;height:20px;vertical-align:middle}.avatar.bot{border-radius:8px}
.with-side{display:grid;grid-template-columns:minmax(0,1fr) 240px;gap:24px}.facts section{border-bottom:1px solid var(--line);padding:0 0 12px;margin:0 0 12px}.facts h2{font-size:12px;color:var(--dim);margin:0 0 6px}
.note{padding:4px 0 20px;color:var(--dim)}.note strong{color:var(--ink)}
.reactions{display:flex;gap:6px;padding:0 16px 14px}.reactions span{border:1px solid var(--line);border-radius:2em;padding:1px 9px;font-size:12px;background:var(--sub)}
form.inline{display:inline}
textarea,input[type=text],select{width:100%;border:1px solid var(--line);border-radius:6px;background:var(--bg);color:var(--ink);padding:6px 12px;font:inherit}
textarea{min-height:110px;font-family:ui-monospace,monospace;font-size:13px}select{width:auto;padding:5px 8px}
.actions{display:flex;gap:8px;align-items:center;margin-top:10px;flex-wrap:wrap}.actions .push{margin-left:auto}
button,.button{border:1px solid var(--line);border-radius:6px;background:var(--sub);color:var(--ink);font:inherit;font-weight:500;padding:5px 16px;cursor:pointer;display:inline-block}
button:hover,.button:hover{background:var(--code);text-decoration:none}button.go,.button.go{background:var(--greenbg);border-color:transparent;color:#fff}button:disabled{opacity:.5;cursor:default}
.ok{color:var(--green)}.bad{color:var(--red)}.wait{color:var(--amber)}.neutral{color:var(--dim)}
.sign{display:inline-block;width:18px;text-align:center;font-weight:700}
.columns{display:grid;grid-template-columns:260px minmax(0,1fr);gap:24px}
@media(max-width:800px){.columns,.with-side{grid-template-columns:minmax(0,1fr)}.timeline{padding-left:0}.entry>.avatar{display:none}main{padding:16px}}
.side a{display:block;padding:6px 10px;border-radius:6px;color:var(--ink)}.side a[aria-current]{background:var(--sub);font-weight:600}
.note-line{border-left:4px solid var(--line);padding:10px 14px;margin:0 0 10px;background:var(--sub);border-radius:0 6px 6px 0}
.note-line.failure{border-color:var(--red)}.note-line.warning{border-color:var(--amber)}.note-line.notice{border-color:var(--link)}
.note-line pre{margin:6px 0 0;white-space:pre-wrap;overflow-wrap:anywhere}
table.diff{border-collapse:collapse;width:100%;table-layout:fixed}table.diff td{padding:0 10px;font:12px/20px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;vertical-align:top}
table.diff td.n{width:48px;text-align:right;color:var(--dim);user-select:none;white-space:nowrap}table.diff .add{background:var(--addbg)}table.diff .del{background:var(--delbg)}table.diff .hunk td{background:var(--hunkbg);color:var(--dim)}
details.file>summary{cursor:pointer;background:var(--sub);padding:8px 16px;border-radius:6px;font:12px ui-monospace,monospace}
.bar{font:12px ui-monospace,monospace}.bar .plus{color:var(--green)}.bar .minus{color:var(--red)}
pre.plain{margin:0;padding:16px;overflow:auto}table.lines td{font:12px/20px ui-monospace,monospace;padding:0 10px;white-space:pre}table.lines td.n{color:var(--dim);text-align:right;user-select:none}table.lines tr:target{background:var(--mark)}
.md{overflow-wrap:break-word}.md>:first-child{margin-top:0}.md>:last-child{margin-bottom:0}
.md h1,.md h2{border-bottom:1px solid var(--line);padding-bottom:.3em;font-weight:600}.md h1{font-size:2em}.md h2{font-size:1.5em;margin:24px 0 16px}.md h3{font-size:1.25em;margin:24px 0 16px}.md h4{margin:24px 0 16px}
.md p,.md ul,.md ol,.md table,.md pre,.md blockquote,.md details{margin:0 0 16px}.md ul,.md ol{padding-left:2em}
.md code{background:var(--code);padding:.2em .4em;border-radius:6px;font-size:85%}.md pre{background:var(--sub);padding:16px;border-radius:6px;overflow:auto;line-height:1.45}.md pre code{background:none;padding:0;font-size:12px}
.md pre.diff span{display:block}.md pre.diff .add{background:var(--addbg);color:var(--green)}.md pre.diff .del{background:var(--delbg);color:var(--red)}.md pre.diff .hunk{color:var(--violet);font-weight:600}
.md table{border-collapse:collapse;display:block;width:max-content;max-width:100%;overflow:auto}.md th,.md td{border:1px solid var(--line);padding:6px 13px}.md th{font-weight:600}.md tr:nth-child(2n){background:var(--sub)}
.md blockquote{border-left:.25em solid var(--line);color:var(--dim);padding:0 1em}.md img{max-width:100%}.md hr{border:0;border-top:4px solid var(--line)}
.md summary{cursor:pointer}.md details>:last-child{margin-bottom:0}.md .task{margin-left:-1.5em}.md li.task-item{list-style:none}.md a.mention{font-weight:600;color:var(--ink);text-decoration:underline;text-decoration-style:dotted}
.md .alert{border-left:.25em solid var(--tone);padding:8px 16px;color:var(--ink)}.md .alert>:last-child{margin-bottom:0}.md .alert>p:first-child>strong:first-child{color:var(--tone)}
.md .alert-note{--tone:var(--link)}.md .alert-tip{--tone:var(--green)}.md .alert-important{--tone:var(--violet)}.md .alert-warning{--tone:var(--amber)}.md .alert-caution{--tone:var(--red)}
`;
